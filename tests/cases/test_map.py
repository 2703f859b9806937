"""Cases on the map: nobody sees on a tile what he may not see, counts are what a recount says, lamps are the lists'."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.test import Client

from cityloop.base import tiles as base
from cityloop.base.maps import Layer, Tile, Wanted
from cityloop.base.tiles import tile_at
from cityloop.cases.models import Case, CaseEvent, CellCount, Participant
from cityloop.cases.shown.present import clock_view
from cityloop.cases.tiles import counting, heat, layers
from cityloop.cases.tiles.drawing import OPEN
from cityloop.cases.tiles.lamps import Clocked, Lamps
from cityloop.cases.tiles.scope import scope_of
from cityloop.grid.version import note
from cityloop.limits.lamp import Lamp
from cityloop.org.actions import appoint, end_post
from cityloop.org.actor import SYSTEM, Actor
from cityloop.org.models import Post
from tests import tiles
from tests.cases.walk import Walk
from tests.promises.http import signed_in
from tests.world import CAST, EAST, LONG_AGO, NORTH, NOW, SIDE, World

EVERYBODY = [*CAST, "stranger"]
PROPERTIES = {"number", "minor", "phase", "urgent", "lamp", "due", "yellow", "red"}


@pytest.fixture(autouse=True)
def young_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    base.KEPT.forget()
    layers.POSITION.forget()
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)
    yield
    layers.POSITION.forget()


def follow() -> None:
    """Follow what this test's own transaction has written."""
    counting.follow(below=int(CaseEvent.objects.order_by("-xid").values_list("xid", flat=True)[0]) + 1)
    layers.POSITION.forget()


def drawn(layer: Layer, actor: Actor, zoom: int, *of: str, now: datetime = NOW) -> list[tiles.Feature]:
    """All features over the city."""
    first, last = tile_at(EAST, NORTH + SIDE, zoom), tile_at(EAST + 8 * SIDE, NORTH, zoom)
    found: list[tiles.Feature] = []
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            for features in tiles.read(layer.draw(Wanted(Tile(zoom, x, y), actor, now, of))).values():
                found.extend(features)
    return found


def many(world: World) -> None:
    """Cases in many phases, in both districts, one of them seen by its reporter alone."""
    Walk(world).reported()
    Walk(world).filed()
    Walk(world).dispatched()
    Walk(world).dispatched("power")
    Walk(world).fed_back()
    Walk(world).checking()
    Walk(world).closed()
    Walk(world).reported(by="other_inspector", point=world.place(5))
    far = Walk(world).reported(by="inspector_two", point=world.place(6)).case
    Participant.objects.create(case=far, person=world.people["operator"], created_at=far.created_at)


# Who sees what


@pytest.mark.parametrize("username", EVERYBODY)
@pytest.mark.parametrize("zoom", [14, 18])
def test_a_tile_shows_the_open_cases_that_one_may_see(world: World, username: str, zoom: int) -> None:
    many(world)
    actor = world.actor(username)
    own = set(Case.objects.visible_to(actor).exclude(phase="ended").values_list("number", flat=True))
    found = drawn(layers.CASES, actor, zoom)
    assert sorted(feature.properties["number"] for feature in found) == sorted(own)
    if username == "stranger":
        assert not found


@pytest.mark.parametrize("username", EVERYBODY)
@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("zoom", [8, 13])
def test_clusters_count_the_same_cases(world: World, username: str, counted: bool, zoom: int) -> None:
    many(world)
    if counted:
        follow()
    actor = world.actor(username)
    rows = Case.objects.visible_to(actor).exclude(phase="ended").order_by().values_list("phase").annotate(Count("pk"))
    found: dict[str, int] = {}
    for feature in drawn(layers.CASES, actor, zoom):
        phases = {name: n for name, n in feature.properties.items() if name != "n"}
        assert sum(phases.values()) == feature.properties["n"]
        for name, n in phases.items():
            found[name] = found.get(name, 0) + n
    assert found == dict(rows)


def test_a_stranger_has_no_tile(world: World) -> None:
    many(world)
    place = tile_at(*world.place(0), 14)
    for username, status in (("operator", 200), ("stranger", 404), ("system_admin", 404)):
        answer = signed_in(world, username).get(f"/tiles/cases/14/{place.x}/{place.y}.mvt")
        assert answer.status_code == status, username


def test_a_scope_is_a_name_for_what_is_seen(world: World) -> None:
    names = {username: scope_of(world.actor(username)) for username in EVERYBODY}
    assert len(set(names.values())) == len(names)
    assert names == {username: scope_of(world.actor(username)) for username in EVERYBODY}


@pytest.mark.parametrize("end", [True, False])
def test_another_scope_is_another_key(world: World, end: bool) -> None:
    before = scope_of(world.actor("operator"))
    person, admin = world.people["operator"], world.actor("system_admin")
    if end:
        end_post(Post.objects.get(person=person), by=SYSTEM, now=NOW, last_day=NOW.date() - timedelta(days=1))
    else:
        appoint(person, by=admin, now=NOW, kind="unit", unit=world.units["power"], valid_from=LONG_AGO)
    assert scope_of(world.actor("operator")) != before


def test_what_was_drawn_before_is_not_given_after_a_scope_is_revoked(world: World) -> None:
    many(world)
    leader = world.people["operator"]
    appoint(leader, by=SYSTEM, now=NOW, kind="operator", unit=world.units["d2"], valid_from=LONG_AGO)
    place = tile_at(*world.place(5), 18)
    client = signed_in(world, "operator")
    address = f"/tiles/cases/18/{place.x}/{place.y}.mvt?v={version(client)}"
    first = client.get(address)
    assert len(tiles.read(first.content)["cases"]) == 1
    post = Post.objects.get(person=leader, unit=world.units["d2"])
    end_post(post, by=SYSTEM, now=NOW, last_day=NOW.date() - timedelta(days=1))
    after = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (after.status_code, after.content) == (204, b"")
    assert after["Cache-Control"] == "private, no-cache"
    assert version(client) not in address


def version(client: Client, layer: str = "cases") -> str:
    return str(client.get("/api/v1/map/versions").json()["versions"][layer])


# What a tile tells


def test_a_tile_carries_nothing_of_persons_and_no_free_text(world: World) -> None:
    many(world)
    found = drawn(layers.CASES, world.actor("leader"), 16)
    assert {name for feature in found for name in feature.properties} == PROPERTIES
    case = next(feature for feature in found if feature.properties["phase"] == "handling")
    row = Case.objects.get(pk=case.id)
    assert case.properties["number"] == row.number
    assert case.properties["minor"] == "0110"
    assert row.due_at is not None
    assert case.properties["due"] == case.properties["red"] == int(row.due_at.timestamp())


@pytest.mark.parametrize("of", [("handling",), ("received", "checking"), ("coordinating",)])
@pytest.mark.parametrize("zoom", [9, 16])
def test_phases_are_filtered(world: World, of: tuple[str, ...], zoom: int) -> None:
    many(world)
    follow()
    found = drawn(layers.CASES, world.actor("leader"), zoom, *of)
    assert sum(feature.properties.get("n", 1) for feature in found) == Case.objects.filter(phase__in=of).count()


STATES: dict[str, Callable[[World], Walk]] = {
    "reported": lambda world: Walk(world).reported(),
    "filed": lambda world: Walk(world).filed(),
    "dispatched": lambda world: Walk(world).dispatched(),
    "fed back": lambda world: Walk(world).fed_back(),
    "checking": lambda world: Walk(world).checking(),
    "checked": lambda world: Walk(world).checked(),
    "rework": lambda world: reworked(world),
}


def reworked(world: World) -> Walk:
    walk = Walk(world).checked("fail")
    walk.do("rework", "operator", {"note": "仍在"})
    return walk


@pytest.mark.parametrize("state", STATES)
def test_a_browser_sees_the_lamp_that_lists_show(world: World, state: str) -> None:
    """With nothing but a clock and the moments of the tile, at every quarter of an hour of a week and more."""
    number = STATES[state](world).number
    columns = Case.objects.filter(number=number).values_list(*Clocked._fields)
    case, moments = Case.objects.get(number=number), Lamps(NOW).moments_of(Clocked(*columns[0]))
    for quarter in range(0, 4 * 24 * 9):
        now = NOW + timedelta(minutes=15 * quarter)
        shown = clock_view(case, now).lamp
        assert lamp_by(moments, now) is shown, (state, now)


def lamp_by(moments: Any, now: datetime) -> Lamp:
    if moments.lamp != "running":
        return Lamp(moments.lamp)
    if now > moments.due:
        return Lamp.LATE
    return Lamp.SOON if now >= moments.soon else Lamp.IN_TIME


def test_a_crowded_tile_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many(world)
    follow()
    monkeypatch.setattr("cityloop.cases.tiles.drawing.MOST_POINTS", 2)
    found = drawn(layers.CASES, world.actor("leader"), 16)
    count = sum(feature.properties.get("n", 1) for feature in found)
    assert count == Case.objects.exclude(phase="ended").count()
    assert any("n" in feature.properties for feature in found)


# Counts


def counts() -> dict[tuple[Any, ...], int]:
    names = ("cell", "area_code", "supervising", "commanding", "filed", "phase")
    return {row[:-1]: row[-1] for row in CellCount.objects.filter(count__gt=0).values_list(*names, "count")}


def test_counts_are_what_a_recount_says_after_a_walk_of_many_actions(world: World) -> None:
    walk = Walk(world).reported()
    follow()
    steps: list[Callable[[], object]] = [
        lambda: walk.do("amend", "operator", {"point": world.place(1), "note": "位置有误"}),
        lambda: walk.do("file", "operator"),
        lambda: walk.do("recall", "operator"),
        lambda: walk.do("file", "operator"),
        lambda: walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk}),
        walk.handle,
        lambda: walk.do("pass_audit", "dispatcher"),
        lambda: walk.do("send_check", "operator"),
        lambda: walk.answer("fail"),
        lambda: walk.do("rework", "operator", {"note": "仍在"}),
        lambda: many(world),
    ]
    for step in steps:
        step()
        follow()
        kept = counts()
        assert sum(kept.values()) == Case.objects.count()
        assert kept == recounted()
    counting.recount()
    assert counts() == kept


def recounted() -> dict[tuple[Any, ...], int]:
    """Counted from the cases by other means."""
    found: dict[tuple[Any, ...], int] = {}
    for case in Case.objects.all():
        centres = (case.supervising_id, case.commanding_id)
        key = (case.cell_id or 0, case.area_code, *centres, case.filed_at is not None, case.phase)
        found[key] = found.get(key, 0) + 1
    return found


def test_a_case_counted_twice_counts_once(world: World) -> None:
    many(world)
    follow()
    kept = counts()
    counting.count_anew(list(Case.objects.values_list("pk", flat=True)))
    assert counts() == kept


def test_a_case_outside_every_cell_stands_in_its_area(world: World) -> None:
    walk = Walk(world).reported()
    Case.objects.filter(number=walk.number).update(cell=None)
    follow()
    row = CellCount.objects.get(count=1)
    assert row.cell == 0
    assert row.point is not None


# Freshness


def test_every_step_changes_the_version(world: World) -> None:
    walk = Walk(world).reported()
    seen = {layers.stamp(NOW)}
    for do in ("file", "recall", "file"):
        walk.do(do, "operator")
        layers.POSITION.forget()
        later = NOW + timedelta(seconds=layers.UNSETTLED_SECONDS * (len(seen) + 1))
        seen.add(layers.stamp(later))
    assert len(seen) == 4


def test_following_changes_the_version(world: World) -> None:
    Walk(world).reported()
    before = layers.stamp(NOW)
    follow()
    assert layers.stamp(NOW) != before


def test_the_position_is_looked_up_once_in_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = [100.0], [0]

    def position() -> tuple[Any, ...]:
        asked[0] += 1
        return (asked[0], 0, False, 0, 0)

    monkeypatch.setattr(layers, "feed_position", position)
    monkeypatch.setattr(layers.time, "monotonic", lambda: clock[0])
    first = layers.stamp(NOW)
    clock[0] += layers.REMEMBERED_SECONDS - 0.1
    assert layers.stamp(NOW) == first
    clock[0] += 0.2
    assert layers.stamp(NOW) != first
    assert asked == [2]


def test_other_base_data_are_another_heat(world: World) -> None:
    before = layers.HEAT.stamp(NOW)
    note("geography_loaded", "x", by=SYSTEM, now=NOW)
    assert layers.HEAT.stamp(NOW) != before


# Heat


def test_heat_has_classes_of_about_equal_numbers(world: World) -> None:
    for place, number in enumerate((1, 1, 2, 5, 9)):
        for _ in range(number):
            Walk(world).reported(point=world.place(place), by="inspector" if place < 4 else "other_inspector")
    follow()
    found = drawn(layers.HEAT, world.actor("leader"), 16)
    shown = {feature.id: (feature.properties["n"], feature.properties["class"]) for feature in found}
    assert sorted(shown.values()) == [(1, 1), (1, 1), (2, 2), (5, 3), (9, 4)]
    client = signed_in(world, "leader")
    answer = client.get("/api/v1/map/heat", {"zoom": 16}).json()
    assert answer["unit"] == "cells"
    assert [(row["value"], row["least"], row["most"]) for row in answer["classes"]] == [
        *((1, 1, 1), (2, 2, 2), (3, 3, 5), (4, 6, 9))
    ]


def test_where_all_are_alike_nothing_is_red(world: World) -> None:
    for place in range(4):
        Walk(world).reported(point=world.place(place))
    follow()
    found = drawn(layers.HEAT, world.actor("leader"), 16)
    assert {feature.properties["class"] for feature in found} == {1}


@pytest.mark.parametrize("username", ["leader", "operator", "water", "inspector", "stranger"])
@pytest.mark.parametrize("zoom", [10, 16])
@pytest.mark.parametrize("of", [(), ("ended",)])
def test_heat_counts_what_one_may_see(world: World, username: str, zoom: int, of: tuple[str, ...]) -> None:
    many(world)
    follow()
    actor = world.actor(username)
    seen = {feature.id: feature.properties["n"] for feature in drawn(layers.HEAT, actor, zoom, *of)}
    assert sum(seen.values()) == Case.objects.visible_to(actor).filter(phase__in=of or OPEN).count()


def test_no_cases_no_classes(world: World) -> None:
    assert signed_in(world, "leader").get("/api/v1/map/heat").json() == {"unit": "squares", "classes": []}
    assert not drawn(layers.HEAT, world.actor("leader"), 10)
    assert heat.find_breaks(Wanted(Tile(10, 0, 0), world.actor("leader"), NOW), "none") == ([], 0)


# What lies where


def test_inside_lists_ones_own_cases_and_no_others(world: World) -> None:
    many(world)
    lon, lat = world.place(0)
    query = {"circle": f"{lon},{lat},40", "layer": "cases", "layers": "cases,cells"}
    for username, seen in (("operator", 6), ("power", 1), ("other_operator", 0)):
        found = signed_in(world, username).get("/api/v1/map/inside", query).json()
        assert {row["layer"]: row["count"] for row in found["counts"]} == {"cases": seen, "cells": 1}, username
        assert len(found["rows"]) == seen
    row = signed_in(world, "power").get("/api/v1/map/inside", query).json()["rows"][0]
    assert row["url"] == f"/cases/{row['code']}/"
    assert row["detail"] == "东街1号"


def test_a_person_without_posts_today_sees_nothing(world: World) -> None:
    many(world)
    nobody = Actor(None, "公众")
    assert not drawn(layers.CASES, nobody, 16)
    assert not drawn(layers.CASES, nobody, 10)
    assert date(2026, 3, 2) == NOW.date()
