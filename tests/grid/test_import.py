"""Imports of base data: every row gets its findings, and what is applied is applied whole."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from cityloop.base.errors import Refused
from cityloop.codes.models import Minor
from cityloop.grid.actions import Counts
from cityloop.grid.exchange import imports
from cityloop.grid.exchange.mapping import read_day
from cityloop.grid.models import Area, Cell, Change, Component, DataImport, GridVersion, ImportState, MapObject, Street
from cityloop.org.actor import SYSTEM
from tests.grid import foreign
from tests.grid.make import NOW, SIDE, SOUTH, WEST, at, cell_code, square

FIELDS = {name: name for name in ("minor", "code", "owner", "state", "cell", "since", "name")}


def spot(column: float, row: float, *more: float) -> dict[str, Any]:
    return foreign.point(*at(column, row), *more)


def one(shape: dict[str, Any] | None, **values: Any) -> foreign.Feature:
    return {"minor": "0101"} | values, shape


def begin(path: Path, layer: str = "components", **mapping: Any) -> DataImport:
    job = imports.start(str(path), path.name, layer=layer, by=SYSTEM, now=NOW)
    imports.configure(job, {**job.mapping, **mapping}, by=SYSTEM, now=NOW)
    return imports.run_check(job, now=NOW)


def check_rows(folder: Path, rows: list[foreign.Feature], layer: str = "components", **mapping: Any) -> DataImport:
    names = {name for values, _shape in rows for name in values}
    mapping.setdefault("fields", {name: name for name in FIELDS if name in names})
    return begin(foreign.geojson(folder / "rows.geojson", rows), layer, **mapping)


def found(job: DataImport) -> list[tuple[int, str, str]]:
    assert job.state == ImportState.CHECKED, job.refusal
    return [(one.row, one.severity, one.code) for one in job.findings.order_by("row", "code")]


MIDDLE = spot(0.5, 0.5)
BOW = foreign.polygon(at(0.1, 0.1), at(0.4, 0.4), at(0.4, 0.1), at(0.1, 0.4))
SHORT_CODE = [("error", "code_category"), ("warning", "code_district"), ("error", "code_form")]
ROWS: dict[str, tuple[foreign.Feature, list[tuple[str, str]]]] = {
    "good": (one(MIDDLE), []),
    "no shape": (one(None), [("error", "empty")]),
    "three dimensions": (one(spot(0.5, 0.5, 12.0)), [("note", "flattened")]),
    "crosses itself": (one(BOW), [("warning", "repaired")]),
    "ring of two corners": (one(foreign.polygon(at(0, 0))), [("error", "invalid")]),
    "ring that is open": (one({"type": "Polygon", "coordinates": [square(0, 0)[0][:-1]]}), [("warning", "repaired")]),
    "line of one point": (one({"type": "LineString", "coordinates": [list(at(0.5, 0.5))]}), [("error", "invalid")]),
    "several kinds": (one({"type": "GeometryCollection", "geometries": [MIDDLE, spot(0.6, 0.6)]}), [("error", "kind")]),
    "metres for degrees": (one(foreign.point(500000, 3400000)), [("error", "range")]),
    "outside": (one(foreign.point(116.4, 39.9)), [("error", "outside")]),
    "unknown category": (one(MIDDLE, minor="9999"), [("error", "unknown")]),
    "no category": (one(MIDDLE, minor=""), [("error", "missing")]),
    "category by name": (one(MIDDLE, minor="上水井盖"), []),
    "unknown unit": (one(MIDDLE, owner="无此单位"), [("error", "unknown")]),
    "unknown state": (one(MIDDLE, state="坏"), [("error", "unknown")]),
    "state by label": (one(MIDDLE, state="破损"), []),
    "other cell": (one(MIDDLE, cell=cell_code(3, 1)), [("warning", "other_cell")]),
    "own cell": (one(MIDDLE, cell=cell_code(0, 0)), []),
    "no day": (one(MIDDLE, since="去年"), [("error", "no_date")]),
    "day": (one(MIDDLE, since="2024/03/02"), []),
    "long name": (one(MIDDLE, name="长" * 61), [("error", "too_long")]),
    "formula": (one(MIDDLE, name="=1+A1"), [("warning", "formula")]),
    "code of other length": (one(MIDDLE, code="123"), SHORT_CODE),
    "code of another category": (one(MIDDLE, code="3101010202000001"), [("error", "code_category")]),
    "code of another district": (one(MIDDLE, code="3101060101000001"), [("warning", "code_district")]),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_every_row_gets_its_findings(kind: str, city: Counts, tmp_path: Path) -> None:
    row, expected = ROWS[kind]
    job = check_rows(tmp_path, [row], near=0)
    assert found(job) == [(1, *finding) for finding in expected]
    assert job.counts["good"] == (not any(severity == "error" for severity, _code in expected))


def test_two_at_one_place_and_two_of_one_code_are_found(city: Counts, tmp_path: Path) -> None:
    there = Component.objects.filter(geom__isnull=False, valid_to=None).first()
    assert there is not None
    rows = [
        one(spot(0.5, 0.5), code="3101010101000777"),
        one(spot(0.500001, 0.5), code=""),
        one(spot(2.5, 0.5), code="3101010101000777"),
        one({"type": "Point", "coordinates": list(there.geom.coords)}, minor=there.minor.code, code=there.code),
    ]
    assert found(check_rows(tmp_path, rows)) == [
        (2, "error", "near_twice"),
        (3, "error", "code_twice"),
        (4, "error", "code_taken"),
        (4, "error", "near_existing"),
    ]


def test_neighbours_that_touch_are_two(city: Counts, tmp_path: Path) -> None:
    spaces = [one({"type": "Polygon", "coordinates": square(column, 0.4, 0.05, 0.02)}) for column in (0.5, 0.55, 0.55)]
    assert found(check_rows(tmp_path, spaces)) == [(3, "error", "near_twice")]


def test_rows_are_numbered_in_order_and_no_number_comes_twice(city: Counts, tmp_path: Path) -> None:
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0101")
    Component.objects.filter(code__startswith="3101010101").delete()
    lasted = {"valid_from": "2020-01-01", "valid_to": "2021-01-01"}
    Component.objects.create(code="3101010101000041", minor=minor, name="旧", geom=Point(*at(0, 0)), **lasted)
    given = one(spot(0.2, 0.5), code="3101010101000050")
    rows = [one(spot(0.1, 0.5), code=""), given, one(spot(0.3, 0.5), code=""), one(spot(5.5, 0.5), code="")]
    stamp = GridVersion.objects.get().stamp
    job = imports.run_apply(check_rows(tmp_path, rows), by=SYSTEM, now=NOW)
    written = Component.objects.filter(valid_from="2026-03-02").order_by("id")
    codes = ["3101010101000051", "3101010101000050", "3101010101000052", "3101060101000001"]
    assert [one.code for one in written] == codes
    assert [one.cell.code for one in written if one.cell] == [cell_code(0, 0)] * 3 + [cell_code(5, 0)]
    assert {one.name for one in written} == {minor.name}
    assert [(row.code, row.after) for row in Change.objects.filter(batch=job.batch).order_by("id")] == [
        (code, {"row": row}) for row, code in enumerate(codes, start=1)
    ]
    assert GridVersion.objects.get().stamp != stamp
    assert imports.run_apply(job, by=SYSTEM, now=NOW).counts["written"] == 4
    assert Component.objects.filter(valid_from="2026-03-02").count() == 4


def test_all_or_nothing_or_the_good_rows_alone(city: Counts, tmp_path: Path) -> None:
    before = Component.objects.count()
    job = check_rows(tmp_path, [one(MIDDLE), one(None), one(spot(1.5, 0.5))])
    with pytest.raises(Refused) as no:
        imports.run_apply(job, by=SYSTEM, now=NOW)
    assert no.value.code == "not_yet"
    assert Component.objects.count() == before
    DataImport.objects.update(good_rows=True)
    assert imports.run_apply(job, by=SYSTEM, now=NOW).counts["written"] == 2
    assert Component.objects.count() == before + 2


def test_a_failure_in_the_middle_leaves_nothing(city: Counts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, before = check_rows(tmp_path, [one(MIDDLE)]), Component.objects.count()
    monkeypatch.setattr(imports, "note", lambda *args, **values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        imports.run_apply(job, by=SYSTEM, now=NOW)
    job.refresh_from_db()
    assert (Component.objects.count(), Change.objects.filter(batch=job.batch).count()) == (before, 0)
    assert job.state == ImportState.CHECKED


def test_staged_rows_that_a_crash_emptied_are_not_applied(city: Counts, tmp_path: Path) -> None:
    job = check_rows(tmp_path, [one(MIDDLE)])
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {job.staged_table}")
    with pytest.raises(Refused) as no:
        imports.run_apply(job, by=SYSTEM, now=NOW)
    assert no.value.code == "stale"


def test_a_truncated_file_leaves_nothing_staged(city: Counts, tmp_path: Path) -> None:
    path = foreign.csv_file(tmp_path / "a.csv", "minor,x,y\n0101,121.0005,31.0005\n")
    job = imports.start(str(path), path.name, layer="components", by=SYSTEM, now=NOW)
    path.write_bytes(b"minor,x,y\n0101,121.0005,31.0005\n\xff\xff\x81")
    imports.run_check(job, now=NOW)
    assert job.state in (ImportState.REFUSED, ImportState.CHECKED)
    path.write_bytes(b"")
    imports.run_check(job, now=NOW)
    assert job.state == ImportState.REFUSED
    assert job.refusal
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s), to_regclass(%s)", [job.staged_table, f"{job.staged_table}_read"])
        assert cursor.fetchone() == (None, None)


def test_what_nobody_touches_for_a_month_is_given_up(city: Counts, tmp_path: Path) -> None:
    job = check_rows(tmp_path, [one(MIDDLE)])
    assert imports.expire(NOW + timedelta(days=29)) == 0
    assert imports.expire(NOW + timedelta(days=31)) == 1
    job.refresh_from_db()
    assert job.state == ImportState.DISCARDED
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [job.staged_table])
        assert cursor.fetchone() == (None,)


def test_values_of_a_source_become_ours_and_are_remembered(city: Counts, tmp_path: Path) -> None:
    path = foreign.geojson(tmp_path / "a.geojson", [({"KIND": "Hydrant"}, MIDDLE), ({"KIND": "Tree"}, MIDDLE)])
    mapping = {
        "fields": {"minor": "KIND"},
        "values": {"minor": {"Hydrant": "0101", "*": "-"}},
        "extension": {"kind": "KIND"},
    }
    job = imports.start(str(path), "a", layer="components", source="Cambridge", by=SYSTEM, now=NOW)
    imports.configure(job, mapping, by=SYSTEM, now=NOW)
    assert found(imports.run_check(job, now=NOW)) == [(0, "note", "left_out")]
    again = imports.start(str(path), "a", layer="components", source="Cambridge", by=SYSTEM, now=NOW)
    assert again.mapping["values"] == mapping["values"]
    imports.run_check(again, now=NOW)
    imports.run_apply(again, by=SYSTEM, now=NOW)
    assert Component.objects.latest("id").extension == {"kind": "Hydrant"}


def test_survey_coordinates_are_turned(city: Counts, tmp_path: Path) -> None:
    text = "minor,x,y\n0101,500047.7,3431143.5\n"
    job = begin(foreign.csv_file(tmp_path / "a.csv", text), crs="cgcs2000-gk-cm120", fields={"minor": "minor"}, near=0)
    assert found(job) == [(1, "error", "outside")]
    text = "minor,经度,纬度\n0101,121.0050,30.9980\n"
    job = begin(foreign.csv_file(tmp_path / "b.csv", text), crs="gcj02", fields={"minor": "minor"}, near=0)
    assert found(job) == []
    job = check_rows(tmp_path, [one({"type": "LineString", "coordinates": [list(at(0, 0))]})], crs="gcj02")
    assert found(job) == [(1, "error", "broken")]


def test_cells_areas_streets_and_objects(city: Counts, tmp_path: Path) -> None:
    community = "310101002001"
    cells = [
        ({"code": f"{community}901", "area_class": "A"}, {"type": "Polygon", "coordinates": square(0, 5)}),
        ({"code": f"{community}902", "area_class": "B"}, {"type": "Polygon", "coordinates": square(0.5, 5)}),
        ({"code": "999999999999001", "area_class": "C"}, {"type": "Polygon", "coordinates": square(4, 5)}),
        ({"code": f"{community}903", "area_class": "A"}, MIDDLE),
    ]
    fields = {"fields": {"code": "code", "area_class": "area_class"}}
    assert found(check_rows(tmp_path, cells, "cells", **fields)) == [
        (1, "warning", "other_area"), (2, "warning", "other_area"), (2, "error", "overlaps"),
        (3, "error", "no_area"), (4, "error", "kind"),
    ]  # fmt: skip
    apply(check_rows(tmp_path, cells[:1], "cells", **fields))
    assert Cell.objects.get(code=f"{community}901").area_m2 > 10_000

    areas = [({"code": "310101003", "name": "三街道"}, {"type": "Polygon", "coordinates": square(9, 9)})]
    apply(check_rows(tmp_path, areas, "areas", fields={"code": "code", "name": "name"}))
    assert Area.objects.get(code="310101003").parent_id == "310101"

    line = {"type": "LineString", "coordinates": [list(at(0, 0)), list(at(3, 0))]}
    apply(
        check_rows(
            tmp_path,
            [({"name": "新路", "kind": "primary"}, line)],
            "streets",
            fields={"name": "name", "road_class": "kind"},
        )
    )
    assert Street.objects.get(name="新路").initials == "xl"

    cameras = [({"name": "一号机"}, MIDDLE)]
    apply(check_rows(tmp_path, cameras, "cameras", fields={"name": "name"}))
    assert MapObject.objects.get(name="一号机").layer.code == "cameras"


def apply(job: DataImport) -> None:
    assert job.counts["bad"] == 0, list(job.findings.values())
    imports.run_apply(job, by=SYSTEM, now=NOW)


DAYS = [("2024-3-2", (2024, 3, 2)), ("20240302", (2024, 3, 2)), ("2024年3月2日", (2024, 3, 2)), ("2024-13-01", None)]


CAMBRIDGE = Path(__file__).parent.parent / "data" / "cambridge"
MAPPINGS = tomllib.loads((CAMBRIDGE / "mappings.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MAPPINGS)
def test_real_components_of_another_city(name: str, city: Counts) -> None:
    apply(begin(CAMBRIDGE / "outline.geojson", "areas", fields={"code": "code", "name": "name"}))
    job = begin(CAMBRIDGE / f"{name}.geojson", **{"fields": {}, "values": {}, **MAPPINGS[name]})
    assert {code for _row, severity, code in found(job) if severity == "error"} <= {"near_twice"}
    job.good_rows = True
    job.save()
    imports.run_apply(job, by=SYSTEM, now=NOW)
    codes = Change.objects.filter(batch=job.batch).order_by("id").values_list("code", flat=True)
    assert len(codes) == job.counts["good"] > 0
    numbers = [code[10:] for code in codes if code[6:10] == codes[0][6:10]]
    assert numbers == [f"{place:06d}" for place in range(1, len(numbers) + 1)]


@pytest.mark.parametrize(("text", "day"), [*DAYS, ("x", None)])
def test_days_are_read_in_the_forms_of_surveys(text: str, day: tuple[int, int, int] | None) -> None:
    found = read_day(text)
    assert (found and (found.year, found.month, found.day)) == day


@pytest.mark.parametrize(
    "mapping",
    [
        {"fields": {"nothing": "x"}},
        {"crs": "beijing54"},
        {"fields": {}},
        {"strange": 1},
        {"near": "far", "fields": {"minor": "minor"}},
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapping: dict[str, Any], city: Counts, tmp_path: Path) -> None:
    job = imports.start(
        str(foreign.geojson(tmp_path / "a.geojson", [one(MIDDLE)])), "a", layer="components", by=SYSTEM, now=NOW
    )
    with pytest.raises(Refused) as no:
        imports.configure(job, mapping, by=SYSTEM, now=NOW)
    assert no.value.code == "invalid"


assert (WEST, SOUTH, SIDE) == (121.0, 31.0, 0.001)  # what the numbers above are made from
