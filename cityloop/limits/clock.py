"""The one clock of every limit: the deadline shown, judged and reported. Pure: no Django, no database.

`add` and `spent` are two readings of the same track, so that for every moment at which the unit's clock runs
`spent(start, moment) > limit` exactly when `moment > add(start, limit).at`. The units: `docs/reference/clocks.md`.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cityloop.limits.calendar import Calendar, Day, Pattern, Window, read_windows, weekly
from cityloop.limits.pieces import (
    CIVIL_DAY,
    HOUR,
    OFFICE_DAY,
    as_moment,
    as_us,
    civil_days,
    office_days,
    office_hours,
)
from cityloop.limits.track import Track

__all__ = [
    "UNIT_US",
    "Calendar",
    "Day",
    "Deadline",
    "Limit",
    "Pattern",
    "Unit",
    "Window",
    "add",
    "add_span",
    "read_windows",
    "remaining",
    "spent",
    "weekly",
]


class Unit(StrEnum):
    """The five units of GB/T 30428.8 limits and of the stages' own limits."""

    URGENT_HOUR = "urgent_hour"  # 紧急工作时: every hour counts
    URGENT_DAY = "urgent_day"  # 紧急工作日: 24 hours, every hour counts
    WORK_HOUR = "work_hour"  # 工作时: an hour of office time
    WORK_DAY = "work_day"  # 工作日: the office time of one day
    CALENDAR_DAY = "calendar_day"  # 自然日: to the same time of another day


# What one of each counts on its clock, in microseconds. An office day counts eight hours, however long it is.
UNIT_US: Final = {
    Unit.URGENT_HOUR: HOUR,
    Unit.URGENT_DAY: CIVIL_DAY,
    Unit.WORK_HOUR: HOUR,
    Unit.WORK_DAY: OFFICE_DAY,
    Unit.CALENDAR_DAY: CIVIL_DAY,
}
_SECOND: Final = 1_000_000
_TRACKS: Final = {Unit.WORK_HOUR: office_hours, Unit.WORK_DAY: office_days, Unit.CALENDAR_DAY: civil_days}
_URGENT: Final = frozenset({Unit.URGENT_HOUR, Unit.URGENT_DAY})
_BY_OFFICE_HOURS: Final = frozenset({Unit.WORK_HOUR, Unit.WORK_DAY})


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of a unit: 4 工作时. Positive, with decimals where needed (half a 工作日), and in whole seconds."""

    amount: Decimal
    unit: Unit

    def __init__(self, amount: Decimal | int | str, unit: str) -> None:
        object.__setattr__(self, "amount", Decimal(amount))
        object.__setattr__(self, "unit", Unit(unit))
        if not self.amount.is_finite() or self.total_us <= 0:
            raise ValueError(f"a limit is positive, not {amount}")

    @classmethod
    def of_minutes(cls, minutes: Decimal | int, unit: str) -> "Limit":
        """So many minutes of a unit of hours: five minutes of 工作时 are 0.083333 of them, and 300 seconds."""
        return cls((Decimal(minutes) / 60).quantize(Decimal("0.000001")), unit)

    @property
    def total_us(self) -> int:
        """The limit in microseconds of its unit's clock, a whole number of seconds; the same in every calendar."""
        return round(self.amount * UNIT_US[self.unit] / _SECOND) * _SECOND


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment in time, UTC; provisional if it counts on days that are not yet announced."""

    at: datetime
    provisional: bool

    def is_late(self, moment: datetime) -> bool:
        """Whether what happened at that moment came too late: the only judgement of lateness."""
        return moment > self.at


def add(calendar: Calendar, start: datetime, limit: Limit) -> Deadline:
    """The deadline of a limit that runs from `start`."""
    return add_span(calendar, limit.unit, start, limit.total_us)


def add_span(calendar: Calendar, unit: str, start: datetime, microseconds: int) -> Deadline:
    """The last moment by which no more than so many microseconds of the unit's clock have passed.

    Outside office hours the clock begins to run at the next window; a span that ends with a window ends there. A
    negative span goes back: a clock resumed after its limit was used up. Raises `ValueError` for an unknown unit, a
    moment without a zone, and an end more than 100 years away.
    """
    begin = _as_us(start)
    if unit in _URGENT:
        return Deadline(as_moment(begin + microseconds), False)
    at = as_moment(_track(calendar, unit).moment(begin, microseconds, start.year))
    return Deadline(at, unit in _BY_OFFICE_HOURS and max(at, start) > calendar.known_end)


def spent(calendar: Calendar, unit: str, start: datetime, end: datetime) -> int:
    """Microseconds of the unit's clock from `start` to `end`, negative if the end comes first. Raises as `add_span`."""
    if unit in _URGENT:
        return _as_us(end) - _as_us(start)
    return _track(calendar, unit).spent(_as_us(start), _as_us(end), start.year)


def remaining(calendar: Calendar, unit: str, now: datetime, deadline: Deadline) -> int:
    """Microseconds of the unit's clock left at `now`, negative when overdue. Raises as `add_span`."""
    return spent(calendar, unit, now, deadline.at)


def _track(calendar: Calendar, unit: str) -> Track:
    track = calendar.tracks.get(unit)
    if track is None:
        track = calendar.tracks.setdefault(unit, _TRACKS[Unit(unit)](calendar))
    assert isinstance(track, Track)
    return track


def _as_us(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a zone: {moment}")
    return as_us(moment)
