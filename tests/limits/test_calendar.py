"""Calendars as data: read back whole, and refused when they contradict themselves."""

import json
from datetime import date
from typing import Any

import pytest

from cityloop.limits.calendar import Calendar, Day, Window, read_windows
from tests.limits.calendars import ALL, ORDINARY, SEASONS

BODY: dict[str, Any] = {
    "zone": "Asia/Shanghai",
    "known_until": "2026-12-31",
    "patterns": [{"valid_from": "2026-01-01", "week": {"monday": ["08:00-12:00", "14:00-18:00"]}}],
    "days": [{"date": "2026-10-01", "name": "国庆节"}, {"date": "2026-10-10", "like": "monday"}],
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_calendar_comes_back_from_json(name: str) -> None:
    assert Calendar.from_json(json.loads(json.dumps(ALL[name].to_json()))) == ALL[name]


def test_rows_may_come_in_any_order() -> None:
    body = {**BODY, "days": list(reversed(BODY["days"]))}
    assert Calendar.from_json(body) == Calendar.from_json(BODY)


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        ("2026-06-12", ["08:00-12:00", "14:00-18:00"]),
        ("2026-06-13", []),
        ("2026-06-15", ["08:00-12:00", "15:00-18:00"]),
        ("2026-09-01", ["08:00-12:00", "14:00-18:00"]),
        ("2026-10-10", ["08:00-12:00", "14:00-18:00"]),  # a Saturday, made up
        ("2026-10-07", []),
        ("2019-01-04", ["08:00-12:00", "14:00-18:00"]),  # before the first pattern
    ],
)
def test_the_hours_of_a_date(day: str, windows: list[str]) -> None:
    assert SEASONS.windows_on(date.fromisoformat(day)) == read_windows(windows)


def test_a_make_up_day_works_the_hours_of_its_season() -> None:
    summer_saturday = Day(date(2026, 7, 4), like=4)
    calendar = Calendar("Asia/Shanghai", SEASONS.patterns, date(2026, 12, 31), (summer_saturday,))
    assert calendar.windows_on(date(2026, 7, 4)) == read_windows(["08:00-12:00", "15:00-18:00"])


def test_a_day_is_found_with_its_name() -> None:
    day = ORDINARY.find_day(date(2026, 10, 1))
    assert day is not None
    assert day.name == "国庆节"
    assert ORDINARY.find_day(date(2026, 10, 9)) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"patterns": []}, "office hours"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {}}]}, "office hours"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {"someday": []}}]}, "someday"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {"monday": ["8-12"]}}]}, "should look like"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {"monday": ["08:00-12:61"]}}]}, "no time of day"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {"monday": ["22:00-06:00"]}}]}, "two windows"),
        ({"patterns": [{"valid_from": "2026-01-01", "week": {"monday": ["08:00-12:00", "11:00-13:00"]}}]}, "overlaps"),
        ({"patterns": BODY["patterns"] * 2}, "should come once"),
        ({"days": [{"date": "2026-10-01"}, {"date": "2026-10-01", "like": "monday"}]}, "should come once"),
        ({"days": [{"date": "2026-10-01", "like": "someday"}]}, "someday"),
        ({"days": [{"date": "2026-10-01", "like": "monday", "windows": ["08:00-12:00"]}]}, "not both"),
        ({"days": [{"date": "1 October"}]}, "1 October"),
        ({"zone": None, "days": None}, "not a calendar"),
        ({"known_until": "soon"}, "soon"),
        ({"zone": "Asia/Atlantis"}, "Asia/Atlantis"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Calendar.from_json({**BODY, **change})


def test_missing_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="patterns"):
        Calendar.from_json({"zone": "Asia/Shanghai", "known_until": "2026-12-31"})


def test_windows_print_as_they_are_read() -> None:
    assert str(Window(0, 1440)) == "00:00-24:00"
    assert read_windows(["00:00-24:00"]) == (Window(0, 1440),)
