"""What the page finds out while one types, and the twins of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cityloop.base.geometry import LonLat
from cityloop.cases.steps.opening import Reporter
from cityloop.grid.models import Street
from cityloop.grid.naming import learn_names
from cityloop.intake.selectors import list_typed_sources, similar_cases
from cityloop.journal.models import Entry
from tests.cases.walk import Walk
from tests.intake.calls import at_desk
from tests.world import LONG_AGO, NOW, World

SOON = NOW + timedelta(hours=1)


def alike(world: World, **fields: Any) -> list[str]:
    values: dict[str, Any] = {"minor_id": world.standard().minor_id, "place": LonLat(*world.place(0))}
    values.update(fields)
    by = world.actor(values.pop("by", "operator"))
    found = similar_cases(by=by, now=values.pop("now", SOON), **values)
    return [one.case.number for one in found]


def test_the_same_problem_near_by_is_found(world: World) -> None:
    number = Walk(world).reported().number
    assert alike(world) == [number]
    lon, lat = world.place(0)
    assert alike(world, place=LonLat(lon + 0.0004, lat)) == [number]  # some 38 m


@pytest.mark.parametrize(
    "fields",
    [
        {"place": LonLat(121.4013, 31.2005)},  # some 75 m
        {"minor_id": 1},
        {"minor_id": None},
        {"place": None},
        {"now": NOW + timedelta(hours=25)},
        {"by": "other_operator"},
    ],
)
def test_what_is_elsewhere_or_older_or_not_seen_is_not(world: World, fields: dict[str, Any]) -> None:
    Walk(world).reported()
    assert alike(world, **fields) == []


def test_the_same_address_is_found_without_a_place(world: World) -> None:
    number = Walk(world).reported().number
    assert alike(world, place=None, minor_id=None, address=" 东街1号 ") == [number]
    assert alike(world, place=None, address="东街1号", now=NOW + timedelta(days=8)) == []


def test_an_ended_case_is_not_similar(world: World) -> None:
    Walk(world).closed()
    assert alike(world, now=NOW + timedelta(hours=2), address="东街1号") == []


def test_the_panel_and_its_twin(world: World) -> None:
    walk = Walk(world)
    walk.now = timezone.now()
    case = walk.reported().case
    client = at_desk(world)
    asked = {"minor": case.minor_id, "address": "东街1号"}
    panel = client.get("/intake/register/similar", asked).content.decode()
    assert f'value="{case.number}"' in panel
    twin = client.get("/api/v1/similar-cases", asked).json()
    assert [one["case"]["number"] for one in twin] == [case.number]
    nothing = client.get("/intake/register/similar", {"address": "西街9号"}).content.decode()
    assert "没有同类案件" in nothing


def test_categories_answer_initials_codes_and_names(world: World) -> None:
    client = at_desk(world)
    minor = world.standard().minor
    for words in (minor.initials, minor.code, minor.name[:2]):
        assert minor.name in client.get("/intake/register/categories", {"q": words}).content.decode()
    assert "没有找到" in client.get("/intake/register/categories", {"q": "zzzz"}).content.decode()


def test_standards_come_with_the_limits_of_the_place(world: World) -> None:
    client, minor = at_desk(world), world.standard().minor_id
    lon, lat = world.place(0)
    without = client.get("/intake/register/standards", {"minor": minor}).content.decode()
    assert "按 C 类区域时限" in without
    there = client.get("/intake/register/standards", {"minor": minor, "lon": lon, "lat": lat}).content.decode()
    assert "A类区域时限" in there
    assert world.standard().condition in there
    assert client.get("/intake/register/standards", {"minor": "nothing"}).status_code == 200


def test_the_place_says_who_is_on_duty(world: World) -> None:
    lon, lat = world.place(0)
    words = at_desk(world).get("/intake/register/place", {"lon": lon, "lat": lat}).content.decode()
    assert "褚监督" in words
    assert world.cells[0].code in words
    outside = at_desk(world).get("/intake/register/place", {"lon": 120, "lat": 30}).content.decode()
    assert "不在管理区域内" in outside
    assert at_desk(world).get("/intake/register/place", {"lon": "x", "lat": "y"}).status_code == 422


def test_streets_answer_as_they_are_said(world: World) -> None:
    Street.objects.create(
        code="s1",
        name="东街",
        initials="dj",
        road_class="primary",
        valid_from=LONG_AGO,
        geom="SRID=4326;MULTILINESTRING((121.4 31.2, 121.404 31.2))",
    )
    Street.objects.create(
        code="s2",
        name="南路",
        initials="nl",
        road_class="primary",
        valid_from=LONG_AGO,
        geom="SRID=4326;MULTILINESTRING((121.402 31.199, 121.402 31.201))",
    )
    learn_names()
    client = at_desk(world)
    crossing = client.get("/intake/register/places", {"q": "东街南路口"}).content.decode()
    assert 'data-lon="121.402000"' in crossing
    assert "东街（近南路）" in crossing
    assert "南路" in client.get("/intake/register/places", {"q": "nl"}).content.decode()
    assert [one["label"] for one in client.get("/api/v1/geocode", {"q": "东街南路口"}).json()][:1] == ["东街/南路"]


def called_before(world: World, *, confidential: bool = False) -> Walk:
    walk = Walk(world)
    caller = Reporter("李四", "15412345678", confidential=confidential)
    return walk.reported(source="hotline", by="operator", reporter=caller)


def test_a_known_caller_is_shown(world: World) -> None:
    walk = called_before(world)
    client = at_desk(world)
    panel = client.post("/intake/register/caller", {"phone": "15412345678"}).content.decode()
    assert walk.number[-6:] in panel
    assert "没有来过电" in client.post("/intake/register/caller", {"phone": "15400000001"}).content.decode()
    assert client.post("/intake/register/caller", {"phone": "1"}).status_code == 200
    assert client.get("/intake/register/caller").status_code == 405  # no number in an address, so in no log


def test_a_caller_who_wants_to_stay_unknown_is_not_named(world: World) -> None:
    walk = called_before(world, confidential=True)
    client = at_desk(world)
    panel = client.post("/intake/register/caller", {"phone": "15412345678"}).content.decode()
    found = client.post("/intake/contacts", {"number": "5678"}).content.decode()
    for text in (panel, found):
        assert walk.number[-6:] in text
        assert "李四" not in text
        assert "15412345678" not in text


@pytest.mark.parametrize("number", ["15412345678", "154-1234-5678", "5678"])
def test_contacts_are_found_by_number_or_last_four(world: World, number: str) -> None:
    walk = called_before(world)
    client = at_desk(world)
    page = client.post("/intake/contacts", {"number": number}).content.decode()
    assert walk.number in page
    twin = client.post("/api/v1/calls/search", {"number": number}, content_type="application/json").json()
    assert [one["case"]["number"] for one in twin] == [walk.number]
    assert twin[0]["report"]["contact"]["phone"] == "15412345678"
    entries = Entry.objects.filter(what="intake.contacts_searched")
    assert [entry.data for entry in entries] == [{"found": [walk.number]}] * 2
    assert number not in str(list(entries.values()))


def test_contacts_of_another_centre_are_not_found(world: World) -> None:
    called_before(world)
    page = at_desk(world, "other_operator").post("/intake/contacts", {"number": "5678"}).content.decode()
    assert "没有这个号码" in page


def test_what_is_no_number_is_refused(world: World) -> None:
    assert at_desk(world).post("/intake/contacts", {"number": "567"}).status_code == 422


@pytest.mark.parametrize("username", ["dispatcher", "leader", "inspector", "evaluator", "audit_admin"])
def test_contacts_are_for_operators(world: World, username: str) -> None:
    client = at_desk(world, username)
    assert client.post("/intake/contacts", {"number": "5678"}).status_code == 403
    twin = client.post("/api/v1/calls/search", {"number": "5678"}, content_type="application/json")
    assert twin.status_code == 403


def test_only_what_a_seat_types_in_is_a_source(world: World) -> None:
    kinds = {source.kind for source in list_typed_sources(NOW.date())}
    assert kinds == {"public", "leader", "media", "system"}


def test_looking_takes_few_statements(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    Walk(world).reported()
    client, lon_lat = at_desk(world), dict(zip(("lon", "lat"), world.place(0), strict=True))
    asked = {"minor": world.standard().minor_id, "address": "东街1号", **lon_lat}
    for path in ("similar", "standards", "place"):
        client.get(f"/intake/register/{path}", asked)
    for path in ("similar", "standards", "place"):
        with django_assert_max_num_queries(7):
            client.get(f"/intake/register/{path}", asked)
