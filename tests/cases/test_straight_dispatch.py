"""Dispatch to any level of unit: the first-level unit answers, is told, and has one bundled clock."""

from datetime import timedelta

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import Case
from cityloop.notify.models import Notice
from cityloop.org.actions import appoint, create_unit
from cityloop.org.actor import SYSTEM
from tests.cases.walk import Walk
from tests.world import LONG_AGO, NOW, World

pytestmark = pytest.mark.django_db


def test_a_team_handles_it_alone_and_its_bureau_is_told(world: World) -> None:
    walk = Walk(world).dispatched("team")
    told = Notice.objects.get(text_key="cases.unit_below")
    assert told.unit == world.units["water"]
    assert Case.objects.visible_to(world.actor("water", walk.now)).filter(pk=walk.case.pk).exists()
    walk.handle("team")
    assert walk.case.state == "feedback"


def test_a_bureau_dispatched_to_itself_is_told_once(world: World) -> None:
    Walk(world).dispatched("water")
    assert not Notice.objects.filter(text_key="cases.unit_below").exists()


@pytest.mark.parametrize("unit", ["d1", "city"])
def test_a_centre_does_not_dispatch_to_itself(world: World, unit: str) -> None:
    walk = Walk(world).filed()
    with pytest.raises(Refused) as refusal:
        walk.do("dispatch", "dispatcher", {"unit": world.units[unit].pk})
    assert refusal.value.details["fields"] == {"unit": "centre"}


def test_nobody_dispatches_to_where_nobody_handles(world: World) -> None:
    """Until somebody is appointed there: then at once."""
    unit = create_unit(
        "empty",
        by=SYSTEM,
        now=NOW,
        name="空单位",
        level="department",
        parent=world.units["city"],
        active_from=LONG_AGO,
    )
    walk = Walk(world).filed()
    with pytest.raises(Refused) as refusal:
        walk.do("dispatch", "dispatcher", {"unit": unit.pk})
    assert refusal.value.details["fields"] == {"unit": "deserted"}
    appoint(world.people["water"], by=SYSTEM, now=NOW, kind="unit", unit=unit, valid_from=LONG_AGO)
    walk.do("dispatch", "dispatcher", {"unit": unit.pk})
    assert walk.case.unit_id == unit.pk


def moved(world: World, way: str, units: tuple[str, str]) -> tuple[Walk, Case]:
    """Dispatched to one unit, taken from it after an hour, dispatched to the other half an hour later."""
    walk = Walk(world).dispatched(units[0])
    before = walk.case
    if way == "return_granted":
        walk.do("acknowledge", units[0], subject=walk.task("handle"))
        data = {"reason": "not_responsible", "note": "不属我队"}
        walk.do("ask_return", units[0], data, subject=walk.task("handle"))
        walk.now = before.dispatched_at + timedelta(minutes=59)
        walk.do("grant", "dispatcher", subject=walk.request())
    else:
        walk.pass_time(minutes=59).do("take_back", "dispatcher", {"note": "改派"})
    assert (walk.case.due_at, walk.case.unit_id) == (None, None)
    walk.pass_time(minutes=29).do("dispatch", "dispatcher", {"unit": world.units[units[1]].pk})
    return walk, before


@pytest.mark.parametrize("way", ["take_back", "return_granted"])
@pytest.mark.parametrize(
    ("units", "gain"),
    [(("water", "team"), 30), (("team", "water"), 30), (("team", "team"), 30), (("team", "power"), 90)],
)
def test_inside_one_first_level_unit_the_clock_goes_on(
    world: World, way: str, units: tuple[str, str], gain: int
) -> None:
    walk, before = moved(world, way, units)
    assert before.due_at is not None
    assert walk.case.due_at == before.due_at + timedelta(minutes=gain)


def test_what_is_used_up_is_late_at_once(world: World) -> None:
    walk = Walk(world).dispatched("team")
    due = walk.case.due_at
    assert due is not None
    walk.now = due + timedelta(hours=1)
    walk.do("take_back", "dispatcher", {"note": "改派"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert walk.case.due_at == due
    assert walk.case.is_overdue(walk.now)


def test_a_case_without_a_unit_has_no_deadline_however_it_is_amended(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.do("take_back", "dispatcher", {"note": "改派"})
    walk.do("amend", "operator", {"standard": world.standard(code="0201").pk, "note": "类别"})
    assert walk.case.due_at is None


def test_filed_anew_is_judged_anew(world: World) -> None:
    walk, due = Walk(world).dispatched(), timedelta()
    first = walk.case
    assert first.due_at is not None
    assert first.dispatched_at is not None
    due = first.due_at - first.dispatched_at
    walk.pass_time(minutes=30).do("take_back", "dispatcher", {"note": "改派"})
    walk.do("send_back", "dispatcher", {"note": "类别不对"})
    walk.do("file", "operator")
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert walk.case.due_at == walk.now + due
