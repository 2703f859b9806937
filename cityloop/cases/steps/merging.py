"""The second event of a step that concerns two cases."""

from typing import Final

from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.steps.storing import chain

# The step that undoes a merging. Both cases must be locked before the flow can be asked, so it is known by name.
UNDO: Final = "unmerge"


def echo(other: Case, event: CaseEvent) -> CaseEvent:
    """What happened to the first case, as an event of the other one, whose state does not change."""
    copy = CaseEvent(
        case=other,
        seq=other.last_seq + 1,
        group=other.last_seq + 1,
        at=event.at,
        do=f"{event.do}_here",
        subject="case",
        subject_id=0,
        revision=other.revision + 1,
        from_state=other.state,
        to_state=other.state,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        post=event.post,
        unit_id=event.unit_id,
        unit_name=event.unit_name,
        flow_version=other.flow_id,
        data={"case": event.case.number, "seq": event.seq},
    )
    other.revision += 1
    chain(other, copy)
    return copy
