"""When everything happens to a case: moments chosen so that the product's own clock finds it on time, or late. Pure.

Nothing here sets a verdict. The plan asks the clock for the deadline that a dispatch at a moment would get, and puts
the steps before or after it; the product computes the deadline again when the step is taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from cityloop.evaluation.replay.month import LATE, ON_TIME, UNOWNED, Spec
from cityloop.limits.clock import Calendar, Limit, add, add_span

HOUR_US: Final = 3_600_000_000
LOOP: Final = ("acknowledge", "feed_back", "pass_audit", "send_check", "pass", "close")
# How far into its limit a case on time has come at each step of the loop: from, to.
ON_TIME_AT: Final = ((0.02, 0.10), (0.15, 0.55), (0.58, 0.64), (0.66, 0.70), (0.73, 0.85), (0.87, 0.97))
# Where an open case stands at the end of the month, and how often.
WAITING: Final = ((0, 20), (1, 62), (2, 8), (3, 4), (4, 4), (5, 2))  # steps of the loop that it has made
TRIES: Final = 400
# When they were reported is not published; whom they were given to is.
COORDINATED: Final = "coordinated"
OLDER: Final = {
    36742: ("2008-03-11", "市房管局"),
    92782: ("2008-05-20", "市房管局"),
    103286: ("2008-06-12", "市房管局"),
    133555: ("2008-08-06", "开发区"),
    147024: ("2008-08-27", "市房管局"),
}
OLDER_INDEX: Final = 1_000_000
OLDER_MAJOR: Final = "公用设施"


@dataclass(frozen=True, slots=True)
class Choice:
    """A filing standard that a case of a major category may be filed under, with its limit."""

    minor_id: int
    standard_id: int
    name: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Moment:
    """A step and when it is taken."""

    at: datetime
    do: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A case with everything that is constructed: category, place, steps in order."""

    spec: Spec
    choice: Choice
    district: int  # which of the districts it lies in
    place: tuple[float, float]  # within the district, 0 to 1 each way
    steps: tuple[Moment, ...]
    number: str = ""  # of the case in the publication, where the text names it
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What a plan is made within: the period, the calendar of that time, the choices by kind and major category."""

    begin: datetime
    end: datetime
    calendar: Calendar
    choices: Mapping[tuple[str, str], Sequence[Choice]]
    districts: Sequence[str]
    seed: int


def plan(frame: Frame, spec: Spec) -> Planned:
    """The plan of one case; the same for the same seed, whatever else is replayed."""
    random = Random(f"{frame.seed} {spec.index}")
    choice = random.choice(frame.choices[spec.kind, spec.major])
    district = frame.districts.index(spec.unit) if spec.unit in frame.districts else None
    if district is None:
        district = random.randrange(len(frame.districts))
    place = (random.uniform(0.02, 0.98), random.uniform(0.02, 0.98))
    steps = tuple(_steps(frame, spec, choice, random))
    return Planned(spec, choice, district, place, steps)


def _steps(frame: Frame, spec: Spec, choice: Choice, random: Random) -> Iterator[Moment]:
    tail = _tail(frame, spec, choice, random)
    first = tail[0].at
    reported = max(frame.begin, first - _span(random, minutes=(12, 90)))
    yield Moment(reported, "report")
    yield Moment(reported + (first - reported) * random.uniform(0.2, 0.8), "file")
    yield from tail


def _tail(frame: Frame, spec: Spec, choice: Choice, random: Random) -> list[Moment]:
    """The steps from dispatch on. A moment that leads beyond the month is thrown away and another one tried."""
    end = frame.end
    for _ in range(TRIES):
        begin = _daytime(frame, random, end)
        if spec.fate == UNOWNED:
            return [Moment(begin, "coordinate")]
        moments = [Moment(begin, "dispatch"), *_loop(frame, spec, choice, random, begin)]
        if moments[-1].at < frame.end:
            return moments
        end = begin  # earlier
        if end <= frame.begin + timedelta(days=1):
            end = frame.end
    raise ValueError(f"no moments found for {spec}")


def _loop(frame: Frame, spec: Spec, choice: Choice, random: Random, begin: datetime) -> list[Moment]:
    if spec.fate == ON_TIME:
        return list(_before_deadline(frame.calendar, choice.limit, random, begin))
    if spec.fate == LATE:
        return list(_after_deadline(frame.calendar, choice.limit, random, begin))
    made = random.choices([steps for steps, _ in WAITING], [weight for _, weight in WAITING])[0]
    begun = list(_slowly(frame.calendar, random, begin))[:made]
    return [moment for moment in begun if moment.at < frame.end]


def _before_deadline(calendar: Calendar, limit: Limit, random: Random, begin: datetime) -> Iterator[Moment]:
    """All steps within the limit, the last one included: on time by feedback, and closed by the deadline."""
    for do, (least, most) in zip(LOOP, ON_TIME_AT, strict=True):
        used = int(limit.total_us * random.uniform(least, most))
        yield Moment(add_span(calendar, limit.unit, begin, used).at, do)


def _after_deadline(calendar: Calendar, limit: Limit, random: Random, begin: datetime) -> Iterator[Moment]:
    """Fed back after the deadline, by between half an hour and two office days."""
    due = add(calendar, begin, limit).at
    yield Moment(add_span(calendar, limit.unit, begin, int(limit.total_us * random.uniform(0.05, 0.9))).at, LOOP[0])
    at = _work(calendar, due, random, hours=(0.5, 16))
    yield Moment(at, LOOP[1])
    for do in LOOP[2:]:
        at = _work(calendar, at, random, hours=(0.1, 0.7))
        yield Moment(at, do)


def _slowly(calendar: Calendar, random: Random, begin: datetime) -> Iterator[Moment]:
    at = begin
    for do in LOOP:
        at = _work(calendar, at, random, hours=(0.3, 12))
        yield Moment(at, do)


def _work(calendar: Calendar, at: datetime, random: Random, *, hours: tuple[float, float]) -> datetime:
    """So many hours of office time later, and strictly later."""
    later = add_span(calendar, "work_hour", at, int(random.uniform(*hours) * HOUR_US)).at
    return max(later, at + timedelta(seconds=1))


def _daytime(frame: Frame, random: Random, end: datetime) -> datetime:
    """A moment between half past seven and half past five of some day of the month, before `end`."""
    days = max(1, (end - frame.begin).days)
    day = frame.begin + timedelta(days=random.randrange(days))
    return day + timedelta(hours=7, minutes=30) + _span(random, minutes=(0, 600))


def _span(random: Random, *, minutes: tuple[int, int]) -> timedelta:
    """Between so many minutes, to the microsecond: no two steps of a month fall together."""
    return timedelta(microseconds=random.randrange(minutes[0] * 60_000_000, minutes[1] * 60_000_000))


def plan_older(frame: Frame, number: int, fate: str) -> Planned:
    """A case of an earlier month that the text names by its number: dispatched before the month, and still open at
    its end; or coordinated and dispatched before the month, and closed within it."""
    begun, unit = OLDER[number]
    spec = Spec(OLDER_INDEX + number, unit, "component", OLDER_MAJOR, fate)
    random = Random(f"{frame.seed} {spec.index}")
    choice = random.choice(frame.choices[spec.kind, spec.major])
    day = datetime.fromisoformat(begun).replace(tzinfo=frame.begin.tzinfo)
    names = ("report", "file", "coordinate", "dispatch", "acknowledge")
    steps = [Moment(day + timedelta(hours=9 + place), name) for place, name in enumerate(names)]
    if fate == COORDINATED:
        steps += list(_after_deadline_in(frame, random))
    district = frame.districts.index(unit) if unit in frame.districts else 0
    return Planned(spec, choice, district, (random.random(), random.random()), tuple(steps), str(number))


def _after_deadline_in(frame: Frame, random: Random) -> Iterator[Moment]:
    """Fed back and closed in the second week of the month."""
    at = frame.begin + timedelta(days=7, hours=9)
    for do in LOOP[1:]:
        at = _work(frame.calendar, at, random, hours=(0.3, 2))
        yield Moment(at, do)
