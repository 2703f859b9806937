"""From a history to spells, worked by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cityloop.evaluation.folding import NOBODY, Ended, Folded, Told, fold

EMPTY: dict[str, Any] = {
    "unit_id": None,
    "minor_id": 1,
    "phase": "received",
    "outcome": "",
    "due_at": None,
    "handled_at": None,
    "check_result": "",
}


def at(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC)


def told(*steps: tuple[int, dict[str, Any]] | tuple[int, dict[str, Any], bool]) -> Folded:
    """Fold a history of steps (hour, what it changed): the old values are worked out as the events keep them."""
    columns, events = dict(EMPTY), []
    for hour, changes, *undoes in steps:
        before = {name: columns[name] for name, value in changes.items() if columns[name] != value}
        columns.update(changes)
        events.append(Told(at(hour), before, bool(undoes)))
    return fold(events, columns)


GIVEN = {"unit_id": 7, "phase": "handling", "due_at": at(12)}
TAKEN = {"unit_id": None, "phase": "filed", "due_at": None}


def lays(found: Folded) -> list[tuple[int, int, int | None]]:
    return [(lay.unit_id, lay.began_at.hour, lay.ended_at.hour if lay.ended_at else None) for lay in found.lays]


def test_a_case_lies_with_its_unit() -> None:
    assert lays(told((1, {}), (2, {"phase": "filed"}), (3, GIVEN))) == [(7, 3, None)]


def test_redispatch_begins_another_spell() -> None:
    found = told((1, {}), (3, GIVEN), (4, TAKEN), (5, {**GIVEN, "unit_id": 8}))
    assert lays(found) == [(7, 3, 4), (8, 5, None)]
    assert [lay.undone_at for lay in found.lays] == [None, None]


def test_the_same_unit_twice_is_two_spells() -> None:
    assert lays(told((1, {}), (3, GIVEN), (4, TAKEN), (5, GIVEN))) == [(7, 3, 4), (7, 5, None)]


def test_a_recalled_dispatch_is_undone() -> None:
    found = told((1, {}), (3, GIVEN), (4, TAKEN, True))
    assert lays(found) == [(7, 3, 4)]
    assert found.lays[0].undone_at == at(4)


def test_a_recalled_taking_back_gives_back_what_was_received_before() -> None:
    found = told((1, {}), (3, GIVEN), (4, TAKEN), (5, GIVEN, True))
    assert lays(found) == [(7, 3, 4), (7, 5, None)]
    assert [lay.received_at.hour for lay in found.lays] == [3, 3]


def test_coordination_is_nobodys() -> None:
    found = told((1, {}), (2, {"phase": "coordinating"}), (5, GIVEN))
    assert lays(found) == [(NOBODY, 2, 5), (7, 5, None)]


def test_another_category() -> None:
    found = told((1, {}), (4, {"minor_id": 2}))
    assert [(row.minor_id, row.began_at.hour) for row in found.categories] == [(1, 1), (2, 4)]


CLOSED = {"phase": "ended", "outcome": "solved"}


@pytest.mark.parametrize(
    ("handled", "closed", "ending", "expected"),
    [
        (11, 12, CLOSED, (True, True)),
        (12, 13, CLOSED, (True, False)),  # fed back at the last moment, closed after it
        (13, 14, CLOSED, (False, False)),
        (11, 12, {"phase": "ended", "outcome": "special"}, (False, True)),  # no check has passed
        (11, 12, {"phase": "ended", "outcome": "special", "check_result": "pass"}, (True, True)),
    ],
)
def test_on_time_and_closed_by_the_deadline(
    handled: int, closed: int, ending: dict[str, Any], expected: tuple[bool, bool]
) -> None:
    found = told((1, {}), (3, GIVEN), (handled, {"phase": "feedback", "handled_at": at(handled)}), (closed, ending))
    assert [(row.on_time, row.in_time) for row in found.endings] == [expected]


def test_a_reopened_case_has_ended_until_then() -> None:
    done = {"phase": "feedback", "handled_at": at(4)}
    found = told((1, {}), (3, GIVEN), (4, done), (5, CLOSED), (8, {"phase": "checking", "outcome": ""}), (14, CLOSED))
    assert [(row.began_at.hour, row.ended_at.hour if row.ended_at else None) for row in found.endings] == [
        (5, 8),
        (14, None),
    ]
    assert [(row.on_time, row.in_time) for row in found.endings] == [(True, True), (True, False)]


def test_moments_may_be_text() -> None:
    done = {"handled_at": at(4).isoformat(), "due_at": at(5).isoformat(), "phase": "feedback"}
    found = told((1, {}), (3, GIVEN), (4, done), (6, CLOSED))
    assert found.endings == [Ended("solved", at(6), at(4), at(5), on_time=True, in_time=False)]
