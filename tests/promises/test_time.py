"""Clocks in the history: working time, what was due before a step, and the deadline shown and judged."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.shown.present import clock_view, handling_view
from cityloop.cases.steps import clocks
from cityloop.limits.clock import Unit
from cityloop.limits.lamp import Lamp
from tests.cases.walk import Walk
from tests.world import NOW, World

HOUR = 3_600_000_000


def test_a_reminder_due_before_a_step_comes_before_it(world: World) -> None:
    """Also when the worker is behind, and at its own moment."""
    walk = Walk(world).dispatched()
    due = walk.case.due_at
    assert due is not None
    walk.pass_time(days=9)
    walk.handle()
    steps = list(CaseEvent.objects.filter(case=walk.case, seq__gt=3).order_by("seq").values_list("do", "at"))
    assert [do for do, _at in steps] == ["remind_overdue", "acknowledge", "feed_back", "fed_back"]
    assert steps[0][1] == due


def test_a_refused_step_takes_no_reminder_away(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.pass_time(days=9)
    with pytest.raises(Exception, match="not_here"):
        walk.do("close", "operator")
    walk.handle()
    assert CaseEvent.objects.filter(case=walk.case, do="remind_overdue").count() == 1


def test_a_stage_is_measured_on_its_own_clock(world: World) -> None:
    """Reported at 17:59, filed next morning at 9:01 after an hour of office time: the night is nobody's."""
    walk = Walk(world)
    walk.pass_time(hours=7, minutes=59).reported()
    walk.pass_time(hours=15, minutes=1).do("file", "operator")
    event = CaseEvent.objects.get(case=walk.case, do="file")
    assert (event.limit, event.late) == ("accept", True)
    assert event.spent is not None
    assert event.spent < 2 * HOUR


def test_a_verification_beside_handling_has_its_own_time(world: World) -> None:
    walk = Walk(world).reported("media", by="operator")
    walk.do("file", "operator")
    walk.pass_time(hours=1).do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    walk.answer("confirm", "verify")
    event = CaseEvent.objects.get(case=walk.case, do="confirm")
    assert event.limit == "verify"
    assert event.spent == HOUR + 2 * 60_000_000


def test_taking_a_case_back_keeps_what_the_unit_has_used(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.pass_time(minutes=59).do("take_back", "dispatcher", {"note": "改派"})
    assert CaseEvent.objects.get(case=walk.case, do="take_back").spent == HOUR


@pytest.fixture
def dispatched(world: World) -> Case:
    return Walk(world).dispatched().case


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    unit=st.sampled_from([unit for unit in Unit if "minute" not in unit.value]),
    amount=st.decimals("0.25", "12", places=2),
    start=st.integers(0, 14 * 24 * 60),
    offset=st.sampled_from([-1, 0, 1]),
    pauses=st.lists(st.tuples(st.integers(1, 900), st.integers(1, 3000)), max_size=3),
)
def test_the_deadline_shown_is_the_deadline_judged(
    dispatched: Case, unit: Unit, amount: Decimal, start: int, offset: int, pauses: list[tuple[int, int]]
) -> None:
    """Just before, at, and just after the moment on the screen: lamp, box, reminder and verdict agree."""
    case, now = dispatched, NOW + timedelta(minutes=start)
    case.limit_amount, case.limit_unit = amount, unit.value
    clocks.start(case, now)
    for ran, rested in pauses:
        now += timedelta(minutes=ran)
        clocks.stop(case, now)
        case.handled_at = now
        now += timedelta(minutes=rested)
        clocks.resume(case, now)
    shown = clock_view(case, now).due_at
    assert shown is not None
    moment = shown + timedelta(microseconds=offset)
    if moment < now:
        return  # late before the clock went on
    late = offset > 0
    assert case.is_overdue(moment) is late
    assert (clock_view(case, moment).lamp is Lamp.LATE) is late
    judged: Any = Case(due_at=case.due_at, handled_at=moment)
    assert judged.is_late is late
    clocks.stop(case, moment)
    case.handled_at = moment
    assert handling_view(case, moment + timedelta(days=1)).due_at == shown
