"""Cells as GeoJSON, in force or drafted, and reports in the form that a file's name asks for."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.grid.cells.engine.picture import as_page
from cityloop.grid.cells.engine.report import Report, as_json, as_lines
from cityloop.grid.cells.inputs import to_shape
from cityloop.grid.models import Cell, DraftCell, GridVersion


def as_geojson(cells: Iterable[Cell | DraftCell]) -> str:
    """One feature a line, seven decimals, with the attribution that the origin of the streets wants."""
    attribution = GridVersion.objects.filter(id=1).values_list("attribution", flat=True).first() or ""
    head = json.dumps({"type": "FeatureCollection", "name": "cells", "attribution": attribution}, ensure_ascii=False)
    lines = ",\n".join(_feature(cell) for cell in cells)
    return f'{head[:-1]}, "features": [\n{lines}\n]}}\n'


def _feature(cell: Cell | DraftCell) -> str:
    values: dict[str, Any] = {"code": cell.code, "area_class": cell.area_class, "area_m2": cell.area_m2}
    if isinstance(cell, Cell):
        values |= {"since": cell.valid_from.isoformat(), "invented": cell.invented}
    shape = json.loads(shapely.to_geojson(to_shape(cell.geom)))
    return json.dumps({"type": "Feature", "properties": values, "geometry": shape}, separators=(",", ":"))


def write_report(path: Path, title: str, report: Report, cells: Sequence[tuple[str, Any]]) -> None:
    """The report as a page (.html), as data (.json) or as text (.txt)."""
    forms = {
        ".html": lambda: as_page(title, report, cells),
        ".json": lambda: json.dumps(as_json(report), ensure_ascii=False, indent=1),
        ".txt": lambda: "\n".join(as_lines(report, most=10_000)) + "\n",
    }
    if path.suffix not in forms:
        raise Refused("invalid", _("报告文件应以 .html、.json 或 .txt 结尾"), {"fields": {"report": path.name}})
    path.write_text(forms[path.suffix](), encoding="utf-8")
