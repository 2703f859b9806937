"""我办过的: the cases in which a person has taken a step, the latest step first."""

from datetime import datetime

from django.db.models import Q

from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.paging import decode, encode
from cityloop.cases.selectors import visible
from cityloop.org.actor import Actor

LOOK_AHEAD = 4  # steps read for each case wanted: one person takes a few steps in a case


def worked_page(by: Actor, *, after: str = "", size: int) -> tuple[list[Case], str | None]:
    """A page of cases, each once at its latest step, and the key of the next page, which begins at an earlier step."""
    steps = CaseEvent.objects.filter(actor_id=by.person_id)
    if (key := decode(after)) is not None:
        moment, pk = key
        steps = steps.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=pk))
    read = list(steps.order_by("-at", "-pk").values_list("case_id", "at", "pk")[: size * LOOK_AHEAD])
    wanted: dict[int, tuple[datetime, int]] = {}
    following = encode(*read[-1][1:]) if len(read) == size * LOOK_AHEAD else None
    for case_id, at, pk in read:
        if case_id not in wanted and len(wanted) == size:
            following = encode(*list(wanted.values())[-1])
            break
        wanted.setdefault(case_id, (at, pk))
    rows = visible(by).in_bulk(list(wanted))
    return [rows[case_id] for case_id in wanted if case_id in rows], following
