"""Lamps and remaining time, over night, lunch, weekends and make-up days."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.limits.clock import Calendar, Limit, add
from cityloop.limits.lamp import Lamp, Thresholds, lamp, lamp_at, soon_from, time_left
from cityloop.limits.pieces import HOUR
from cityloop.limits.words import lamp_letter, lamp_words, limit_words, remaining_words, unit_words
from tests.limits.calendars import ORDINARY, SEASONS, at


@pytest.mark.parametrize(
    ("used", "limit", "more", "shows"),
    [
        (0, 100, {}, Lamp.IN_TIME),
        (79, 100, {}, Lamp.IN_TIME),
        (80, 100, {}, Lamp.SOON),
        (100, 100, {}, Lamp.SOON),
        (101, 100, {}, Lamp.LATE),
        (100, 100, {"late": True}, Lamp.LATE),
        (50, 100, {"thresholds": Thresholds(Fraction(1, 2))}, Lamp.SOON),
        (90, 100, {"thresholds": Thresholds(Fraction(1, 2), Fraction(9, 10))}, Lamp.SOON),
        (91, 100, {"thresholds": Thresholds(Fraction(1, 2), Fraction(9, 10))}, Lamp.LATE),
        (101, 100, {"paused": True}, Lamp.PAUSED),
        (101, 100, {"ended": True, "paused": True}, Lamp.ENDED),
        (5, 0, {}, Lamp.NONE),
        (-5, 100, {}, Lamp.IN_TIME),
    ],
)
def test_a_lamp(used: int, limit: int, more: dict[str, object], shows: Lamp) -> None:
    assert lamp(used, limit, **more) is shows  # type: ignore[arg-type]


def test_no_two_lamps_share_a_colour_or_a_shape() -> None:
    assert len({each.colour for each in Lamp}) == len({each.shape for each in Lamp}) == len(Lamp)
    assert len({lamp_letter(each) for each in Lamp}) == len({lamp_words(each) for each in Lamp}) == len(Lamp)


@pytest.mark.parametrize(
    ("now", "shows"),
    [
        ("2026-10-16 15:30", Lamp.IN_TIME),  # Friday, half an hour used
        ("2026-10-16 16:35", Lamp.IN_TIME),
        ("2026-10-16 16:36", Lamp.SOON),
        ("2026-10-16 17:00", Lamp.SOON),
        ("2026-10-16 17:00:01", Lamp.LATE),
    ],
)
def test_the_lamp_of_a_running_clock(now: str, shows: Lamp) -> None:
    assert lamp_at(ORDINARY, "work_hour", at(now), at("2026-10-16 17:00"), limit=2 * HOUR) is shows


@pytest.mark.parametrize(
    ("now", "shows"),
    [
        ("2026-10-16 17:59", Lamp.IN_TIME),
        ("2026-10-18 12:00", Lamp.IN_TIME),  # Sunday: nothing has passed since Friday
        ("2026-10-19 11:00", Lamp.SOON),
        ("2026-10-19 12:00", Lamp.SOON),
        ("2026-10-19 13:00", Lamp.LATE),  # lunch after a deadline at its beginning
    ],
)
def test_the_lamp_stands_still_with_the_clock(now: str, shows: Lamp) -> None:
    assert lamp_at(ORDINARY, "work_hour", at(now), at("2026-10-19 12:00"), limit=5 * HOUR) is shows


@pytest.mark.parametrize(
    ("calendar", "unit", "now", "due", "words"),
    [
        (ORDINARY, "work_hour", "2026-10-16 16:48", "2026-10-16 18:00", "剩 1小时12分 工作时"),
        # over lunch, a night, a weekend, a make-up Saturday, National Day
        (ORDINARY, "work_hour", "2026-10-16 11:30", "2026-10-16 14:30", "剩 1小时 工作时"),
        (ORDINARY, "work_hour", "2026-10-14 20:00", "2026-10-15 08:30", "剩 30分 工作时"),
        (ORDINARY, "work_hour", "2026-10-16 17:30", "2026-10-19 09:30", "剩 2小时 工作时"),
        (ORDINARY, "work_hour", "2026-10-09 17:30", "2026-10-12 09:30", "剩 10小时 工作时"),
        (ORDINARY, "work_hour", "2026-09-30 17:30", "2026-10-08 09:30", "剩 2小时 工作时"),
        (ORDINARY, "work_day", "2026-09-30 10:00", "2026-10-10 15:00", "剩 3工作日3小时"),
        (ORDINARY, "work_day", "2026-10-16 10:00", "2026-10-19 09:00", "剩 7小时 工作时"),
        (ORDINARY, "urgent_hour", "2026-10-03 23:00", "2026-10-04 01:20", "剩 2小时20分 紧急工作时"),
        (ORDINARY, "urgent_day", "2026-10-03 23:00", "2026-10-05 01:00", "剩 1紧急工作日2小时"),
        (ORDINARY, "urgent_day", "2026-10-03 23:00", "2026-10-04 01:00", "剩 2小时 紧急工作时"),
        (ORDINARY, "calendar_day", "2026-10-03 23:00", "2026-10-06 02:00", "剩 2天3小时"),
        (ORDINARY, "calendar_day", "2026-10-03 23:00", "2026-10-04 02:30", "剩 3小时30分"),
        # a summer day has seven hours: the rest is office time, not a share of eight
        (SEASONS, "work_day", "2026-07-06 10:00", "2026-07-08 17:00", "剩 2工作日4小时"),
        # overdue
        (ORDINARY, "work_day", "2026-10-21 15:00", "2026-10-19 10:00", "超 2工作日3小时"),
        (ORDINARY, "work_hour", "2026-10-19 08:10", "2026-10-16 17:50", "超 20分 工作时"),
        (ORDINARY, "work_hour", "2026-10-17 12:00", "2026-10-16 18:00", "已超期"),
        (ORDINARY, "work_hour", "2026-10-16 17:59:30", "2026-10-16 18:00", "剩 不足1分钟"),
        (ORDINARY, "work_hour", "2026-10-16 18:00", "2026-10-16 18:00", "剩 不足1分钟"),
    ],
)
def test_what_is_left_in_words(calendar: Calendar, unit: str, now: str, due: str, words: str) -> None:
    assert remaining_words(calendar, unit, at(now), at(due)) == words


@given(st.integers(1, 40), st.sampled_from(["work_day", "urgent_day", "calendar_day"]))
def test_at_the_start_the_whole_limit_is_left(amount: int, unit: str) -> None:
    start = at("2026-10-14 10:20")
    left = time_left(ORDINARY, unit, start, add(ORDINARY, start, Limit(amount, unit)).at)
    assert (left.days, left.hours, left.minutes, left.late) == (amount, 0, 0, False)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(4, "work_hour"), "4 工作时"),
        (Limit(20, "work_day"), "20 工作日"),
        (Limit("0.5", "work_day"), "0.5 工作日"),
        (Limit("1.50", "urgent_hour"), "1.5 紧急工作时"),
        (Limit.of_minutes(15, "work_hour"), "15 分钟（工作时）"),
        (Limit.of_minutes(5, "urgent_hour"), "5 分钟（紧急工作时）"),
        (Limit.of_minutes(120, "work_hour"), "2 工作时"),
        (Limit(60, "calendar_day"), "60 自然日"),
    ],
)
def test_a_limit_in_words(limit: Limit, words: str) -> None:
    assert limit_words(limit) == words


def test_an_unknown_unit_has_no_words() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        unit_words("fortnight")


@given(
    start=st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 1)),  # noqa: DTZ001
    hours=st.integers(1, 200),
    unit=st.sampled_from(["urgent_hour", "urgent_day", "work_hour", "work_day", "calendar_day"]),
)
def test_a_clock_is_yellow_from_the_moment_that_is_told(start: datetime, hours: int, unit: str) -> None:
    begin = at(start.strftime("%Y-%m-%d %H:%M"))
    limit = Limit(hours, unit) if unit.endswith("hour") else Limit(max(hours // 20, 1), unit)
    due = add(SEASONS, begin, limit).at
    soon = soon_from(SEASONS, unit, due, limit=limit.total_us)
    second = timedelta(seconds=1)
    assert begin - second <= soon <= due
    assert lamp_at(SEASONS, unit, soon, due, limit=limit.total_us) is Lamp.SOON
    assert lamp_at(SEASONS, unit, soon - second, due, limit=limit.total_us) is Lamp.IN_TIME
    assert lamp_at(SEASONS, unit, due + second, due, limit=limit.total_us) is Lamp.LATE
