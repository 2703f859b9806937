"""Answers of offline phones that came too late: kept with their photos and shown to the operator, never dropped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cityloop.cases.models import Case, CaseEvent, CaseEvidence, LateReply, Task
from cityloop.cases.steps.forms_of import clean_data, evidence_of
from cityloop.evidence.actions import link
from cityloop.org.actor import Actor
from cityloop.workflow.selectors import get_flow


def had_task(task: Task, *, by: Actor) -> bool:
    """Whether the task is or was this person's."""
    if by.person_id is None:
        return False
    handovers = CaseEvent.objects.filter(case=task.case_id, subject=task.kind, subject_id=task.pk, do="reassign")
    given_on = [event.before.get("tasks", {}).get(str(task.pk), {}).get("person_id") for event in handovers]
    return by.person_id in {task.person_id, *given_on}


@transaction.atomic
def keep_late_reply(
    task: Task, do: str, *, by: Actor, now: datetime, client_id: UUID, data: Mapping[str, Any]
) -> LateReply:
    """Keep an answer to a task that has moved on meanwhile; the same `client_id` again is the same row.

    Refused as `invalid` when it would not have been an answer in time either.
    """
    assert by.person_id is not None
    form = next((line.form for line in get_flow(task.flow_id).lines if line.do == do), "")
    clean = clean_data(task.flow_id, form, data)
    reply, created = LateReply.objects.get_or_create(
        client_id=client_id,
        defaults={
            "case_id": task.case_id,
            "task": task,
            "do": do,
            "at": now,
            "person_id": by.person_id,
            "data": clean,
        },
    )
    if created:
        _keep_photos(task, form, by=by, data=clean)
    return reply


def _keep_photos(task: Task, form: str, *, by: Actor, data: Mapping[str, Any]) -> None:
    rows = [(UUID(item), purpose) for purpose, ids in evidence_of(task.flow_id, form, data) for item in ids]
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
