"""The lines of lists: a case, a task or a request as its row on the desk shows it."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from cityloop.base.addresses import address_of
from cityloop.base.secrets import mask_text
from cityloop.base.time import city_time
from cityloop.cases.boxes import Box
from cityloop.cases.models import Case, Claim, Request, Task
from cityloop.cases.shown.present import (
    ClockView,
    clock_view,
    label_of,
    minor_of,
    request_view,
    source_of,
    state_of,
    task_view,
)
from cityloop.limits.lamp import Lamp
from cityloop.org.actor import Actor

TAIL: Final = 6
IDLE_SECONDS: Final = 300


def lamp_of(clock: ClockView) -> dict[str, str]:
    """A clock as the lamp of the shell draws it."""
    state = {Lamp.LATE: "overdue", Lamp.NONE: ""}.get(clock.lamp, clock.lamp.value)
    return {"state": state, "words": clock.words}


def holder_of(case: Case, by: Actor, now: datetime) -> str:
    """Who else works on the case now, by name. Needs `claim` fetched along."""
    claim: Claim | None = getattr(case, "claim", None)
    if claim is None or claim.person_id == by.person_id:
        return ""
    return claim.name if (now - claim.seen_at).total_seconds() < IDLE_SECONDS else ""


def line_of(row: Case | Task | Request, by: Actor, now: datetime, box: Box | None = None) -> dict[str, Any]:
    """One line: needs the case's `claim` fetched along."""
    case = row if isinstance(row, Case) else row.case
    row_id = f"row-{case.number}" if row is case else f"row-{case.number}-{row.pk}"
    asked = {"box": box.name, "row": row_id} if box else {}
    address = address_of("cases:case", case.number)
    minor = minor_of(case)
    return {
        "id": row_id,
        "value": f"{row.pk}-{row.revision}",
        "url": f"{address}?{urlencode(asked)}" if asked else address,
        "number": case.number,
        "head": case.number[:-TAIL],
        "tail": case.number[-TAIL:],
        "category": minor.label if minor else _("未分类"),
        "state": label_of(state_of(row).labels),
        "place": mask_text(case.address) or _("未填地址"),
        "source": source_of(case).label,
        "at": f"{city_time(case.created_at):%m-%d %H:%M}",
        "urgent": case.urgent,
        "taken": holder_of(case, by, now),
        "marks": list(_marks(row, case)),
        "lamp": lamp_of(_clock(row, case, now)),
    }


def _clock(row: Case | Task | Request, case: Case, now: datetime) -> ClockView:
    if isinstance(row, Task):
        return task_view(row, case, now)
    return request_view(row, case, now) if isinstance(row, Request) else clock_view(case, now)


def _marks(row: Case | Task | Request, case: Case) -> list[str]:
    marks = []
    if case.verification == "deny" and not case.is_ended:
        marks.append(_("核实不属实"))
    if case.rework_count and not (isinstance(row, Task) and row.round == 1):
        marks.append(_("返工%(count)s") % {"count": case.rework_count})
    if case.return_count:
        marks.append(_("回退%(count)s") % {"count": case.return_count})
    if isinstance(row, Task) and row.part == Task.ASSIST:
        marks.append(_("协办"))
    if isinstance(row, Task) and row.part == Task.BELOW:
        marks.append(_("上级转派"))
    return marks
