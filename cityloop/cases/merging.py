"""The second event of a step that concerns two cases."""

from datetime import datetime

from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.storing import chain
from cityloop.org.actor import Actor


def echo(other: Case, event: CaseEvent, by: Actor, now: datetime) -> None:
    """Append to the other case what happened to the first one. Its state does not change; the row is locked."""
    copy = CaseEvent(
        case=other,
        seq=other.last_seq + 1,
        group=other.last_seq + 1,
        at=now,
        do=f"{event.do}_here",
        subject="case",
        subject_id=0,
        revision=other.revision + 1,
        from_state=other.state,
        to_state=other.state,
        actor_id=by.person_id,
        actor_name=event.actor_name,
        post=event.post,
        unit_id=event.unit_id,
        unit_name=event.unit_name,
        flow_version=other.flow_id,
        data={"case": event.case.number, "seq": event.seq},
    )
    other.revision += 1
    chain(other, copy)
    copy.save(force_insert=True)
    other.save(update_fields=["revision", "last_seq", "last_hash"])
