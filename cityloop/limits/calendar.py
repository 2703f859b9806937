"""Office time as data: dated weekly hours, holidays and make-up days (调休). Pure: no Django, no database."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_OF_DAY: Final = 24 * 60
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WINDOW: Final = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class Window(NamedTuple):
    """Office time from one minute of the day to another; 1440 is 24:00. Hours over midnight are two windows."""

    begin: int
    end: int

    def __str__(self) -> str:
        return f"{self.begin // 60:02}:{self.begin % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


Windows = tuple[Window, ...]


class Pattern(NamedTuple):
    """The hours of a week, Monday first, in force from a date until the next pattern's date."""

    valid_from: date
    week: tuple[Windows, ...]


class Day(NamedTuple):
    """A date that does not follow its weekday.

    `like` is the weekday (0 is Monday) whose hours it works, whatever pattern is then in force; otherwise it works
    `windows`, and no windows make it a holiday.
    """

    date: date
    name: str = ""
    windows: Windows = ()
    like: int | None = None


@dataclass(frozen=True)
class Calendar:
    """One city's office time. The first pattern also serves the days before it.

    The days up to `known_until` are announced; after it the weekly pattern serves and results are provisional.
    Raises `ValueError`, naming the date, when the hours contradict themselves.
    """

    zone: str
    patterns: tuple[Pattern, ...]
    known_until: date
    days: tuple[Day, ...] = ()
    # What `clock` works out per year, kept with the calendar that it belongs to.
    tracks: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _ = self.tzinfo  # an unknown zone is refused here, not at the first deadline
        if not self.patterns or not any(self.patterns[-1].week):
            raise ValueError("a calendar needs a last pattern with office hours")
        _check_ascending("pattern", [pattern.valid_from for pattern in self.patterns])
        _check_ascending("day", [day.date for day in self.days])
        for pattern in self.patterns:
            _check_week(pattern)
        for day in self.days:
            _check_windows(str(day.date), day.windows)
            if day.like is not None and (day.windows or day.like not in range(7)):
                raise ValueError(f"{day.date}: a make-up day works like a weekday 0-6 or has its own windows, not both")

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The city's zone."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such zone: {self.zone}") from error

    @cached_property
    def _by_date(self) -> Mapping[date, Day]:
        return {day.date: day for day in self.days}

    @cached_property
    def _pattern_dates(self) -> list[date]:
        return [pattern.valid_from for pattern in self.patterns]

    @cached_property
    def known_end(self) -> datetime:
        """The moment at which the announced days end."""
        return datetime.combine(self.known_until + timedelta(days=1), time.min, tzinfo=self.tzinfo)

    def find_day(self, day: date) -> Day | None:
        """The holiday or make-up day on that date."""
        return self._by_date.get(day)

    def windows_on(self, day: date) -> Windows:
        """The office hours of a date."""
        special = self._by_date.get(day)
        if special is not None and special.like is None:
            return special.windows
        weekday = day.weekday() if special is None or special.like is None else special.like
        pattern = self.patterns[max(bisect_right(self._pattern_dates, day) - 1, 0)]
        return pattern.week[weekday]

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; `from_json` reads them back to an equal calendar."""
        return {
            "zone": self.zone,
            "known_until": self.known_until.isoformat(),
            "patterns": [
                {
                    "valid_from": pattern.valid_from.isoformat(),
                    "week": {
                        name: _texts(windows) for name, windows in zip(WEEKDAYS, pattern.week, strict=True) if windows
                    },
                }
                for pattern in self.patterns
            ],
            "days": [_day_to_json(day) for day in self.days],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Calendar":
        """Read a calendar from JSON or TOML values; `ValueError` names what is wrong. Order of rows does not matter."""
        try:
            return cls(
                zone=str(body["zone"]),
                known_until=_as_date(body["known_until"]),
                patterns=tuple(sorted(_pattern_from_json(row) for row in body["patterns"])),
                days=tuple(sorted((_day_from_json(row) for row in body.get("days", ())), key=lambda day: day.date)),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a calendar: {error!r}") from error


def read_windows(texts: Iterable[str]) -> Windows:
    """Windows from texts like `08:00-12:00`; 24:00 is the end of the day."""
    return tuple(_window(text) for text in texts)


def weekly(windows: Iterable[str], days: Iterable[int] = range(5)) -> tuple[Windows, ...]:
    """A week that works the same windows on the given weekdays, Monday to Friday if none are given."""
    hours, working = read_windows(windows), set(days)
    return tuple(hours if weekday in working else () for weekday in range(7))


def _window(text: str) -> Window:
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"office hours {text!r} should look like 08:00-12:00")
    hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
    if minute > 59 or end_minute > 59:
        raise ValueError(f"office hours {text!r} name no time of day")
    return Window(hour * 60 + minute, end_hour * 60 + end_minute)


def _check_ascending(what: str, dates: list[date]) -> None:
    for before, after in pairwise(dates):
        if before >= after:
            raise ValueError(f"{what} {after} should come once, and after {before}")


def _check_week(pattern: Pattern) -> None:
    if len(pattern.week) != 7:
        raise ValueError(f"pattern {pattern.valid_from}: a week has seven days")
    for name, windows in zip(WEEKDAYS, pattern.week, strict=True):
        _check_windows(f"pattern {pattern.valid_from}, {name}", windows)


def _check_windows(where: str, windows: Windows) -> None:
    last = 0
    for window in windows:
        if not last <= window.begin < window.end <= MINUTES_OF_DAY:
            hint = "write hours over midnight as two windows, -24:00 and 00:00-"
            raise ValueError(f"{where}: {window} overlaps, runs backwards or leaves the day ({hint})")
        last = window.end


def _texts(windows: Windows) -> list[str]:
    return [str(window) for window in windows]


def _day_to_json(day: Day) -> dict[str, Any]:
    row: dict[str, Any] = {"date": day.date.isoformat(), "name": day.name}
    if day.like is not None:
        row["like"] = WEEKDAYS[day.like]
    elif day.windows:
        row["windows"] = _texts(day.windows)
    return row


def _day_from_json(row: Mapping[str, Any]) -> Day:
    like = row.get("like")
    if like is not None and like not in WEEKDAYS:
        raise ValueError(f"day {row['date']}: like {like!r} should be one of {', '.join(WEEKDAYS)}")
    return Day(
        date=_as_date(row["date"]),
        name=str(row.get("name", "")),
        windows=read_windows(row.get("windows", ())),
        like=None if like is None else WEEKDAYS.index(like),
    )


def _pattern_from_json(row: Mapping[str, Any]) -> Pattern:
    week: Mapping[str, Any] = row["week"]
    unknown = set(week) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"pattern {row['valid_from']}: no such weekday: {', '.join(sorted(unknown))}")
    return Pattern(_as_date(row["valid_from"]), tuple(read_windows(week.get(name, ())) for name in WEEKDAYS))


def _as_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(str(value))
