"""Exports: what goes out comes in again, in every format; spreadsheets calculate nothing."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from cityloop.base.coordinates import from_city, get_crs
from cityloop.base.errors import Refused
from cityloop.base.geometry import as_lonlat
from cityloop.grid.actions import Counts
from cityloop.grid.exchange import imports
from cityloop.grid.exchange.exporting import ENDINGS, export_layer
from cityloop.grid.exchange.reading import Part, look, read_rows
from cityloop.grid.models import Component, ImportState
from cityloop.org.actor import SYSTEM
from tests.grid.make import NOW

TODAY = NOW.date()


@pytest.mark.parametrize("layer", ["components", "cells", "areas", "streets"])
@pytest.mark.parametrize("form", ENDINGS)
def test_every_layer_goes_out_in_every_format(form: str, layer: str, city: Counts, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    made = export_layer(layer, form, tmp_path / "out", by=SYSTEM, today=TODAY)
    assert made.name == f"{layer}-wgs84{ENDINGS[form]}"
    assert list((tmp_path / "out").iterdir()) == [made]


@pytest.mark.parametrize("form", ["shp", "gpkg"])
def test_an_empty_layer_is_no_file(form: str, city: Counts, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        export_layer("cameras", form, tmp_path, by=SYSTEM, today=TODAY)


@pytest.mark.parametrize("form", ["geojson", "shp", "gpkg", "csv"])
@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "cgcs2000-gk-cm120", "cgcs2000-gk3-40"])
def test_what_goes_out_comes_in_again(form: str, crs: str, city: Counts, tmp_path: Path) -> None:
    points = Component.objects.exclude(
        code__in=[one.code for one in Component.objects.all() if one.geom.geom_type != "Point"]
    )
    before = {one.code: (one.geom.x, one.geom.y, one.minor_id, one.owner_id) for one in points}
    made = export_layer("components", form, tmp_path, crs=crs, by=SYSTEM, today=TODAY)
    job = imports.start(str(made), made.name, layer="components", by=SYSTEM, now=NOW)
    if get_crs(crs).is_metric and form in ("gpkg", "shp"):
        assert job.mapping["crs"] in (crs, "cgcs2000-gk-cm120", "wgs84")
    Component.objects.all().delete()
    imports.configure(job, {**job.mapping, "crs": crs}, by=SYSTEM, now=NOW)
    job.good_rows = True
    job.save()
    imports.run_check(job, now=NOW)
    assert (job.state, job.counts["bad"]) == (ImportState.CHECKED, 0), list(job.findings.values())
    imports.run_apply(job, by=SYSTEM, now=NOW)
    after = {one.code: one for one in Component.objects.all()}
    for code, (x, y, minor, owner) in before.items():
        one = after[code]
        assert (one.geom.x, one.geom.y) == pytest.approx((x, y), abs=1e-8)
        assert (one.minor_id, one.owner_id) == (minor, owner)


def test_coordinates_are_those_of_the_named_system(city: Counts, tmp_path: Path) -> None:
    first = Component.objects.order_by("code").first()
    assert first is not None
    place = as_lonlat(first.geom)
    assert place is not None
    for name in ("gcj02", "cgcs2000-gk3-40"):
        made = export_layer("components", "geojson", tmp_path, crs=name, by=SYSTEM, today=TODAY)
        whole = json.loads(made.read_text(encoding="utf-8"))
        assert whole["coordinates"] == name
        at = whole["features"][0]["geometry"]["coordinates"]
        assert at == pytest.approx(from_city(place, get_crs(name)), abs=1e-3 if "gk" in name else 1e-9)


@pytest.mark.parametrize("note", ["=HYPERLINK(1)", "+cmd|x", "-2+3+cmd", "@SUM(A1)"])
def test_formulas_go_out_as_text(note: str, city: Counts, tmp_path: Path) -> None:
    Component.objects.update(note=note)
    made = export_layer("components", "csv", tmp_path, by=SYSTEM, today=TODAY)
    with made.open(encoding="utf-8-sig", newline="") as file:
        assert {row["note"] for row in csv.DictReader(file)} == {f"'{note}"}
    made = export_layer("components", "xlsx", tmp_path, by=SYSTEM, today=TODAY)
    sheet = load_workbook(made).active
    heading = [cell.value for cell in sheet[1]].index("note")
    assert {(row[heading].value, row[heading].data_type) for row in sheet.iter_rows(min_row=2)} == {(f"'{note}", "s")}


def test_the_command_writes_where_it_is_told(city: Counts, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "cells.gpkg"
    words = ["--layer", "cells", "--format", "gpkg", "--crs", "cgcs2000-gk-cm120"]
    call_command("export", *words, "--output", str(target))
    layer = look(target).layers[0]
    assert (layer.rows, layer.epsg) == (16, 4549)
    assert len(list(read_rows(target, Part(fields=["code"])))) == 16
    assert list((tmp_path / "out").iterdir()) == [target]
