"""Answers of offline phones that came too late: kept with their photos and shown to the operator, never dropped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cityloop.cases.forms_of import evidence_of, get_form
from cityloop.cases.models import Case, CaseEvidence, LateReply, Task
from cityloop.evidence.actions import link
from cityloop.org.actor import Actor
from cityloop.workflow.selectors import get_flow


@transaction.atomic
def keep_late_reply(
    task: Task, do: str, *, by: Actor, now: datetime, client_id: UUID, data: Mapping[str, Any]
) -> LateReply:
    """Keep an answer to a task that has moved on meanwhile; the same `client_id` again is the same row."""
    assert by.person_id is not None
    reply, created = LateReply.objects.get_or_create(
        client_id=client_id,
        defaults={
            "case_id": task.case_id,
            "task": task,
            "do": do,
            "at": now,
            "person_id": by.person_id,
            "data": dict(data),
        },
    )
    if created:
        _keep_photos(task, do, by=by, data=data)
    return reply


def _keep_photos(task: Task, do: str, *, by: Actor, data: Mapping[str, Any]) -> None:
    flow = get_flow(task.flow_id)
    form = next((line.form for line in flow.lines if line.do == do), "")
    names = {field.name for field in get_form(task.flow_id, form)}
    named = evidence_of(task.flow_id, form, {key: value for key, value in data.items() if key in names})
    rows = [(UUID(item), purpose) for purpose, ids in named for item in ids]
    if not rows:
        return
    link([item for item, _ in rows], by=by, holder=f"case:{task.case_id}")
    seq = Case.objects.values_list("last_seq", flat=True).get(pk=task.case_id)
    CaseEvidence.objects.bulk_create(
        [CaseEvidence(case_id=task.case_id, evidence_id=item, purpose=purpose, seq=seq) for item, purpose in rows],
        ignore_conflicts=True,
    )


def mark_seen(reply: LateReply) -> None:
    """The operator has read it."""
    LateReply.objects.filter(pk=reply.pk).update(seen=True)
