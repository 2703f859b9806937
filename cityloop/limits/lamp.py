"""Lamps and what is left, as plain values: every screen shows the same ones. Pure; `words` says them in a language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from cityloop.limits.clock import UNIT_US, Calendar, Deadline, Unit, add_span, spent
from cityloop.limits.pieces import HOUR

MINUTE: Final = HOUR // 60
_HOURS: Final = frozenset({Unit.URGENT_HOUR, Unit.WORK_HOUR})
# The clock that counts what is left of a day.
_WITHIN_A_DAY: Final = {
    Unit.WORK_DAY: Unit.WORK_HOUR,
    Unit.URGENT_DAY: Unit.URGENT_HOUR,
    Unit.CALENDAR_DAY: Unit.URGENT_HOUR,
}


class Lamp(StrEnum):
    """How a clock stands. Each has a colour and a shape of its own: nobody needs to tell green from red."""

    IN_TIME = "in_time"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    ENDED = "ended"
    NONE = "none"  # nothing is limited

    @property
    def colour(self) -> str:
        """A word for style sheets."""
        return _COLOURS[self]

    @property
    def shape(self) -> str:
        """A word for style sheets and drawings."""
        return _SHAPES[self]


_COLOURS: Final = {
    Lamp.IN_TIME: "green",
    Lamp.SOON: "yellow",
    Lamp.LATE: "red",
    Lamp.PAUSED: "blue",
    Lamp.ENDED: "grey",
    Lamp.NONE: "white",
}
_SHAPES: Final = {
    Lamp.IN_TIME: "circle",
    Lamp.SOON: "triangle",
    Lamp.LATE: "square",
    Lamp.PAUSED: "bars",
    Lamp.ENDED: "ring",
    Lamp.NONE: "dash",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which share of the limit a lamp is yellow, from which on red; the standard's are 80 % and 100 %.

    A clock past its deadline is red whatever they say.
    """

    soon: Fraction = Fraction(80, 100)
    late: Fraction = Fraction(1)


STANDARD: Final = Thresholds()


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Time of a unit's clock until the deadline, or since it: whole days, then hours and minutes, rounded down.

    Units of hours have no days. The hours of a 工作日 are office time (`rest` is the clock that counted them).
    """

    late: bool
    days: int
    hours: int
    minutes: int
    unit: Unit
    rest: Unit

    @property
    def is_nothing(self) -> bool:
        """Less than a minute."""
        return not (self.days or self.hours or self.minutes)


def lamp(
    used: int,
    limit: int,
    *,
    late: bool = False,
    paused: bool = False,
    ended: bool = False,
    thresholds: Thresholds = STANDARD,
) -> Lamp:
    """The lamp of a clock that has used so much of its limit (microseconds both; a limit of 0 is none).

    `late` is the judgement by the deadline, which a closed evening turns red while the clock stands.
    """
    if ended:
        return Lamp.ENDED
    if paused:
        return Lamp.PAUSED
    if limit <= 0:
        return Lamp.NONE
    share = Fraction(used, limit)
    if late or share > thresholds.late:
        return Lamp.LATE
    return Lamp.SOON if share >= thresholds.soon else Lamp.IN_TIME


def lamp_at(
    calendar: Calendar, unit: str, now: datetime, at: datetime, *, limit: int, thresholds: Thresholds = STANDARD
) -> Lamp:
    """The lamp of a running clock with that deadline; the limit in microseconds of the unit's clock."""
    late = Deadline(at, False).is_late(now)
    return lamp(limit - spent(calendar, unit, now, at), limit, late=late, thresholds=thresholds)


def soon_from(
    calendar: Calendar, unit: str, at: datetime, *, limit: int, thresholds: Thresholds = STANDARD
) -> datetime:
    """The moment from which a running clock with that deadline is yellow: what is left has come down to its share."""
    left = int(limit * (1 - thresholds.soon))
    return add_span(calendar, unit, at, -left).at if left else at


def time_left(calendar: Calendar, unit: str, now: datetime, at: datetime) -> TimeLeft:
    """What is left until the deadline, or has passed since, in the unit's own time."""
    late = Deadline(at, False).is_late(now)
    begin, end = (at, now) if late else (now, at)
    kind = Unit(unit)
    if kind in _HOURS:
        return _split(late, 0, spent(calendar, kind, begin, end), kind, kind)
    days = spent(calendar, kind, begin, end) // UNIT_US[kind]
    rest = _WITHIN_A_DAY[kind]
    after = add_span(calendar, kind, begin, days * UNIT_US[kind]).at if days else begin
    return _split(late, days, spent(calendar, rest, after, end), kind, rest)


def _split(late: bool, days: int, rest: int, unit: Unit, rest_unit: Unit) -> TimeLeft:
    hours, minutes = divmod(rest // MINUTE, 60)
    return TimeLeft(late, days, hours, minutes, unit, rest_unit)
