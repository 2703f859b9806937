"""An amendment never leaves a case without its judge: a place, the centres over it, a standard, a limit."""

from datetime import timedelta
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import Timer
from tests.cases.walk import Walk
from tests.promises.http import signed_in
from tests.world import World

SEA = [122.9, 30.1]
REACHES = ("filed", "dispatched", "fed_back", "checking", "checked")


def refused_fields(walk: Walk, data: dict[str, Any], by: str = "operator", do: str = "amend") -> dict[str, Any]:
    before = walk.case
    with pytest.raises(Refused) as refused:
        walk.do(do, by, data)
    assert refused.value.code == "invalid"
    assert walk.case.last_seq == before.last_seq
    return dict(refused.value.details["fields"])


@pytest.mark.parametrize("reach", ["reported", *REACHES])
def test_a_place_outside_the_city_is_refused(world: World, reach: str) -> None:
    assert "point" in refused_fields(getattr(Walk(world), reach)(), {"point": SEA, "note": "x"})


def test_an_unfiled_case_goes_to_the_centres_over_its_place(world: World) -> None:
    walk = Walk(world).reported()
    walk.do("amend", "operator", {"point": world.place(5), "note": "点错位置"})
    assert (walk.case.supervising, walk.case.commanding) == (world.units["d2"], world.units["d2"])
    walk.do("file", "other_operator")


@pytest.mark.parametrize("reach", REACHES)
def test_a_filed_case_stays_with_its_centres(world: World, reach: str) -> None:
    fields = refused_fields(getattr(Walk(world), reach)(), {"point": world.place(5), "note": "x"})
    assert fields == {"point": "jurisdiction"}


def test_a_filed_case_keeps_a_standard(world: World) -> None:
    walk = Walk(world).dispatched()
    other = world.standard("event", "0111")
    assert refused_fields(walk, {"minor": other.minor_id, "note": "x"}) == {"standard": "required"}
    assert refused_fields(walk, {"minor": other.minor_id, "standard": walk.case.standard_id, "note": "x"}) == {
        "standard": "minor"
    }
    walk.do("amend", "operator", {"minor": other.minor_id, "standard": other.pk, "note": "x"})


def test_a_running_case_keeps_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk(world).dispatched()
    monkeypatch.setattr("cityloop.cases.steps.clocks.limit_for", lambda *args: None)
    assert refused_fields(walk, {"standard": world.standard("event", "0111").pk, "note": "x"}) == {"standard": "limit"}


def test_correcting_the_text_touches_no_deadline(world: World) -> None:
    walk = Walk(world).filed()
    due = walk.now + timedelta(days=9)
    unit = world.units["water"].pk
    walk.do("dispatch", "dispatcher", {"unit": unit, "due": due.isoformat(), "due_reason": "待材料"})
    walk.do("amend", "operator", {"point": world.place(0), "address": "东街3号", "note": "x"})
    assert walk.case.due_at == due


def test_another_limit_moves_deadline_and_reminder(world: World) -> None:
    walk = Walk(world).dispatched()
    before = walk.case
    walk.do("amend", "operator", {"standard": world.standard("event", "0111").pk, "note": "x"})
    case = walk.case
    assert (case.limit_amount, case.limit_unit) != (before.limit_amount, before.limit_unit)
    assert case.due_at != before.due_at
    assert Timer.objects.get(case=case).fires_at == case.due_at


@pytest.mark.parametrize(
    ("hours", "reason", "field"), [(1, "", "due_reason"), (-1, "x", "due"), (24 * 365 * 200, "x", "due")]
)
def test_a_deadline_by_hand_has_a_reason_and_lies_ahead(world: World, hours: int, reason: str, field: str) -> None:
    walk = Walk(world).filed()
    due = (walk.now + timedelta(hours=hours)).isoformat()
    data = {"unit": world.units["water"].pk, "due": due, "due_reason": reason}
    assert field in refused_fields(walk, data, "dispatcher", "dispatch")


def test_an_offer_names_the_field_that_makes_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.cases.steps.clocks.limit_for", lambda *args: None)
    walk = Walk(world).filed()
    shown = signed_in(world, "dispatcher").get(f"/api/v1/cases/{walk.number}").json()
    dispatch = next(offer for offer in shown["offers"] if offer["do"] == "dispatch")
    assert (dispatch["missing"]["rule"], dispatch["missing"]["field"]) == ("has_limit", "due")
    due = (walk.now + timedelta(days=1)).isoformat()
    data = {"unit": world.units["water"].pk, "due": due, "due_reason": "无时限标准"}
    walk.do("dispatch", "dispatcher", data)
    assert walk.case.due_at is not None
