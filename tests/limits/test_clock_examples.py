"""Deadlines worked out by hand, as a seat operator would."""

from datetime import UTC, datetime

import pytest

from cityloop.limits.clock import Calendar, Limit, add, add_span, remaining, spent
from tests.limits.calendars import BERLIN, LONG, NIGHTS, ORDINARY, SEASONS, at

EXAMPLES = [
    # a plain day, lunch, the end of the day
    ("2026-10-14 09:00", "2", "work_hour", "2026-10-14 11:00"),
    ("2026-10-14 11:30", "1", "work_hour", "2026-10-14 14:30"),
    ("2026-10-14 08:00", "4", "work_hour", "2026-10-14 12:00"),  # ends with the morning, not at 14:00
    ("2026-10-14 16:00", "2", "work_hour", "2026-10-14 18:00"),  # ends with the day, not next morning
    ("2026-10-14 17:59:59.999999", "1", "work_hour", "2026-10-15 08:59:59.999999"),
    # a start outside hours begins at the next window
    ("2026-10-14 12:40", "1", "work_hour", "2026-10-14 15:00"),
    ("2026-10-14 23:59", "1", "work_hour", "2026-10-15 09:00"),
    ("2026-10-14 05:00", "1", "work_hour", "2026-10-14 09:00"),
    # over a weekend
    ("2026-10-16 17:30", "2", "work_hour", "2026-10-19 09:30"),
    ("2026-10-17 10:00", "1", "work_hour", "2026-10-19 09:00"),
    ("2026-10-16 10:00", "1", "work_day", "2026-10-19 10:00"),
    # National Day 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October made up
    ("2026-09-30 17:00", "2", "work_hour", "2026-10-08 09:00"),
    ("2026-09-30 10:00", "1", "work_day", "2026-10-08 10:00"),
    ("2026-09-30 10:00", "3", "work_day", "2026-10-10 10:00"),
    ("2026-09-30 10:00", "4", "work_day", "2026-10-12 10:00"),
    ("2026-09-18 17:30", "2", "work_hour", "2026-09-20 09:30"),
    ("2026-09-20 16:00", "4", "work_hour", "2026-09-21 10:00"),
    ("2026-10-01 23:00", "2", "urgent_hour", "2026-10-02 01:00"),
    ("2026-10-03 12:00", "1", "urgent_day", "2026-10-04 12:00"),
    ("2026-09-30 10:00", "7", "calendar_day", "2026-10-07 10:00"),
    # the Spring Festival, with its make-up Saturday just before
    ("2026-02-13 17:00", "1", "work_day", "2026-02-14 17:00"),
    ("2026-02-13 17:00", "2", "work_day", "2026-02-24 17:00"),
    # a work day is the office time of a day, whenever it begins
    ("2026-10-14 08:00", "1", "work_day", "2026-10-14 18:00"),
    ("2026-10-17 10:00", "1", "work_day", "2026-10-19 18:00"),
    ("2026-10-14 14:00", "1", "work_day", "2026-10-15 12:00"),
    ("2026-10-14 08:00", "0.5", "work_day", "2026-10-14 12:00"),
    ("2026-10-14 10:00", "0.5", "work_day", "2026-10-14 16:00"),
    ("2026-10-14 10:00:37.123456", "1", "work_day", "2026-10-15 10:00:37.123456"),
    # long ones: 25 work days over the Mid-Autumn Festival and National Day; 60 days to the backlog
    ("2026-09-01 10:00", "25", "work_day", "2026-10-12 10:00"),
    ("2026-09-01 10:00", "200", "work_hour", "2026-10-12 10:00"),
    ("2026-01-31 16:20", "60", "calendar_day", "2026-04-01 16:20"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "end"), EXAMPLES)
def test_deadlines_in_an_ordinary_city(start: str, amount: str, unit: str, end: str) -> None:
    deadline = add(ORDINARY, at(start), Limit(amount, unit))
    assert deadline.at == at(end)
    assert not deadline.provisional
    assert spent(ORDINARY, unit, at(start), deadline.at) == Limit(amount, unit).total_us


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # Friday in winter hours, Monday in summer hours: mornings agree, an afternoon of three hours is half a day too
        ("2026-06-12 10:00", "1", "work_day", "2026-06-15 10:00"),
        ("2026-06-12 11:59", "1", "work_day", "2026-06-15 11:59"),
        ("2026-06-12 16:00", "1", "work_day", "2026-06-15 16:30"),
        ("2026-06-12 17:59", "1", "work_day", "2026-06-15 17:59:15"),
        ("2026-06-12 16:00", "8", "work_hour", "2026-06-15 17:00"),
        # within the summer a day of seven hours is still a day
        ("2026-07-06 10:00", "5", "work_day", "2026-07-13 10:00"),
        ("2026-07-06 16:20:05.000001", "5", "work_day", "2026-07-13 16:20:05.000001"),
        ("2026-07-06 10:00", "8", "work_hour", "2026-07-07 11:00"),
        # and back: 31 August is a Monday
        ("2026-08-31 10:00", "1", "work_day", "2026-09-01 10:00"),
        ("2026-08-31 16:30", "1", "work_day", "2026-09-01 16:00"),
    ],
)
def test_a_work_day_over_a_change_of_office_hours(start: str, amount: str, unit: str, end: str) -> None:
    assert add(SEASONS, at(start), Limit(amount, unit)).at == at(end)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "unit", "end"),
    [
        (NIGHTS, "2026-10-14 23:00", "3", "work_hour", "2026-10-15 02:00"),
        (NIGHTS, "2026-10-14 23:00", "7", "work_hour", "2026-10-15 06:00"),
        (NIGHTS, "2026-10-14 23:00", "8", "work_hour", "2026-10-15 19:00"),
        (NIGHTS, "2026-10-14 18:00", "6", "work_hour", "2026-10-15 00:00"),
        (NIGHTS, "2026-10-14 12:00", "0.5", "work_day", "2026-10-15 00:00"),
        (LONG, "2026-10-16 20:00", "1", "work_day", "2026-10-19 20:00"),
        (LONG, "2026-10-16 20:00", "5", "work_hour", "2026-10-19 01:00"),
    ],
)
def test_office_hours_that_touch_midnight(calendar: Calendar, start: str, amount: str, unit: str, end: str) -> None:
    assert add(calendar, at(start), Limit(amount, unit)).at == at(end)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00
        ("2026-03-28 10:00", "1", "calendar_day", "2026-03-29 10:00"),
        ("2026-03-28 10:00", "24", "urgent_hour", "2026-03-29 11:00"),
        ("2026-10-24 10:00", "1", "calendar_day", "2026-10-25 10:00"),
        ("2026-10-24 10:00", "24", "urgent_hour", "2026-10-25 09:00"),
        # 01:30-05:00 has two and a half hours in spring, four and a half in autumn
        ("2026-03-29 00:00", "3.5", "work_hour", "2026-03-29 09:00"),
        ("2026-10-25 00:00", "4.5", "work_hour", "2026-10-25 05:00"),
        ("2026-03-28 10:00", "1", "work_day", "2026-03-29 10:00"),
    ],
)
def test_a_zone_that_changes_its_clock(start: str, amount: str, unit: str, end: str) -> None:
    zone = BERLIN.tzinfo
    found = add(BERLIN, at(start, zone), Limit(amount, unit)).at
    if unit == "work_day":  # the night window is an hour shorter: the same time but for that hour's share
        assert abs((found - at(end, zone)).total_seconds()) < 3600
    else:
        assert found == at(end, zone)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "provisional"),
    [
        ("2026-12-31 17:00", "1", "work_hour", False),  # ends with the last known day
        ("2026-12-31 17:00", "1.001", "work_hour", True),
        ("2026-12-31 10:00", "1", "work_day", True),
        ("2026-12-31 10:00", "1", "calendar_day", False),  # holidays do not matter
        ("2026-12-31 10:00", "99", "urgent_hour", False),
        ("2027-03-01 10:00", "1", "work_hour", True),
        ("2027-03-01 10:00", "99", "urgent_day", False),
    ],
)
def test_beyond_the_last_published_year_a_deadline_is_provisional(
    start: str, amount: str, unit: str, provisional: bool
) -> None:
    assert add(ORDINARY, at(start), Limit(amount, unit)).provisional is provisional


def test_beyond_the_last_published_year_the_weekly_pattern_serves() -> None:
    # 1 January 2027 is a Friday: certainly a holiday, but not announced yet
    assert add(ORDINARY, at("2026-12-31 10:00"), Limit(1, "work_day")).at == at("2027-01-01 10:00")


def test_a_clock_paused_over_a_weekend_goes_on_with_what_was_left() -> None:
    limit = Limit(8, "work_hour")
    start, paused, resumed = at("2026-10-16 10:00"), at("2026-10-16 15:30"), at("2026-10-20 20:00")
    used = spent(ORDINARY, limit.unit, start, paused)
    assert used == 3_600_000_000 * 7 // 2
    assert add_span(ORDINARY, limit.unit, resumed, limit.total_us - used).at == at("2026-10-21 14:30")


def test_a_clock_resumed_after_its_limit_was_used_up_is_late_at_once() -> None:
    deadline = add_span(ORDINARY, "work_hour", at("2026-10-19 10:00"), -3 * 3_600_000_000)
    assert deadline.at == at("2026-10-16 17:00")
    assert remaining(ORDINARY, "work_hour", at("2026-10-19 10:00"), deadline) == -3 * 3_600_000_000


def test_the_deadline_itself_is_in_time_and_the_closed_evening_after_it_is_late() -> None:
    deadline = add(ORDINARY, at("2026-10-16 16:00"), Limit(2, "work_hour"))
    assert not deadline.is_late(at("2026-10-16 18:00"))
    assert deadline.is_late(at("2026-10-16 18:00:00.000001"))
    assert spent(ORDINARY, "work_hour", at("2026-10-16 16:00"), at("2026-10-18 12:00")) == 2 * 3_600_000_000


def test_moments_come_back_in_utc() -> None:
    assert add(ORDINARY, at("2026-10-14 09:00"), Limit(2, "work_hour")).at.tzinfo is UTC


@pytest.mark.parametrize("unit", ["fortnight", "", "WORK_HOUR"])
def test_an_unknown_unit_is_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="Unit"):
        spent(ORDINARY, unit, at("2026-10-14 09:00"), at("2026-10-14 10:00"))


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1E-20"])
def test_a_limit_is_positive(amount: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        Limit(amount, "work_hour")


@pytest.mark.parametrize("minutes", range(1, 241))
def test_minutes_are_whole(minutes: int) -> None:
    assert Limit.of_minutes(minutes, "work_hour").total_us == minutes * 60_000_000


@pytest.mark.parametrize("unit", ["work_hour", "urgent_hour", "calendar_day"])
def test_a_moment_needs_a_zone(unit: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        add(ORDINARY, datetime(2026, 10, 14, 9), Limit(1, unit))  # noqa: DTZ001


def test_a_limit_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="100 years"):
        add(ORDINARY, at("2026-10-14 09:00"), Limit(10**6, "work_day"))
