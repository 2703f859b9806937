"""The demonstration city's files agree with each other, and its geography loads and is sound."""

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db.models import F, Value
from django.db.models.functions import Concat

from cityloop.base.geometry import LonLat
from cityloop.grid.actions import load_geography, load_holders
from cityloop.grid.models import Area, Cell, Component, DutyGrid, DutyHolder
from cityloop.grid.selectors import locate, nearest_components
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, Post, Unit, UnitLevel
from cityloop.org.posts import POST_KINDS
from tests.grid.make import NOW, clear

DEMO = Path(settings.BASE_DIR) / "demo"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def features(name: str) -> list[dict[str, Any]]:
    """The features of a GeoJSON file."""
    whole = json.loads((DEMO / "geography" / name).read_text(encoding="utf-8"))
    assert whole["attribution"] == "© OpenStreetMap contributors"
    found: list[dict[str, Any]] = whole["features"]
    return found


UNITS = {row["code"]: row for row in table("people/units.csv")}
PEOPLE = {row["username"]: row for row in table("people/people.csv")}
STREETS = [code for code in UNITS if code.startswith("OFFICE-")]


def test_units_hang_in_one_tree() -> None:
    seen: set[str] = set()
    for code, row in UNITS.items():
        assert row["level"] in UnitLevel.values
        assert row["parent"] in seen or not seen, code
        seen.add(code)
    assert len(seen) == len(table("people/units.csv"))


def test_every_post_has_people_and_one_of_them_is_shown() -> None:
    posts = table("people/posts.csv")
    assert all(row["username"] in PEOPLE and row["unit"] in UNITS for row in posts)
    assert {row["username"] for row in posts} == set(PEOPLE)
    for kind in POST_KINDS:
        holders = [row["username"] for row in posts if row["kind"] == kind]
        assert any(PEOPLE[name]["shown"] for name in holders), kind
    assert len(PEOPLE) == len(table("people/people.csv"))


def test_accounts_are_plain_and_unit_accounts_have_handlers() -> None:
    names = Counter(name for row in PEOPLE.values() for name in [row["name"], *row["handlers"].split(";")] if name)
    assert max(names.values()) == 1
    for username, row in PEOPLE.items():
        assert re.fullmatch(r"[a-z0-9-]+", username)
        assert bool(row["handlers"]) == (row["unit_account"] == "1")


def test_every_duty_grid_has_a_holder() -> None:
    grids = {row["code"] for row in table("geography/duty_grids.csv")}
    holders = table("people/holders.csv")
    assert {row["duty_grid"] for row in holders} == grids
    inspectors = {row["username"] for row in table("people/posts.csv") if row["kind"] == "inspector"}
    assert {row["username"] for row in holders} == inspectors


def test_duties_name_units_in_every_street() -> None:
    for row in table("duties.csv"):
        for office in STREETS:
            unit = row["unit"].replace("OFFICE-*", office).replace("*", office[7:13])
            assert unit in UNITS, row


def test_everything_invented_says_so() -> None:
    for name in ("people/units.csv", "people/people.csv", "people/posts.csv", "people/holders.csv", "duties.csv"):
        assert all(row["invented"] == "1" for row in table(name)), name
    assert all(row["invented"] == "1" for row in table("geography/places.csv"))
    for name in ("areas.geojson", "cells.geojson"):
        assert all(one["properties"]["invented"] is True for one in features(name)), name
    assert tomllib.loads((DEMO / "demo.toml").read_text(encoding="utf-8"))["area"] == "3101"


def test_cells_share_borders_and_are_numbered_in_reading_order() -> None:
    cells = {one["properties"]["code"]: GEOSGeometry(json.dumps(one["geometry"])) for one in features("cells.geojson")}
    whole = MultiPolygon(*cells.values()).unary_union
    assert whole.geom_type == "Polygon"
    assert len(whole) == 1  # no hole
    assert whole.area == pytest.approx(sum(cell.area for cell in cells.values()), rel=1e-9)
    for code, cell in cells.items():
        assert cell.valid
        after = cells.get(f"{code[:12]}{int(code[12:]) + 1:03d}")
        assert after is None or after.centroid.x > cell.centroid.x or after.centroid.y < cell.centroid.y


def test_duty_grids_partition_the_cells() -> None:
    grids = [row["cells"].split() for row in table("geography/duty_grids.csv")]
    cells = [code for grid in grids for code in grid]
    assert sorted(cells) == sorted(one["properties"]["code"] for one in features("cells.geojson"))
    assert all(len({code[:9] for code in grid}) == 1 for grid in grids)  # none leaves its 街道


def make_inspectors() -> None:
    """The accounts and posts of the inspectors, without passwords."""
    Person.objects.all().update(username=Concat(Value("world-"), F("username")))
    posts = [row for row in table("people/posts.csv") if row["kind"] == "inspector"]
    people = Person.objects.bulk_create(Person(username=row["username"], name=row["username"]) for row in posts)
    units = {unit.code: unit for unit in Unit.objects.all()}
    Post.objects.bulk_create(
        Post(
            person=person,
            kind="inspector",
            unit=units[row["unit"]],
            area_code=row["area_code"],
            valid_from=row["since"],
        )
        for row, person in zip(posts, people, strict=True)
    )


@pytest.mark.django_db
def test_the_demonstration_loads_and_answers() -> None:
    clear()
    Unit.objects.bulk_create(
        Unit(code=code, name=row["name"], level=row["level"], path=f"{n}/", active_from=date(2024, 1, 1))
        for n, (code, row) in enumerate(UNITS.items())
    )
    counts = load_geography(DEMO / "geography", by=SYSTEM, now=NOW)
    make_inspectors()
    assert load_holders(DEMO / "people" / "holders.csv", by=SYSTEM, now=NOW) == DutyHolder.objects.count()
    assert (counts.cells, counts.duty_grids) == (569, 58)
    assert (Area.objects.count(), Component.objects.count()) == (counts.areas, counts.components)
    for cell in Cell.objects.order_by("code")[::40]:
        inside = cell.geom.point_on_surface
        found = locate(LonLat(inside.x, inside.y), now=NOW)
        assert (found.cell_code, found.community_code) == (cell.code, cell.code[:12])
        assert found.duty_grid_id == DutyGrid.objects.get(cells=cell).pk
        assert found.inspectors
    # The corner of 南京东路 and 河南中路, as anybody knows it.
    corner = locate(LonLat(121.4805, 31.2379), now=NOW)
    assert (corner.district_name, corner.street_name) == ("黄浦区", "外滩街道")
    assert "河南中路" in corner.address_hint
    assert len(nearest_components(LonLat(121.4805, 31.2379), limit=5)) == 5
