"""From the history of one case to what held of it when. Pure: events in, spells out.

An event keeps the old value of every column that it changed. Read backwards from the case as it is, that gives the
columns after each event; read forwards, the spells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

READ: Final = ("unit_id", "minor_id", "phase", "outcome", "due_at", "handled_at", "check_result")
NOBODY: Final = 0  # in coordination: no unit
SOLVED: Final = "solved"


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says: when, what it changed (old values), and whether it took the step before it back."""

    at: datetime
    before: Mapping[str, Any]
    undoes: bool = False


@dataclass(frozen=True, slots=True)
class Lay:
    """The case lay with a unit (`NOBODY`: in coordination)."""

    unit_id: int
    received_at: datetime
    began_at: datetime
    ended_at: datetime | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Was:
    """The case was of a minor category."""

    minor_id: int | None
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The case had an outcome, until it was opened again."""

    outcome: str
    began_at: datetime
    handled_at: datetime | None
    due_at: datetime | None
    on_time: bool
    in_time: bool
    ended_at: datetime | None = None


@dataclass(slots=True)
class Folded:
    """Everything that held of a case."""

    lays: list[Lay] = field(default_factory=list)
    categories: list[Was] = field(default_factory=list)
    endings: list[Ended] = field(default_factory=list)


def fold(events: Sequence[Told], now: Mapping[str, Any]) -> Folded:
    """What held of a case when. `now`: the columns `READ` after the last event, moments as ISO text or moments."""
    folded = Folded()
    for event, columns in zip(events, _after_each(events, now), strict=True):
        _note_unit(folded.lays, event, columns)
        _note_category(folded.categories, event, columns)
        _note_ending(folded.endings, event, columns)
    return folded


def _after_each(events: Sequence[Told], now: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    columns = dict(now)
    found: list[Mapping[str, Any]] = []
    for event in reversed(events):
        found.append(dict(columns))
        columns.update((name, value) for name, value in event.before.items() if name in columns)
    found.reverse()
    return found


def _holder(columns: Mapping[str, Any]) -> int | None:
    unit: int | None = columns["unit_id"]
    if unit is None and columns["phase"] == "coordinating":
        return NOBODY
    return unit


def _note_unit(lays: list[Lay], event: Told, columns: Mapping[str, Any]) -> None:
    holder, last = _holder(columns), lays[-1] if lays else None
    running = last is not None and last.ended_at is None
    if running and last is not None and last.unit_id == holder:
        return
    if running and last is not None:
        lays[-1] = replace(last, ended_at=event.at, undone_at=event.at if event.undoes else None)
    if holder is None:
        return
    received = event.at
    if event.undoes:
        # What was taken away is given back: it was received when it was first given.
        earlier = next((lay for lay in reversed(lays) if lay.unit_id == holder and lay.undone_at is None), None)
        received = earlier.received_at if earlier else event.at
    lays.append(Lay(holder, received, event.at))


def _note_category(rows: list[Was], event: Told, columns: Mapping[str, Any]) -> None:
    minor = columns["minor_id"]
    if rows and rows[-1].minor_id == minor:
        return
    if rows:
        rows[-1] = replace(rows[-1], ended_at=event.at)
    rows.append(Was(minor, event.at))


def _note_ending(rows: list[Ended], event: Told, columns: Mapping[str, Any]) -> None:
    is_ended = columns["phase"] == "ended"
    running = bool(rows) and rows[-1].ended_at is None
    if running and (not is_ended or columns["outcome"] != rows[-1].outcome):
        rows[-1] = replace(rows[-1], ended_at=event.at)
        running = False
    if is_ended and not running:
        rows.append(_ending(event, columns))


def _ending(event: Told, columns: Mapping[str, Any]) -> Ended:
    """On time is design's: the feedback that passed the check, against the deadline in force."""
    handled, due = _moment(columns["handled_at"]), _moment(columns["due_at"])
    passed = columns["outcome"] == SOLVED or columns["check_result"] == "pass"
    on_time = passed and handled is not None and (due is None or handled <= due)
    in_time = handled is not None and (due is None or event.at <= due)
    return Ended(columns["outcome"], event.at, handled, due, on_time, in_time)


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
