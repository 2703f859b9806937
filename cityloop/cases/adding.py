"""One more report of what is a case already: it is attached, and the case's history says so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_point, read_lonlat
from cityloop.base.writing import Writing
from cityloop.cases.actions import Outcome, first_answer, outcome_of
from cityloop.cases.models import Case, CaseEvent, EventText, Report
from cityloop.cases.policy import roles_in
from cityloop.cases.steps.history import body_digest, sealed
from cityloop.cases.steps.opening import NewReport, contact_of
from cityloop.cases.steps.step import Step
from cityloop.cases.steps.storing import Written, add_events, add_evidence, add_participants, chain
from cityloop.org.actor import Actor, ActorPost

DO = "add_report"


def add_report(case: Case, new: NewReport, *, by: Actor, now: datetime, client_id: UUID | None = None) -> Outcome:
    """Attach a report to an open case: one event, no other state, no new revision.

    Whoever works on the case meanwhile is not disturbed, and everybody who reported it is answered at the end. Only
    its centre's operators may. Refused as `not_found`, `not_yours`, or `not_here` once the case has ended. The same
    `client_id` gets the first answer again.
    """
    digest = body_digest(f"case:{case.number}", DO, new.body())
    if client_id is not None and CaseEvent.objects.filter(client_id=client_id).exists():
        return first_answer(client_id, by, digest)
    try:
        with transaction.atomic():
            return outcome_of(_add(case, new, by, now, client_id=client_id, digest=digest))
    except IntegrityError:
        if client_id is None or not CaseEvent.objects.filter(client_id=client_id).exists():
            raise
    return first_answer(client_id, by, digest)


def _add(asked: Case, new: NewReport, by: Actor, now: datetime, *, client_id: UUID | None, digest: bytes) -> CaseEvent:
    case, post = _lock(asked, by)
    step = Step(case, case, by, now, post=post)
    written = _event(step, new)
    event = written.event
    event.client_id, event.body_digest = client_id, digest
    chain(case, event)
    step.kept["evidence"] = new.uploads()
    if by.person_id is not None:
        step.participants.add(("person", by.person_id))
    writing = Writing()
    add_events(writing, [written])
    writing.insert([_report(step, new)])
    add_evidence(writing, step, event.seq)
    add_participants(writing, step)
    writing.update(case, ("last_seq", "last_hash"))
    writing.run()
    return event


def _lock(asked: Case, by: Actor) -> tuple[Case, ActorPost | None]:
    rows = Case.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    case = rows.filter(number=asked.number).first()
    if case is None:
        raise Refused("not_found", _("没有这个案件, 或您无权查看"))
    roles = roles_in(by, case, case)
    if not by.is_system and "operator" not in roles:
        raise Refused("not_yours", _("只有本中心的受理员可以补充上报"), {"rule": DO})
    if case.is_ended:
        raise Refused("not_here", _("案件已经结束, 请另行登记"), {"state": case.state})
    return case, roles.get("operator")


def _event(step: Step, new: NewReport) -> Written:
    case, post = step.case, step.post
    said = {"description": new.description, "address": new.address}
    said = {name: words for name, words in said.items() if words}
    private: dict[str, Any] = {"data": said} if said else {}
    salt, note_digest = sealed("", private)
    seq = case.last_seq + 1
    event = CaseEvent(
        case=case,
        seq=seq,
        group=seq,
        at=step.now,
        do=DO,
        subject="case",
        subject_id=0,
        revision=case.revision,
        from_state=case.state,
        to_state=case.state,
        actor_id=step.by.person_id,
        actor_name=step.by.name,
        post=post.kind if post else "system",
        unit_id=post.unit_id if post else None,
        unit_name=post.unit_name if post else "",
        flow_version=case.flow_id,
        data={"source": new.source.code},
        note_digest=note_digest,
    )
    return Written(event, EventText(note="", private=private, salt=salt) if note_digest else None)


def _report(step: Step, new: NewReport) -> Report:
    contact = contact_of(new.reporter) if new.reporter else None
    if contact is not None:
        contact.save(force_insert=True)
    return Report(
        case=step.case,
        first_case=step.case,
        source=new.source,
        external_number=new.external_number,
        text=new.description,
        point=as_point(read_lonlat(list(new.point))) if new.point else None,
        address=new.address,
        person_id=step.by.person_id,
        contact=contact,
        created_at=step.now,
    )
