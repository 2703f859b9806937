"""我办过的: the cases in which a person has taken a step, the latest step first."""

from cityloop.base.pages import get_page, write_key
from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.selectors import visible
from cityloop.org.actor import Actor

ORDER = ("-at", "-pk")
LOOK_AHEAD = 4  # steps read for each case wanted: one person takes a few steps in a case


def worked_page(by: Actor, *, after: str = "", size: int) -> tuple[list[Case], str | None]:
    """A page of cases, each once at its latest step, and the key of the next page, which begins at an earlier step."""
    steps = CaseEvent.objects.filter(actor_id=by.person_id).only("case_id", "at")
    read = get_page(steps, order=ORDER, after=after, size=size * LOOK_AHEAD)
    last: dict[int, CaseEvent] = {}
    following = read.following
    for step in read.rows:
        if step.case_id not in last and len(last) == size:
            following = write_key(list(last.values())[-1], ORDER)
            break
        last.setdefault(step.case_id, step)
    rows = visible(by).in_bulk(list(last))
    return [rows[case_id] for case_id in last if case_id in rows], following
