"""Our layers as files: GeoJSON, Shapefile, GeoPackage, CSV, Excel; in any system of coordinates that we know."""

import csv
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook

from cityloop.base.coordinates import CGCS2000, CITY, Crs, get_crs, shape_from_city, sql_from_city
from cityloop.base.errors import Refused
from cityloop.grid.exchange.guarding import guarded
from cityloop.grid.exchange.layers import get_spec
from cityloop.grid.exchange.writing import translate
from cityloop.grid.models import ObjectLayer
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

FORMATS: Final = {"geojson": "GeoJSON", "shp": "Shapefile", "gpkg": "GeoPackage", "csv": "CSV", "xlsx": "Excel"}
ENDINGS: Final = {"geojson": ".geojson", "shp": ".zip", "gpkg": ".gpkg", "csv": ".csv", "xlsx": ".xlsx"}
MOST_EXCEL: Final = 1_000_000
LASTING: Final = "t.valid_from <= %(today)s AND (t.valid_to IS NULL OR t.valid_to >= %(today)s)"
UNITS: Final = "".join(
    f" LEFT JOIN org_unit {duty} ON {duty}.id = t.{duty}_id" for duty in ("manager", "owner", "maintainer")
)
# Names of at most ten letters: a Shapefile takes no more. They are the names that the import guesses by.
QUERIES: Final = {
    "components": (
        "t.code, m.code AS minor, t.name, t.place, c.code AS cell, manager.code AS manager, owner.code AS owner,"
        " maintainer.code AS maintainer, t.state, t.valid_from::text AS since, t.changed_on::text AS changed_on,"
        " t.source, t.accuracy, t.note, nullif(t.extension, '{}')::text AS extension",
        f"grid_component t JOIN codes_minor m ON m.id = t.minor_id LEFT JOIN grid_cell c ON c.id = t.cell_id{UNITS}",
    ),
    "cells": (
        "t.code, t.area_class, t.area_m2, t.valid_from::text AS since, t.note",
        "grid_cell t",
    ),
    "areas": ("t.code, t.name, t.level, t.valid_from::text AS since", "grid_area t"),
    "streets": ("t.code, t.name, t.road_class, t.level, t.valid_from::text AS since", "grid_street t"),
    "objects": (
        "t.code, t.name, t.place, c.code AS cell, unit.code AS unit, t.state, t.valid_from::text AS since, t.note,"
        " nullif(t.extension, '{}')::text AS extension",
        "grid_mapobject t JOIN grid_objectlayer l ON l.id = t.layer_id AND l.code = %(layer)s"
        " LEFT JOIN grid_cell c ON c.id = t.cell_id LEFT JOIN org_unit unit ON unit.id = t.unit_id",
    ),
}
SHORT: Final = {"maintainer": "maintain"}
KINDS: Final = {"Point": "point", "LineString": "line", "Polygon": "area"}


def export_layer(layer: str, form: str, folder: Path, *, crs: str = "wgs84", by: Actor, today: date) -> Path:
    """Write what is in force of a layer into a file in that folder; where it lies."""
    demand(by, "grid.manage")
    spec = get_spec(layer)
    shown = ObjectLayer._default_manager.filter(code=layer).values_list("permission", flat=True).first()
    if shown:
        demand(by, shown)
    if form not in FORMATS:
        raise Refused("invalid", _("没有此格式：%(name)s") % {"name": form}, {"fields": {"format": form}})
    system = get_crs(crs)
    target = folder / f"{spec.name}-{system.name}{ENDINGS[form]}"
    with transaction.atomic():
        rows = read_layer(layer, system, today=today)
        {"csv": write_csv, "xlsx": write_excel, "geojson": write_geojson}.get(form, write_by_gdal)(rows, target, system)
    return target


Out = tuple[dict[str, Any], Any]


def read_layer(layer: str, crs: Crs, *, today: date) -> Iterator[Out]:
    """Values and geometry of every row, in the order of codes; the geometry in the wanted system."""
    columns, tables = QUERIES[layer if layer in QUERIES else "objects"]
    shape = "t.geom" if crs.kind == "shifted" else sql_from_city("t.geom", crs)
    given: dict[str, Any] = {"today": today, "layer": layer} if "%(layer)s" in tables else {"today": today}
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT ST_AsEWKB({shape}), {columns} FROM {tables} WHERE {LASTING} ORDER BY t.code", given)
        names = None
        while block := cursor.fetchmany(2000):
            names = names or [column[0] for column in cursor.description][1:]
            for raw, *values in block:
                geometry = GEOSGeometry(memoryview(raw))
                if crs.kind == "shifted":
                    geometry = shape_from_city(geometry, crs)
                yield (
                    {name: "" if value is None else value for name, value in zip(names, values, strict=True)},
                    geometry,
                )


def _feature(values: dict[str, Any], geometry: Any) -> str:
    shape = {"type": geometry.geom_type, "coordinates": geometry.coords}
    return json.dumps({"type": "Feature", "properties": values, "geometry": shape}, ensure_ascii=False)


def write_geojson(rows: Iterable[Out], target: Path, crs: Crs) -> None:
    """A collection; a system that is not WGS 84 is named in it and in the file's name."""
    with target.open("w", encoding="utf-8") as file:
        file.write(f'{{"type": "FeatureCollection", "coordinates": "{crs.name}", "features": [\n')
        for place, (values, geometry) in enumerate(rows):
            file.write((",\n" if place else "") + _feature(values, geometry))
        file.write("\n]}\n")


def _columns(values: dict[str, Any], geometry: Any) -> dict[str, Any]:
    """The row of a table: texts that no spreadsheet calculates, and where it lies."""
    texts = {name: guarded(value) if isinstance(value, str) else value for name, value in values.items()}
    at = geometry if geometry.geom_type == "Point" else geometry.point_on_surface
    return {**texts, "x": at.x, "y": at.y}


def write_csv(rows: Iterable[Out], target: Path, crs: Crs) -> None:
    """UTF-8 with a mark, as Excel wants it; shapes as WKT beside a point of each."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer: Any = None
        for values, geometry in rows:
            row = {**_columns(values, geometry), "wkt": geometry.wkt}
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)


def write_excel(rows: Iterable[Out], target: Path, crs: Crs) -> None:
    """One sheet, up to what a sheet holds."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(target.stem[:31])
    for place, (values, geometry) in enumerate(rows):
        if place >= MOST_EXCEL:
            raise Refused(
                "too_large", _("超过 %(most)s 行，Excel 放不下，请用其他格式") % {"most": MOST_EXCEL}, {"rule": "rows"}
            )
        row = _columns(values, geometry)
        if not place:
            sheet.append(list(row))
        sheet.append(list(row.values()))
    book.save(target)


def write_by_gdal(rows: Iterable[Out], target: Path, crs: Crs) -> None:
    """GeoPackage, or zipped Shapefiles: one each for points, lines and areas, because a Shapefile holds one kind."""
    epsg = crs.srid or {"wgs84": CITY, "cgcs2000": CGCS2000}.get(crs.name, 0)
    is_shape = target.suffix == ".zip"
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch)
        kinds = _split(rows, folder) if is_shape else _together(rows, folder)
        if not kinds:
            raise Refused("invalid", _("此图层没有数据可导出"), {"rule": "rows"})
        for kind in kinds:
            name = f"{target.stem}-{kind}.shp" if is_shape else target.name
            translate(folder / f"{kind}.geojsonl", folder / name, form="shp" if is_shape else "gpkg", epsg=epsg)
            (folder / f"{kind}.geojsonl").unlink()
        if is_shape:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for part in sorted(folder.iterdir()):
                    archive.write(part, part.name)
        else:
            (folder / target.name).replace(target)


def _together(rows: Iterable[Out], folder: Path) -> list[str]:
    with (folder / "all.geojsonl").open("w", encoding="utf-8") as file:
        file.writelines(_feature(values, geometry) + "\n" for values, geometry in rows)
        return ["all"] if file.tell() else []


def _split(rows: Iterable[Out], folder: Path) -> list[str]:
    files: dict[str, Any] = {}
    try:
        for values, geometry in rows:
            kind = KINDS[geometry.geom_type.removeprefix("Multi")]
            if kind not in files:
                files[kind] = (folder / f"{kind}.geojsonl").open("w", encoding="utf-8")
            short = {SHORT.get(name, name): value for name, value in values.items()}
            files[kind].write(_feature(short, geometry) + "\n")
    finally:
        for file in files.values():
            file.close()
    return list(files)
