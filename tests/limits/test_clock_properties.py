"""What holds for every calendar, unit, start and limit."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityloop.limits.calendar import Window
from cityloop.limits.clock import UNIT_US, Calendar, Day, Deadline, Pattern, Unit, add_span, spent
from tests.limits.calendars import ALL, BERLIN, HAVANA, LONG, NIGHTS, ORDINARY, SEASONS

US = timedelta(microseconds=1)
DAY_UNITS = [Unit.WORK_DAY, Unit.CALENDAR_DAY]

names = st.sampled_from(sorted(ALL))
units = st.sampled_from(list(Unit))
# Any microsecond, and with preference the round times at which windows and days begin.
seconds = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
round_times = seconds.map(lambda moment: moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0))
moments = (
    seconds | round_times | round_times.map(lambda moment: moment + US) | round_times.map(lambda moment: moment - US)
)
spans = st.integers(0, 40 * 24 * 3600 * 10**6) | st.integers(0, 400).map(lambda hours: hours * 3600 * 10**6)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to three windows of a day, at times of a quarter of an hour, that do not overlap."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple(Window(begin * 15, end * 15) for begin, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any two seasons with any holidays and make-up days between them."""
    weeks = draw(st.lists(st.tuples(*[windows()] * 7).filter(any), min_size=2, max_size=2))
    dates = sorted(draw(st.sets(st.dates(date(2026, 2, 1), date(2026, 11, 1)), max_size=12)))
    ways = st.none() | windows() | st.integers(0, 6)
    days = [
        Day(day, like=way) if isinstance(way, int) else Day(day, windows=way or ())
        for day, way in ((day, draw(ways)) for day in dates)
    ]
    return Calendar(
        zone=draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Havana"])),
        patterns=(Pattern(date(2026, 1, 1), weeks[0]), Pattern(date(2026, 6, 1), weeks[1])),
        days=tuple(days),
        known_until=date(2026, 12, 31),
    )


def check_judged_as_shown(calendar: Calendar, unit: Unit, start: datetime, span: int, moment: datetime) -> None:
    """Late and over the limit are one, save that in the closed time right after a deadline one is late at the limit."""
    deadline = add_span(calendar, unit, start, span)
    over = spent(calendar, unit, start, moment) > span
    if over:
        assert deadline.is_late(moment)
    elif moment >= start and deadline.is_late(moment):
        assert spent(calendar, unit, start, moment) == span
        assert spent(calendar, unit, deadline.at, moment) == 0


def check_round_trip(calendar: Calendar, unit: Unit, start: datetime, span: int) -> None:
    """The span comes back, but for what a whole microsecond of a stretched or squeezed day cannot show."""
    end = add_span(calendar, unit, start, span).at
    assert end >= start
    back = spent(calendar, unit, start, end)
    assert back <= span
    again = add_span(calendar, unit, start, back).at
    assert again <= end
    assert spent(calendar, unit, start, again) == back
    if back != span:  # then no whole microsecond has exactly this reading
        assert unit in DAY_UNITS
        assert spent(calendar, unit, start, end + US) > span


@given(names, units, moments, spans, moments)
def test_shown_is_judged(name: str, unit: Unit, start: datetime, span: int, moment: datetime) -> None:
    check_judged_as_shown(ALL[name], unit, start, span, moment)


@given(names, units, moments, spans, st.integers(-3, 3))
def test_shown_is_judged_to_the_microsecond(name: str, unit: Unit, start: datetime, span: int, off: int) -> None:
    deadline = add_span(ALL[name], unit, start, span)
    check_judged_as_shown(ALL[name], unit, start, span, deadline.at + off * US)


@given(st.sampled_from([ORDINARY, NIGHTS, LONG]), units, moments, spans)
def test_add_and_difference_are_inverse(calendar: Calendar, unit: Unit, start: datetime, span: int) -> None:
    assert spent(calendar, unit, start, add_span(calendar, unit, start, span).at) == span


@given(st.sampled_from([SEASONS, BERLIN, HAVANA]), st.sampled_from([*set(Unit) - set(DAY_UNITS)]), moments, spans)
def test_hours_are_inverse_in_every_calendar(calendar: Calendar, unit: Unit, start: datetime, span: int) -> None:
    assert spent(calendar, unit, start, add_span(calendar, unit, start, span).at) == span


@given(names, units, moments, spans)
def test_add_and_difference_are_inverse_to_the_microsecond(name: str, unit: Unit, start: datetime, span: int) -> None:
    check_round_trip(ALL[name], unit, start, span)


@given(names, st.sampled_from(DAY_UNITS), st.integers(1, 60), moments)
def test_whole_days_come_back_but_for_a_microsecond(name: str, unit: Unit, amount: int, start: datetime) -> None:
    total = amount * UNIT_US[unit]
    back = spent(ALL[name], unit, start, add_span(ALL[name], unit, start, total).at)
    assert total - 8 <= back <= total


@given(names, units, moments, moments, moments)
def test_differences_add_up_at_any_moment(name: str, unit: Unit, a: datetime, b: datetime, c: datetime) -> None:
    calendar = ALL[name]
    assert spent(calendar, unit, a, b) + spent(calendar, unit, b, c) == spent(calendar, unit, a, c)
    assert spent(calendar, unit, a, b) == -spent(calendar, unit, b, a)


@given(names, units, moments, spans, st.floats(0, 1))
def test_pausing_for_no_time_changes_no_deadline(
    name: str, unit: Unit, start: datetime, span: int, share: float
) -> None:
    calendar = ALL[name]
    whole = add_span(calendar, unit, start, span)
    pause = start + (whole.at - start) * share
    left = span - spent(calendar, unit, start, pause)
    assert add_span(calendar, unit, pause, left) == Deadline(whole.at, whole.provisional)


@given(names, units, moments, moments, spans, spans)
def test_later_starts_and_longer_limits_end_later(
    name: str, unit: Unit, a: datetime, b: datetime, x: int, y: int
) -> None:
    calendar = ALL[name]
    early, late, short, long = min(a, b), max(a, b), min(x, y), max(x, y)
    ends = add_span(calendar, unit, early, short).at, add_span(calendar, unit, early, long).at
    assert early <= ends[0] <= ends[1] <= add_span(calendar, unit, late, long).at


@given(st.sampled_from([ORDINARY, SEASONS, NIGHTS]), moments, moments)
def test_work_hours_agree_with_a_walk_day_by_day(calendar: Calendar, a: datetime, b: datetime) -> None:
    start, end = sorted((a, b))
    assert spent(calendar, "work_hour", start, end) == walked(calendar, start, end)


def walked(calendar: Calendar, start: datetime, end: datetime) -> int:
    """The slow and obvious way: the overlap with every window of every day."""
    total, day = timedelta(), start.astimezone(calendar.tzinfo).date()
    while day <= end.astimezone(calendar.tzinfo).date():
        midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.tzinfo)
        for window in calendar.windows_on(day):
            begins, ends = (midnight + timedelta(minutes=minute) for minute in window)
            total += max(min(ends, end) - max(begins, start), timedelta())
        day += timedelta(days=1)
    return total // US


@pytest.mark.parametrize("calendar", [ORDINARY, BERLIN])
@given(start=moments, amount=st.integers(0, 500))
def test_calendar_days_keep_the_time_of_day(calendar: Calendar, start: datetime, amount: int) -> None:
    wall = start.astimezone(calendar.tzinfo)
    if wall.hour >= 4:  # the hours in which a zone changes its clock are stretched
        end = add_span(calendar, "calendar_day", start, amount * UNIT_US[Unit.CALENDAR_DAY]).at
        assert end.astimezone(calendar.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None) + timedelta(
            days=amount
        )


@given(st.sampled_from([ORDINARY, SEASONS]), moments, st.integers(0, 60))
def test_work_days_within_a_season_keep_the_time_of_day(calendar: Calendar, start: datetime, amount: int) -> None:
    end = add_span(calendar, "work_day", start, amount * UNIT_US[Unit.WORK_DAY]).at
    here, there = start.astimezone(calendar.tzinfo), end.astimezone(calendar.tzinfo)
    if (
        calendar.windows_on(here.date()) == calendar.windows_on(there.date())
        and spent(calendar, "work_hour", start - US, start + US) == 2
    ):
        assert here.time() == there.time()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calendars(), units, moments, spans, moments)
def test_any_calendar_keeps_the_promises(
    calendar: Calendar, unit: Unit, start: datetime, span: int, moment: datetime
) -> None:
    check_judged_as_shown(calendar, unit, start, span, moment)
    check_round_trip(calendar, unit, start, span)
    middle = min(start, moment)
    assert spent(calendar, unit, start, moment) == spent(calendar, unit, start, middle) + spent(
        calendar, unit, middle, moment
    )
    assert Calendar.from_json(calendar.to_json()) == calendar
