"""Base data on the map: what tiles hold, who gets them, when they are others."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from bench.components import multiply
from cityloop.base import tiles as base
from cityloop.base.maps import LEAST_ZOOM, MOST_ZOOM, Tile, Wanted
from cityloop.base.tiles import Memory, tile_at
from cityloop.codes.models import Minor
from cityloop.grid.models import Area, Component, ComponentTally, DutyGrid, MapObject, ObjectLayer, WorkGrid
from cityloop.grid.tiles import components as drawing
from cityloop.grid.tiles import layers
from cityloop.grid.tiles.tallies import gather, recount
from cityloop.grid.version import note
from cityloop.org.actions import appoint
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, Unit
from tests import tiles
from tests.grid.make import NOW, SIDE, at, cell_code, make_inspector

pytestmark = pytest.mark.usefixtures("city")
MIDDLE = at(4.01, 0.5)


@pytest.fixture(autouse=True)
def young_memory() -> None:
    base.KEPT.forget()


@pytest.fixture
def inspector(client: Client) -> Client:
    """A browser in which an inspector is signed in."""
    person = make_inspector("one")
    person.must_change_password = False
    person.save()
    client.force_login(person, backend="cityloop.org.access.PersonBackend")
    return client


def ask(client: Client, layer: str, tile: Tile, query: str = "", **headers: str) -> Any:
    return client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt{query}", headers=headers)


def all_over(client: Client, layer: str, zoom: int, query: str = "") -> dict[str, list[tiles.Feature]]:
    """The features of all tiles over the city."""
    first, last = tile_at(*at(0, 2), zoom), tile_at(*at(8, 0), zoom)
    found: dict[str, list[tiles.Feature]] = {}
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            answer = ask(client, layer, Tile(zoom, x, y), query)
            for name, features in tiles.read(answer.content).items():
                found.setdefault(name, []).extend(features)
    return found


def layers_of(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/map/layers")
    assert answer.status_code == 200, answer.content
    return {layer["name"]: layer for layer in answer.json()["layers"]}


# What tiles hold


@pytest.mark.parametrize(
    ("layer", "zoom", "part", "count", "properties"),
    [
        ("ground", 9, "areas", 3, None),
        ("ground", 12, "areas", 5, {"code": "3101", "name": "城", "level": "city"}),
        ("ground", 13, "areas", 9, None),
        ("ground", 14, "streets", 3, {"name": "中山路", "class": "primary", "level": "ground"}),
        ("ground", 12, "area_labels", 2, {"code": "310101002", "name": "一街道", "level": "street"}),
        ("cells", 14, "cells", 16, {"code": cell_code(0, 0), "class": "A"}),
        ("duty_grids", 13, "duty_grids", 2, {"code": "G1", "name": "第1责任网格"}),
        ("duty_grids", 13, "duty_grid_labels", 2, {"code": "G1", "name": "第1责任网格"}),
    ],
)
def test_base_data_are_drawn(
    inspector: Client, layer: str, zoom: int, part: str, count: int, properties: dict[str, Any] | None
) -> None:
    found = all_over(inspector, layer, zoom)[part]
    assert len({feature.id for feature in found}) == count
    assert properties is None or properties in [feature.properties for feature in found]


def test_components_are_points_when_zoomed_in_and_counts_when_out(inspector: Client) -> None:
    Component.objects.filter(code="3101010137000004").update(state="damaged")
    for zoom in range(LEAST_ZOOM, 16):
        clusters = all_over(inspector, "components", zoom)["component_clusters"]
        assert sum(feature.properties["n"] for feature in clusters) == 8, zoom
        assert sum(feature.properties["faulty"] for feature in clusters) == 1, zoom
        assert {feature.properties["minor"] for feature in clusters} == {"0137"}
    points = all_over(inspector, "components", 16)["components"]
    assert sorted(feature.properties["code"] for feature in points) == sorted(
        Component.objects.values_list("code", flat=True)
    )
    assert {feature.properties["state"] for feature in points} == {"intact", "damaged"}


def test_a_point_stands_where_it_stands(inspector: Client) -> None:
    tile = tile_at(*at(3.5, 0.9), 17)
    found = tiles.read(ask(inspector, "components", tile).content)["components"]
    lon, lat = next(row.place(tile) for row in found if row.properties["code"].startswith("310101"))
    column = round((lon - at(0, 0).lon) / SIDE - 0.5)
    assert (lon, lat) == pytest.approx(at(column + 0.5, 0.9), abs=1e-6)


def test_lines_and_areas_are_drawn_as_such_near_by(inspector: Client) -> None:
    component = Component.objects.get(code="3101010137000004")
    line = f"LINESTRING({at(3.2, 0.9).lon} {at(3.2, 0.9).lat}, {at(3.4, 0.9).lon} {at(3.4, 0.9).lat})"
    Component.objects.filter(pk=component.pk).update(geom=line)
    found = tiles.read(ask(inspector, "components", tile_at(*at(3.3, 0.9), 17)).content)
    assert [(row.id, row.kind) for row in found["component_shapes"]] == [(component.pk, 2)]
    assert component.pk in {row.id for row in found["components"]}


@pytest.mark.parametrize(("of", "seen"), [("0137", 8), ("01", 8), ("0101", 0), ("02,0101", 0), ("0101,01", 8)])
@pytest.mark.parametrize("zoom", [9, 16])
def test_categories_are_filtered(inspector: Client, of: str, seen: int, zoom: int) -> None:
    found = all_over(inspector, "components", zoom, f"?of={of}")
    count = sum(row.properties.get("n", 1) for features in found.values() for row in features)
    assert count == seen


@pytest.mark.parametrize("of", ["x", "1", "013", "０１", "0137;drop", ",".join(f"{n:04d}" for n in range(50))])
def test_an_unknown_filter_is_refused(inspector: Client, of: str) -> None:
    answer = ask(inspector, "components", tile_at(*MIDDLE, 9), f"?of={of}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert ask(inspector, "cells", tile_at(*MIDDLE, 14), "?of=0101").status_code == 422


def make_objects() -> None:
    """Three cameras, and two things of a layer that not everybody may see."""
    secret = ObjectLayer._default_manager.create(code="cables", name="地下管线", permission="grid.manage")
    for number, layer in enumerate([ObjectLayer._default_manager.get(code="cameras")] * 3 + [secret] * 2):
        place = at(number + 0.5, 1.5)
        MapObject.objects.create(
            layer=layer,
            code=f"O{number}",
            name=f"{number}号",
            geom=f"POINT({place.lon} {place.lat})",
            valid_from="2024-01-01",
        )


@pytest.mark.parametrize(("kind", "seen"), [("inspector", 3), ("system_admin", 5)])
def test_objects_are_seen_as_their_layer_permits(inspector: Client, kind: str, seen: int) -> None:
    make_objects()
    if kind == "system_admin":
        person, team = Person.objects.get(username="one"), Unit.objects.get(code="TEAM")
        appoint(person, by=SYSTEM, now=NOW, kind=kind, unit=team)
    assert len(all_over(inspector, "objects", 14)["objects"]) == seen
    clusters = all_over(inspector, "objects", 10)["object_clusters"]
    assert sum(row.properties["n"] for row in clusters) == seen
    assert not all_over(inspector, "objects", 14, "?of=nothing")
    assert len(inside(inspector, layer="objects", circle=circle(3, 1.5, 1000))["rows"]) == seen
    part = {one["name"]: one for one in layers_of(inspector)["objects"]["parts"]}["objects"]
    assert ("cables" in {mark["value"] for mark in part["legend"]}) is (kind == "system_admin")


def test_work_grids_say_whose_they_are(inspector: Client) -> None:
    unit = Unit.objects.get(code="ROADS")
    shape = DutyGrid.objects.get(code="G1").geom
    WorkGrid.objects.create(code="W1", name="一组", unit=unit, geom=shape, valid_from="2024-01-01")
    found = all_over(inspector, "work_grids", 13)
    assert found["work_grids"][0].properties == {"code": "W1", "name": "一组", "unit": unit.pk}
    assert len(found["work_grid_labels"]) == 1


def test_a_dense_tile_gathers_its_points(inspector: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_POINTS", 2)
    for most in (15_000, 2):  # gathered on the spot; from the squares
        monkeypatch.setattr(drawing, "MOST_GATHERED", most)
        base.KEPT.forget()
        found = all_over(inspector, "components", 16)
        assert sum(row.properties["n"] for row in found["component_clusters"]) + len(found.get("components", [])) == 8


# Counts of squares are what a recount says, whatever was written and however


def tallies() -> dict[tuple[Any, ...], tuple[int, int, float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT level, block_x, block_y, x, y, minor_id, sum(count), sum(faulty), sum(lon), sum(lat)
            FROM grid_componenttally GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0"""
        )
        return {row[:6]: (row[6], row[7], round(row[8], 6), round(row[9], 6)) for row in cursor.fetchall()}


def walk_of_writes() -> None:
    """Many kinds of writes, one after the other: rows and sets, in and out of use, of one category and another."""
    other = Minor.objects.filter(kind="component").exclude(code="0137").order_by("code").first()
    assert other is not None
    rows = list(Component.objects.order_by("code"))
    for place, row in enumerate(rows[:3]):
        row.geom = f"POINT({at(place + 5.5, 1.5).lon} {at(0, 1.5).lat})"
        row.save()
    Component.objects.filter(code=rows[3].code).update(state="missing", minor=other)
    Component.objects.filter(code=rows[4].code).update(valid_to=NOW.date())
    Component.objects.filter(code=rows[5].code).update(valid_to=NOW.date(), state="damaged")
    Component.objects.filter(code=rows[5].code).update(valid_to=None)
    Component.objects.filter(code=rows[6].code).delete()
    Component.objects.update(note="看过")
    multiply(100)
    Component.objects.bulk_create(
        Component(code=f"3101010137{n:06d}", minor=other, name="x", geom=rows[0].geom, valid_from=NOW.date())
        for n in range(500_000, 500_020)
    )


def test_squares_are_what_a_recount_says() -> None:
    walk_of_writes()
    kept = tallies()
    assert sum(row[0] for key, row in kept.items() if key[0] == 18) == Component.objects.filter(valid_to=None).count()
    before = ComponentTally.objects.count()
    gather(NOW)
    assert tallies() == kept
    assert ComponentTally.objects.count() == len(kept) < before
    recount()
    assert tallies() == kept


def test_a_note_touches_no_square() -> None:
    before = ComponentTally.objects.count()
    Component.objects.update(note="看过", place="别处")
    assert ComponentTally.objects.count() == before


def test_copies_are_the_same_for_the_same_seed() -> None:
    own = set(Component.objects.values_list("pk", flat=True))

    def made(seed: int) -> list[tuple[str, str]]:
        Component.objects.exclude(pk__in=own).delete()
        assert multiply(60, seed=seed) == 52
        return [(row.code, row.geom.wkt) for row in Component.objects.order_by("code")]

    assert made(1) == made(1) != made(2)


# Addresses, versions, caches


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("ground/8/300/3", 404, "not_found"),
        ("ground/8/3/300", 404, "not_found"),
        ("ground/7/1/1", 404, "not_found"),
        ("ground/17/1/1", 404, "not_found"),
        ("ground/99/1/1", 404, "not_found"),
        ("nothing/8/1/1", 404, "not_found"),
        ("ground/8/1/99999999999999999999", 404, "not_found"),
    ],
)
def test_what_is_no_tile_is_not_found(inspector: Client, address: str, status: int, code: str) -> None:
    answer = inspector.get(f"/tiles/{address}.mvt")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_empty_tile_is_an_empty_answer(inspector: Client) -> None:
    answer = ask(inspector, "cells", Tile(14, 0, 0))
    assert (answer.status_code, answer.content) == (204, b"")


def test_nobody_in_particular_gets_no_tile(client: Client) -> None:
    answer = ask(client, "ground", tile_at(*MIDDLE, 12))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert client.post("/tiles/ground/8/1/1.mvt").status_code == 405


def test_a_tile_is_private_packed_and_known_again(inspector: Client) -> None:
    tile = tile_at(*MIDDLE, 14)
    packed = ask(inspector, "cells", tile, **{"accept-encoding": "gzip"})
    plain = ask(inspector, "cells", tile)
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert tiles.read(packed.content) == tiles.read(plain.content)
    assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in plain["Vary"].split(",")}
    assert plain["Cache-Control"] == "private, no-cache"
    again = ask(inspector, "cells", tile, **{"if-none-match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_write_changes_every_address_at_once(inspector: Client) -> None:
    before = layers_of(inspector)
    tile = tile_at(*at(0.5, 0.5), 14)
    address = before["ground"]["tiles"].format(z=tile.z, x=tile.x, y=tile.y)
    old = inspector.get(address)
    assert old["Cache-Control"] == "private, max-age=86400"
    Area.objects.filter(code="310101002001").update(name="新名")
    note("geography_loaded", "310101002001", by=SYSTEM, now=NOW)
    after = layers_of(inspector)
    assert all(before[name]["version"] != after[name]["version"] for name in ("ground", "cells", "components"))
    fresh = inspector.get(address, headers={"if-none-match": old["ETag"]})
    assert fresh.status_code == 200
    assert fresh["Cache-Control"] == "private, no-cache"
    assert "新名" in {row.properties["name"] for row in tiles.read(fresh.content)["areas"]}
    assert inspector.get("/api/v1/map/versions").json()["versions"]["ground"] == after["ground"]["version"]


def test_a_new_day_is_another_stamp() -> None:
    assert layers.stamp(NOW) != layers.stamp(NOW + timedelta(days=1))


def test_a_drawn_tile_costs_the_database_nothing(inspector: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tile = tile_at(*MIDDLE, 14)
    first = ask(inspector, "cells", tile)

    def fail(wanted: Wanted) -> bytes:
        raise AssertionError(wanted)

    monkeypatch.setattr(base, "draw", fail)
    assert ask(inspector, "cells", tile).content == first.content


def test_the_memory_keeps_within_its_bounds() -> None:
    memory = Memory(lambda: 1000)
    made: list[str] = []

    def make(name: str) -> bytes:
        made.append(name)
        return (name * 3).encode()

    for name in ("a", "b", "a", "c"):
        assert memory.get(name, lambda name=name: make(name)) == base.pack((name * 3).encode())  # type: ignore[misc]
    assert made == ["a", "b", "c"]
    for number in range(100):
        memory.get(str(number), lambda: b"x" * 100)
    assert memory._bytes <= 1000
    memory.get("a", lambda: make("a"))
    assert made == ["a", "b", "c", "a"]


def test_no_tile_is_beyond_its_size(inspector: Client) -> None:
    multiply(9000)
    for zoom in (LEAST_ZOOM, 12, 15, 16, 17, MOST_ZOOM):
        for layer in (layers.GROUND, layers.COMPONENTS):
            if zoom <= layer.max_zoom:
                body = layer.draw(Wanted(tile_at(*MIDDLE, zoom), SYSTEM, NOW))
                assert len(body) <= base.MOST_BYTES, (layer.name, zoom)


# What is there, and what lies where


def test_the_map_of_a_person_is_told(inspector: Client, settings: LazySettings) -> None:
    settings.BASE_MAP = ("wmts", "https://t0.example.cn/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}")
    settings.BASE_MAP_ATTRIBUTION = "天地图"
    found = inspector.get("/api/v1/map/layers").json()
    assert found["attribution"] == "© testers"
    assert found["extent"] == pytest.approx([121.0, 31.0, 121.008, 31.002])
    assert found["base_map"]["kind"] == "wmts"
    layer = {one["name"]: one for one in found["layers"]}["components"]
    assert layer["filtered"] is True
    assert layer["tiles"].endswith(f"?v={layer['version']}")
    part = {one["name"]: one for one in layer["parts"]}["components"]
    assert part["property"] == "minor"
    assert "0137" in {mark["value"] for mark in part["legend"]}
    assert {one["group"] for one in found["layers"]} <= {group["name"] for group in found["groups"]}


def circle(column: float, row: float, metres: float) -> str:
    place = at(column, row)
    return f"{place.lon},{place.lat},{metres}"


def polygon(*corners: tuple[float, float]) -> str:
    return ",".join(f"{at(*corner).lon} {at(*corner).lat}" for corner in corners)


def inside(client: Client, **query: Any) -> Any:
    answer = client.get("/api/v1/map/inside", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("shape", "components", "cells"),
    [
        ({"circle": circle(1.5, 0.9, 20)}, 1, 2),
        ({"circle": circle(1.5, 0.9, 110)}, 3, 6),
        ({"polygon": polygon((0, 0), (8, 0), (8, 1), (0, 1))}, 8, 16),
        ({"polygon": polygon((0.1, 0.1), (1.9, 0.1), (1.9, 0.8))}, 0, 2),
    ],
)
def test_what_lies_inside_is_counted_and_listed(
    inspector: Client, shape: dict[str, str], components: int, cells: int
) -> None:
    found = inside(inspector, layers="components,cells", layer="components", **shape)
    assert {row["layer"]: row["count"] for row in found["counts"]} == {"components": components, "cells": cells}
    assert len(found["rows"]) == components


def test_the_list_goes_on_page_by_page(inspector: Client) -> None:
    shape = {"polygon": polygon((0, 0), (8, 0), (8, 1), (0, 1))}
    codes: list[str] = []
    after = ""
    for _ in range(10):
        found = inside(inspector, layer="components", size=3, after=after, **shape)
        codes += [row["code"] for row in found["rows"]]
        after = found["next"]
        if not after:
            break
    assert codes == sorted(Component.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"circle": "1,2,3", "polygon": "1 2,3 4,5 6"}, 422),
        ({"circle": "1,2"}, 422),
        ({"circle": "121,31,0"}, 422),
        ({"circle": "121,31,nan"}, 422),
        ({"circle": "121,31,99999999"}, 422),
        ({"circle": "999,31,10"}, 422),
        ({"polygon": "121 31,121.1 31"}, 422),
        ({"polygon": "121 31,121.1 31.1,121.1 31,121 31.1"}, 422),
        ({"polygon": "100 20,120 20,120 40"}, 413),
        ({"circle": "121,31,10", "layers": "nothing"}, 404),
        ({"circle": "121,31,10", "layer": "components", "of": "x"}, 422),
        ({"circle": "121,31,10", "layer": "components", "after": "x"}, 422),
        ({"circle": "121,31,10", "size": 1000}, 422),
    ],
)
def test_what_is_no_area_is_refused(inspector: Client, query: dict[str, Any], status: int) -> None:
    answer = inspector.get("/api/v1/map/inside", query)
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"code", "message", "details"}


def test_a_click_tells_what_is_under_it(inspector: Client) -> None:
    place = at(1.5, 0.9)
    answer = inspector.get("/api/v1/map/identify", {"lon": place.lon, "lat": place.lat, "zoom": 18})
    found = json.loads(answer.content)["rows"]
    assert [row["layer"] for row in found].count("components") == 1
    component = next(row for row in found if row["layer"] == "components")
    assert component["point"] == pytest.approx(list(place), abs=1e-6)
    assert {row["code"] for row in found} >= {cell_code(1, 0), "G1", "310101002001"}


@pytest.mark.parametrize(("kind", "opens"), [("inspector", False), ("system_admin", True)])
def test_pages_are_named_to_who_may_open_them(inspector: Client, kind: str, opens: bool) -> None:
    person, team = Person.objects.get(username="one"), Unit.objects.get(code="TEAM")
    if kind != "inspector":
        appoint(person, by=SYSTEM, now=NOW, kind=kind, unit=team)
    found = layers_of(inspector)
    listed = {name: layer["list_url"] for name, layer in found.items() if layer["list_url"]}
    row = inside(inspector, layer="components", circle=circle(1.5, 0.9, 20))["rows"][0]
    assert bool(listed.get("components")) is bool(row["url"]) is opens
    for address in [*listed.values(), row["url"]] if opens else []:
        assert inspector.get(address).status_code == 200, address
