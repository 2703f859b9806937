"""确权 by the doors of those who do it: a round opens, units confirm and dispute, somebody decides."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cityloop.base.time import city_date
from cityloop.codes.models import Minor
from cityloop.grid.models import Cell, Change, Component, OwnershipDispute, OwnershipItem, OwnershipRound
from cityloop.notify.models import Notice
from cityloop.org.access import HANDLER_KEY
from tests.world import World

pytestmark = pytest.mark.django_db
OWN = reverse("grid:ownership")


def at(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.people[username])
    handler = world.people[username].handlers.first()
    if handler is not None:  # behind a unit's account stands a named person
        session = client.session
        session[HANDLER_KEY] = handler.pk
        session.save()
    return client


@pytest.fixture
def components(world: World) -> list[Component]:
    """Three of the water company's, one of the power company's, one of nobody's."""
    minor = Minor.objects.filter(major__kind="component").order_by("code").first()
    cell = Cell.objects.order_by("code").first()
    assert minor is not None
    assert cell is not None
    holders = ["water", "water", "water", "power", None]
    rows = [
        Component(
            code=f"{cell.code[:6]}{minor.code}{number:06d}",
            minor=minor,
            name=minor.name,
            cell=cell,
            owner=world.units[holder] if holder and number != 3 else None,
            manager=world.units[holder] if holder else None,
            geom=cell.geom.centroid,
            valid_from="2024-01-01",
        )
        for number, holder in enumerate(holders, start=1)
    ]
    return Component.objects.bulk_create(rows)


@pytest.fixture
def opened(world: World, components: list[Component]) -> OwnershipRound:
    due = city_date(world_now()) + timedelta(days=14)
    answer = at(world, "system_admin").post(f"{OWN}/open", {"name": "首轮确权", "due_on": f"{due}", "area": ""})
    assert answer.status_code == 302, answer.content.decode()
    return OwnershipRound.objects.get()


def world_now() -> datetime:
    return timezone.now()


def item_of(world: World, unit: str | None) -> OwnershipItem:
    return OwnershipItem.objects.get(unit=world.units[unit] if unit else None)


def test_every_unit_finds_its_list_and_is_told(world: World, opened: OwnershipRound) -> None:
    assert {(item.unit_id, item.count) for item in opened.items.all()} == {
        (world.units["water"].pk, 3),
        (world.units["power"].pk, 1),
        (None, 1),
    }
    told = Notice.objects.filter(text_key="grid.ownership_opened").values_list("unit_id", flat=True)
    assert set(told) == {world.units["water"].pk, world.units["power"].pk}
    assert "待确认" in at(world, "water").get(OWN).content.decode()


@pytest.mark.parametrize("form", [{"name": ""}, {"due_on": "2020-01-01"}, {"due_on": "soon"}, {"area": "999999"}])
def test_a_round_that_cannot_be_is_refused_and_nothing_is_lost(
    world: World, components: list[Component], form: dict[str, str]
) -> None:
    given = {"name": "首轮", "due_on": f"{city_date(world_now())}", "area": "", **form}
    answer = at(world, "system_admin").post(f"{OWN}/open", given)
    assert answer.status_code == 422
    assert not OwnershipRound.objects.exists()
    assert given["name"] in answer.content.decode()


def test_two_rounds_do_not_run_at_once(world: World, opened: OwnershipRound) -> None:
    given = {"name": "又一轮", "due_on": f"{city_date(world_now())}"}
    assert at(world, "system_admin").post(f"{OWN}/open", given).status_code == 409


def test_a_unit_confirms_all_but_what_it_disputes(
    world: World, opened: OwnershipRound, components: list[Component]
) -> None:
    item, water = item_of(world, "water"), at(world, "water")
    said = {"component": components[0].code, "reason": "not_ours", "text": "在红线外", "named": "power"}
    assert water.post(f"{OWN}/items/{item.pk}/dispute", said).status_code == 302
    assert water.post(f"{OWN}/items/{item.pk}/confirm").status_code == 302
    item.refresh_from_db()
    assert (item.count, item.confirmed_by_name) == (2, "水务局·王工")
    assert Notice.objects.get(text_key="grid.ownership_named").unit == world.units["power"]
    page = at(world, "system_admin").get(OWN).content.decode()
    assert ">1<" in page


@pytest.mark.parametrize(
    ("who", "form", "status"),
    [
        ("water", {"text": ""}, 422),
        ("water", {"reason": "because"}, 422),
        ("water", {"named": "water"}, 422),
        ("water", {"component": "0" * 16}, 404),
        ("power", {}, 404),
    ],
)
def test_a_dispute_without_a_ground_is_refused(
    world: World, opened: OwnershipRound, components: list[Component], who: str, form: dict[str, str], status: int
) -> None:
    said = {"component": components[0].code, "reason": "not_ours", "text": "在红线外", **form}
    answer = at(world, who).post(f"{OWN}/items/{item_of(world, 'water').pk}/dispute", said)
    assert answer.status_code == status
    assert not OwnershipDispute.objects.exists()


def test_a_decision_moves_the_component_with_its_ground(
    world: World, opened: OwnershipRound, components: list[Component]
) -> None:
    water, judge = at(world, "water"), at(world, "system_admin")
    said = {"component": components[0].code, "reason": "not_ours", "text": "在红线外", "named": "power"}
    water.post(f"{OWN}/items/{item_of(world, 'water').pk}/dispute", said)
    at(world, "power").post(f"{OWN}/items/{item_of(world, 'power').pk}/confirm")
    row = OwnershipDispute.objects.get()
    assert judge.post(f"{OWN}/disputes/{row.pk}/decide", {"unit": "power", "basis": ""}).status_code == 422
    answer = judge.post(f"{OWN}/disputes/{row.pk}/decide", {"unit": "power", "basis": "移交单 2026-1 号"})
    assert answer.status_code == 302, answer.content.decode()
    component = Component.objects.get(pk=components[0].pk)
    assert component.owner == world.units["power"]
    assert Change.objects.get(kind="component", code=component.code).reason == "移交单 2026-1 号"
    assert (item_of(world, "power").count, item_of(world, "power").confirmed_at) == (2, None)
    assert item_of(world, "water").count == 2
    again = judge.post(f"{OWN}/disputes/{row.pk}/decide", {"unit": "water", "basis": "x"})
    assert again.status_code == 409


def test_what_lacks_is_filled_at_once_with_its_history(
    world: World, opened: OwnershipRound, components: list[Component]
) -> None:
    item = item_of(world, "water")
    form = {"field": "owner", "unit": "water"}
    assert at(world, "water").post(f"{OWN}/items/{item.pk}/fill", form).status_code == 302
    assert Component.objects.get(pk=components[2].pk).owner == world.units["water"]
    assert Change.objects.filter(kind="component").count() == 1
    nobodys = item_of(world, None)
    assert at(world, "system_admin").post(f"{OWN}/items/{nobodys.pk}/fill", form).status_code == 302
    assert (item_of(world, None).count, item_of(world, "water").count) == (0, 4)


def test_strangers_see_nothing_and_the_closed_stays_closed(world: World, opened: OwnershipRound) -> None:
    item = item_of(world, "water")
    assert at(world, "power").get(f"{OWN}/items/{item.pk}").status_code == 404
    assert at(world, "operator").get(OWN).status_code == 403
    judge = at(world, "system_admin")
    assert judge.post(f"{OWN}/rounds/{opened.pk}/remind").status_code == 302
    assert judge.post(f"{OWN}/rounds/{opened.pk}/close").status_code == 302
    assert at(world, "water").post(f"{OWN}/items/{item.pk}/confirm").status_code == 409


def test_the_api_does_the_same(world: World, opened: OwnershipRound, components: list[Component]) -> None:
    water, judge = at(world, "water"), at(world, "system_admin")
    (line,) = water.get("/api/v1/ownership/items").json()
    said = {"component": components[0].code, "reason": "not_ours", "text": "在红线外"}
    made = water.post("/api/v1/ownership/disputes", said, content_type="application/json")
    assert made.status_code == 201
    path = f"/api/v1/ownership/disputes/{made.json()['id']}/decide"
    decision = {"unit": "power", "basis": "现场认定"}
    assert judge.post(path, decision, content_type="application/json").json()["decided_unit"] == "power"
    assert water.post(f"/api/v1/ownership/items/{line['id']}/confirm").status_code == 204
    assert water.get("/api/v1/ownership/items").json()[0]["confirmed_at"]
