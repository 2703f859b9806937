"""Writes of base data: all or nothing, guarded, journalled."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cityloop.base.errors import Refused
from cityloop.grid.actions import Counts, assign_holder, common_area, load_geography, release_holder, set_duty_grid
from cityloop.grid.models import Area, Cell, Component, DutyGrid, DutyHolder
from cityloop.grid.selectors import get_duty_grid, grid_version
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM, get_actor
from tests.grid.make import NOW, cell_code, make_inspector, write_features, write_lines

pytestmark = pytest.mark.usefixtures("city")


def test_loading_again_refreshes_and_adds_nothing(city: Counts, tmp_path: Path) -> None:
    stamp, attribution = grid_version()
    assert attribution == "© testers"
    assert load_geography(tmp_path, by=SYSTEM, now=NOW) == city == Counts(9, 16, 2, 3, 8)
    assert (Cell.objects.count(), Component.objects.count(), DutyGrid.cells.through.objects.count()) == (16, 8, 16)
    assert grid_version()[0] != stamp
    assert Entry.objects.filter(what="grid.geography_loaded").count() == 2


@pytest.mark.parametrize(
    ("file", "column", "value", "row"),
    [
        ("components.csv", "code", "3101010999000001", 2),
        ("components.csv", "cell", "310101002001999", 2),
        ("components.csv", "manager", "NOBODY", 2),
        ("components.csv", "shape", "POINT (here)", 2),
        ("components.csv", "since", "soon", 2),
        ("duty_grids.csv", "cells", "310101002001999", 2),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded(tmp_path: Path, file: str, column: str, value: str, row: int) -> None:
    lines = (tmp_path / file).read_text(encoding="utf-8").splitlines()
    head, first = lines[0].split(","), lines[1].split(",")
    rows: list[dict[str, Any]] = [dict(zip(head, first, strict=True)) | {column: value}]
    write_lines(tmp_path / file, rows)
    stamp = grid_version()
    with pytest.raises(Refused) as no, transaction.atomic():
        load_geography(tmp_path, by=SYSTEM, now=NOW)
    assert no.value.code == "invalid"
    assert (no.value.details["file"], no.value.details["row"]) == (file, row)
    assert grid_version() == stamp


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("not json", 0),
        ('{"features": 3}', 0),
        ('{"features": [{"properties": {"code": "310101002001001"}, "geometry": null}]}', 1),
    ],
)
def test_a_bad_outline_is_named(tmp_path: Path, text: str, row: int) -> None:
    (tmp_path / "cells.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as no:
        load_geography(tmp_path, by=SYSTEM, now=NOW)
    assert no.value.details == no.value.details | {"file": "cells.geojson", "row": row}


def test_an_outline_that_crosses_itself_is_refused(tmp_path: Path) -> None:
    bow = [[[121.0, 31.0], [121.1, 31.1], [121.1, 31.0], [121.0, 31.1], [121.0, 31.0]]]
    write_features(tmp_path / "cells.geojson", [({"code": cell_code(0, 0)}, "Polygon", bow)])
    with pytest.raises(Refused) as no:
        load_geography(tmp_path, by=SYSTEM, now=NOW)
    assert no.value.details["row"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "31010100200100"},
        {"code": "310106002001001"},
        {"area_class": "D"},
        {"valid_to": date(2020, 1, 1)},
    ],
)
def test_the_database_keeps_codes_and_dates_in_form(wrong: dict[str, Any]) -> None:
    cell = Cell.objects.get(code=cell_code(0, 0))
    with pytest.raises(IntegrityError), transaction.atomic():
        Cell.objects.filter(pk=cell.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(code="310101").update(code="31010")


def test_a_duty_grid_hangs_together() -> None:
    near = list(Cell.objects.filter(code__in=[cell_code(0, 0), cell_code(1, 0), cell_code(2, 0)]))
    made = set_duty_grid("G9", by=SYSTEM, now=NOW, name="新责任网格", cells=near)
    assert (made.area_code, made.cells.count(), len(made.geom)) == ("310101002", 3, 1)
    apart = list(Cell.objects.filter(code__in=[cell_code(0, 0), cell_code(3, 0)]))
    for cells in (apart, []):
        with pytest.raises(Refused) as no:
            set_duty_grid("G9", by=SYSTEM, now=NOW, name="x", cells=cells)
        assert no.value.code == "invalid"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weekdays": 0}, "weekdays"),
        ({"weekdays": 128}, "weekdays"),
        ({"hours": (time(8), time(8))}, "hours"),
        ({"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 1)}, "valid_to"),
        ({"valid_from": date(2020, 1, 1)}, "person"),  # no inspector then
    ],
)
def test_a_holder_makes_sense(given: dict[str, Any], field: str) -> None:
    person = make_inspector("one")
    with pytest.raises(Refused) as no:
        assign_holder(get_duty_grid("G1"), person, by=SYSTEM, now=NOW, **given)
    assert list(no.value.details["fields"]) == [field]
    assert not DutyHolder.objects.exists()


def test_a_holder_is_an_inspector_of_that_area() -> None:
    person = make_inspector("one", area_code="310106")
    with pytest.raises(Refused):
        assign_holder(get_duty_grid("G1"), person, by=SYSTEM, now=NOW)
    holder = assign_holder(get_duty_grid("G2"), person, by=SYSTEM, now=NOW)
    assert assign_holder(get_duty_grid("G2"), person, by=SYSTEM, now=NOW, weekdays=1).pk == holder.pk
    with pytest.raises(Refused):
        release_holder(holder, by=SYSTEM, now=NOW, last_day=date(2026, 3, 1))


def test_only_those_who_may_write(tmp_path: Path) -> None:
    nobody = get_actor(make_inspector("one"), now=NOW)
    for act in (
        lambda: load_geography(tmp_path, by=nobody, now=NOW),
        lambda: set_duty_grid("G1", by=nobody, now=NOW, name="x", cells=list(Cell.objects.all())),
        lambda: assign_holder(get_duty_grid("G1"), make_inspector("two"), by=nobody, now=NOW),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "not_yours"


@pytest.mark.parametrize(
    ("codes", "area"),
    [
        (["310101002001", "310101002001"], "310101002001"),
        (["310101002001", "310101002002"], "310101002"),
        (["310101002001", "310101003001"], "310101"),
        (["310101002001", "310106002001"], "3101"),
        (["310101002001", "320101002001"], ""),
    ],
)
def test_common_area_is_a_whole_level(codes: list[str], area: str) -> None:
    assert common_area(codes) == area
