"""Calendars and stage limits as readable files, the shipped ones and a city's own."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cityloop.limits import holidays
from cityloop.limits.calendar import WEEKDAYS, Calendar

FOLDER: Final = Path(__file__).parent / "data"
DEFAULT_CALENDAR: Final = FOLDER / "calendar.toml"
STAGE_LIMITS: Final = FOLDER / "stage_limits.toml"
_KEYS: Final = {"name", "zone", "holidays", "make_up_days_like", "known_until", "patterns", "days"}


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a calendar file says."""

    name: str
    calendar: Calendar


def read_calendar_file(path: Path, *, zone: str) -> CalendarFile:
    """Read a calendar from a TOML or JSON file; `zone` serves where the file names none.

    Raises `OSError`, and `ValueError` naming what is wrong.
    """
    text = path.read_text(encoding="utf-8")
    body = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    if not isinstance(body, dict):
        raise ValueError("a calendar file is a table of names and values")
    unknown = set(body) - _KEYS
    if unknown:
        raise ValueError(f"unknown names: {', '.join(sorted(unknown))}; known are {', '.join(sorted(_KEYS))}")
    whole = {"zone": zone, **body, "known_until": body.get("known_until") or holidays.announced_until()}
    return CalendarFile(str(body.get("name") or path.stem), _with_holidays(Calendar.from_json(whole), body))


def _with_holidays(calendar: Calendar, body: Mapping[str, Any]) -> Calendar:
    """The calendar with the national days, where the file asks for them and has none of its own."""
    wanted = body.get("holidays", "none")
    if wanted == "none":
        return calendar
    like = body.get("make_up_days_like", WEEKDAYS[holidays.MONDAY])
    if wanted != "national" or like not in WEEKDAYS:
        raise ValueError(f"holidays {wanted!r} or make_up_days_like {like!r} is not known")
    first = calendar.patterns[0].valid_from
    national = holidays.announced_days(first, calendar.known_until, like=WEEKDAYS.index(like))
    days = {day.date: day for day in (*national, *calendar.days)}
    return Calendar(
        zone=calendar.zone,
        patterns=calendar.patterns,
        known_until=calendar.known_until,
        days=tuple(days[key] for key in sorted(days)),
    )


def default_calendar(*, zone: str) -> CalendarFile:
    """The calendar that the project ships."""
    return read_calendar_file(DEFAULT_CALENDAR, zone=zone)


def default_stage_limits() -> list[Mapping[str, Any]]:
    """The stage limits that the project ships, as rows of the file."""
    rows: list[Mapping[str, Any]] = tomllib.loads(STAGE_LIMITS.read_text(encoding="utf-8"))["limits"]
    return rows
