"""The national calendar as the library knows it, and the files that a city publishes."""

from datetime import date
from pathlib import Path

import pytest

from cityloop.limits import files, holidays
from cityloop.limits.calendar import Day, read_windows

HOURS = read_windows(["08:00-12:00", "14:00-18:00"])


def test_2026_has_its_holidays_and_make_up_days() -> None:
    days = {day.date: day for day in holidays.announced_days(date(2026, 9, 1), date(2026, 10, 31))}
    off = [date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)] + [date(2026, 10, day) for day in range(1, 8)]
    assert [day for day, row in days.items() if row.like is None] == off
    assert [day for day, row in days.items() if row.like == 0] == [date(2026, 9, 20), date(2026, 10, 10)]
    assert days[date(2026, 10, 10)] == Day(date(2026, 10, 10), "国庆节", like=0)


def test_beyond_the_last_announced_year_the_library_knows_nothing() -> None:
    last = holidays.announced_until()
    assert last >= date(2026, 12, 31)
    assert not holidays.is_announced(last.year + 1)
    assert not holidays.announced_days(date(last.year + 1, 1, 1), date(last.year + 2, 1, 1))


def test_every_holiday_has_a_chinese_name() -> None:
    days = holidays.announced_days(date(2004, 1, 1), holidays.announced_until())
    assert {day.name for day in days} <= set(holidays.NAMES.values())


def test_2008_is_known_for_the_replayed_month() -> None:
    days = {day.date: day for day in holidays.announced_days(date(2008, 9, 1), date(2008, 10, 31))}
    assert [day for day, row in days.items() if row.like is not None] == [date(2008, 9, 27), date(2008, 9, 28)]
    assert all(date(2008, 10, day) in days for day in range(1, 4))


def test_the_shipped_calendar() -> None:
    shipped = files.default_calendar(zone="Asia/Shanghai").calendar
    assert shipped.known_until == holidays.announced_until()
    assert shipped.windows_on(date(2026, 10, 9)) == HOURS
    assert shipped.windows_on(date(2026, 10, 10)) == HOURS
    assert shipped.windows_on(date(2026, 10, 1)) == ()
    assert shipped.windows_on(date(2026, 10, 17)) == ()


def test_a_citys_own_days_go_before_the_national_ones(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        """
        holidays = "national"
        make_up_days_like = "friday"
        known_until = 2026-12-31
        [[patterns]]
        valid_from = 2026-01-01
        week = { friday = ["09:00-12:00"] }
        [[days]]
        date = 2026-10-01
        windows = ["08:00-10:00"]
        """,
        encoding="utf-8",
    )
    found = files.read_calendar_file(file, zone="Asia/Shanghai")
    assert found.name == "own"
    assert found.calendar.windows_on(date(2026, 10, 1)) == read_windows(["08:00-10:00"])
    assert found.calendar.windows_on(date(2026, 10, 2)) == ()
    assert found.calendar.windows_on(date(2026, 10, 10)) == read_windows(["09:00-12:00"])


@pytest.mark.parametrize("line", ['holidays = "lunar"', 'holidays = "national"\nmake_up_days_like = "someday"'])
def test_an_unknown_kind_of_holidays_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"{line}\n[[patterns]]\nvalid_from = 2026-01-01\nweek = {{ friday = ['09:00-12:00'] }}\n")
    with pytest.raises(ValueError, match="not known"):
        files.read_calendar_file(file, zone="Asia/Shanghai")


def test_every_stage_limit_that_is_shipped_says_where_it_comes_from() -> None:
    assert all(row["seen"] for row in files.default_stage_limits())
