"""The handling clock of a case: amended limits, pauses, rework."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cityloop.cases.models import Case
from cityloop.cases.steps import clocks
from tests.world import NOW, World

HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """So many hours after Monday 10:00."""
    return NOW + hours * HOUR


def span(began: float, ended: float) -> list[str]:
    return [at(began).isoformat(), at(ended).isoformat()]


@pytest.mark.parametrize(
    ("runs", "running", "amount", "due"),
    [
        ([], 0, 1, at(1)),  # running since 10:00, one hour of office time
        ([], 0, 3, at(5)),  # over lunch: 12:00 to 14:00 does not count
        ([span(0, 1)], 4, 3, at(6)),  # one hour used, a pause until 14:00, two left
        ([span(0, 1)], None, 2, at(2)),  # stopped at 11:00: one hour was left then
        ([span(0, 2)], None, 1, at(1)),  # overrun before it stopped
        ([span(0, 1), span(4, 5)], None, 1.5, at(4.5)),  # the deadline lay in the second span
        ([span(0, 1)], 4, 1, at(1)),  # nothing left when it went on: due where the limit ran out
    ],
)
def test_a_recomputed_deadline_counts_the_real_spans(
    world: World, runs: list[Any], running: float | None, amount: float, due: datetime
) -> None:
    case = Case(limit_amount=Decimal(str(amount)), limit_unit="work_hour", runs=runs, dispatched_at=NOW)
    case.running_since = None if running is None else at(running)
    clocks.recompute(case)
    assert case.due_at == due
