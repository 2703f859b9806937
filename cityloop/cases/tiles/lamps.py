"""When a case's lamp changes: moments that a browser compares with its clock. It computes no working time."""

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from cityloop.codes.selectors import get_source
from cityloop.limits.clock import Calendar, Limit
from cityloop.limits.lamp import Lamp, soon_from
from cityloop.limits.selectors import calendar_version, current_calendar, stage_limit
from cityloop.workflow.selectors import get_flow

RUNNING: Final = "running"


class Clocked(NamedTuple):
    """The columns of a case that its lamp depends on."""

    pk: int
    phase: str
    flow_id: int
    state: str
    source_id: int
    urgent: bool
    stage_due_at: datetime | None
    due_at: datetime | None
    running_since: datetime | None
    limit_amount: Decimal | None
    limit_unit: str
    calendar_id: int | None


class Moments(NamedTuple):
    """A lamp that stands (`paused`, `none`), or a `running` one: yellow from `soon`, red after `due`."""

    lamp: str
    due: datetime | None = None
    soon: datetime | None = None


class Lamps:
    """The lamps of many cases at one moment: what is the same for many is looked up once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._stages: dict[tuple[int, str, int, bool], Limit | None] = {}
        self._calendar = current_calendar()[1]

    def moments_of(self, case: Clocked) -> Moments:
        """The moments of the clock that `shown.present.clock_view` shows of an open case."""
        if case.phase == "handling":
            return self._handling(case)
        return self._running(self._stage_limit(case), case.stage_due_at, self._calendar)

    def _stage_limit(self, case: Clocked) -> Limit | None:
        key = (case.flow_id, case.state, case.source_id, case.urgent)
        if key not in self._stages:
            name = get_flow(case.flow_id).states[case.state].limit
            kind = get_source(case.source_id).kind
            self._stages[key] = stage_limit(name, kind, case.urgent) if name else None
        return self._stages[key]

    def _handling(self, case: Clocked) -> Moments:
        if case.due_at is None:
            return Moments(Lamp.NONE.value)
        if case.running_since is None:
            return Moments(Lamp.PAUSED.value, case.due_at)
        limit = None if case.limit_amount is None else Limit(case.limit_amount, case.limit_unit)
        calendar = calendar_version(case.calendar_id) if case.calendar_id else self._calendar
        return self._running(limit, case.due_at, calendar)

    def _running(self, limit: Limit | None, due: datetime | None, calendar: Calendar) -> Moments:
        if limit is None or due is None:
            return Moments(Lamp.NONE.value, due)
        # What is red already stays so: when it was yellow nobody asks any more.
        soon = due if due < self.now else soon_from(calendar, limit.unit, due, limit=limit.total_us)
        return Moments(RUNNING, due, soon)
