"""Reads base data from files into rows: GeoJSON for outlines, CSV for duty grids and components (`demo/README.md`).

Nothing here decides who may load or when to commit: `actions.load_geography` does. Every row is checked; a refusal
names the file and the row.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.gis.db.models import Model
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_multi, read_geometry, union_of
from cityloop.base.initials import initials_of
from cityloop.codes.models import Edition, Kind, Minor
from cityloop.grid.models import Area, Cell, Component, DutyGrid, Level, Street
from cityloop.org.models import Unit

BATCH = 1000


class Rows:
    """The rows of one file, each with where it stands, so that a refusal can say so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.attribution = ""

    def refused(self, number: int, message: str) -> Refused:
        """A refusal that names file and row."""
        text = _("%(file)s 第 %(row)d 行：%(message)s") % {"file": self.path.name, "row": number, "message": message}
        return Refused("invalid", text, {"file": self.path.name, "row": number, "reason": message})

    def features(self) -> list[tuple[int, Mapping[str, Any], Any]]:
        """Number, properties and geometry of each GeoJSON feature."""
        try:
            whole = json.loads(self.path.read_text(encoding="utf-8"))
            found = list(enumerate(whole["features"], start=1))
        except (OSError, ValueError, KeyError, TypeError):
            raise self.refused(0, _("不是 GeoJSON 文件")) from None
        self.attribution = str(whole.get("attribution", ""))
        return [(number, one["properties"], self.geometry(number, one["geometry"])) for number, one in found]

    def lines(self) -> list[tuple[int, dict[str, str]]]:
        """Number and fields of each line of a CSV file with a head."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                return [(number, row) for number, row in enumerate(csv.DictReader(file), start=2)]
        except (OSError, ValueError):
            raise self.refused(0, _("不是 UTF-8 的 CSV 文件")) from None

    def geometry(self, number: int, value: Any) -> Any:
        """The row's geometry."""
        try:
            return read_geometry(value)
        except Refused as no:
            raise self.refused(number, no.message) from None

    def day(self, number: int, value: str) -> date:
        """The row's date."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.refused(number, _("日期应为 YYYY-MM-DD：%(value)s") % {"value": value}) from None


def save(model: type[Model], rows: Iterable[Any], fields: Iterable[str]) -> int:
    """Insert the rows, or refresh these fields of those whose code is there already."""
    made = list(rows)
    model._default_manager.bulk_create(
        made, BATCH, update_conflicts=True, unique_fields=["code"], update_fields=list(fields)
    )
    return len(made)


def load_areas(path: Path) -> tuple[int, str]:
    """Areas, parents first, and the file's attribution."""
    rows = Rows(path)
    order = {level: number for number, level in enumerate(Level.values)}
    areas = [
        Area(
            code=values["code"],
            name=values["name"],
            level=values["level"],
            parent_id=values["parent"] or None,
            geom=as_multi(shape),
            valid_from=rows.day(number, values["since"]),
            invented=bool(values.get("invented")),
        )
        for number, values, shape in rows.features()
    ]
    areas.sort(key=lambda area: (order[area.level], area.code))
    fields = ("name", "level", "parent", "geom", "valid_from", "invented")
    return save(Area, areas, fields), rows.attribution


def load_cells(path: Path) -> int:
    """Cells; each in the community with which its code begins."""
    rows = Rows(path)
    known = set(Area.objects.filter(level=Level.COMMUNITY).values_list("code", flat=True))
    cells = []
    for number, values, shape in rows.features():
        if values["code"][:12] not in known:
            raise rows.refused(number, _("没有此社区：%(code)s") % {"code": values["code"][:12]})
        cells.append(
            Cell(
                code=values["code"],
                community_id=values["code"][:12],
                area_class=values["area_class"],
                area_m2=values["area_m2"],
                geom=shape,
                valid_from=rows.day(number, values["since"]),
                invented=bool(values.get("invented")),
            )
        )
    return save(Cell, cells, ("community", "area_class", "area_m2", "geom", "valid_from", "invented"))


def load_duty_grids(path: Path) -> int:
    """Duty grids, whose outlines are the unions of their cells."""
    rows = Rows(path)
    cells = {cell.code: cell for cell in Cell.objects.all()}
    grids: list[DutyGrid] = []
    members: dict[str, list[int]] = {}
    for number, row in rows.lines():
        missing = [code for code in row["cells"].split() if code not in cells]
        if missing:
            raise rows.refused(number, _("没有此单元网格：%(code)s") % {"code": missing[0]})
        own = [cells[code] for code in row["cells"].split()]
        members[row["code"]] = [cell.pk for cell in own]
        grids.append(
            DutyGrid(
                code=row["code"],
                name=row["name"],
                area_code=row["area_code"],
                geom=union_of(cell.geom for cell in own),
                valid_from=rows.day(number, row["since"]),
                invented=row["invented"] == "1",
            )
        )
    count = save(DutyGrid, grids, ("name", "area_code", "geom", "valid_from", "invented"))
    _set_members(members)
    return count


def _set_members(members: Mapping[str, list[int]]) -> None:
    """Give the duty grids of these codes exactly these cells."""
    link = DutyGrid.cells.through
    ids = dict(DutyGrid.objects.filter(code__in=members).values_list("code", "id"))
    link._default_manager.filter(dutygrid_id__in=ids.values()).delete()
    link._default_manager.bulk_create(
        link(dutygrid_id=ids[code], cell_id=cell) for code, cells in members.items() for cell in cells
    )


def load_streets(path: Path) -> tuple[int, str]:
    """Streets, and the file's attribution."""
    rows = Rows(path)
    streets = [
        Street(
            code=values["code"],
            name=values["name"],
            initials=initials_of(values["name"]),
            road_class=values["road_class"],
            level=values["level"],
            geom=as_multi(shape),
            valid_from=rows.day(number, values["since"]),
        )
        for number, values, shape in rows.features()
    ]
    count = save(Street, streets, ("name", "initials", "road_class", "level", "geom", "valid_from"))
    return count, rows.attribution


def load_components(path: Path, *, edition: Edition) -> int:
    """Components of that edition's categories; units and cells are found by code."""
    rows = Rows(path)
    known = _Known(
        minors={minor.code: minor for minor in Minor.objects.filter(edition=edition, kind=Kind.COMPONENT)},
        units=dict(Unit.objects.values_list("code", "id")),
        cells=dict(Cell.objects.values_list("code", "id")),
    )
    components = [_component(rows, number, row, known) for number, row in rows.lines()]
    fields = ("minor", "name", "place", "cell", "manager", "owner", "maintainer", "state", "geom")
    return save(Component, components, (*fields, "valid_from", "invented"))


@dataclass(frozen=True)
class _Known:
    """What components refer to, by code."""

    minors: Mapping[str, Minor]
    units: Mapping[str, int]
    cells: Mapping[str, int]


def _component(rows: Rows, number: int, row: Mapping[str, str], known: _Known) -> Component:
    def find(table: Mapping[str, Any], code: str) -> Any:
        if code not in table:
            raise rows.refused(number, _("没有此小类、网格或单位：%(code)s") % {"code": code})
        return table[code]

    minor = find(known.minors, row["code"][6:10])
    units = [find(known.units, row[duty]) if row[duty] else None for duty in ("manager", "owner", "maintainer")]
    return Component(
        code=row["code"],
        minor=minor,
        name=minor.name,
        place=row["place"],
        cell_id=find(known.cells, row["cell"]),
        manager_id=units[0],
        owner_id=units[1],
        maintainer_id=units[2],
        state=row["state"],
        geom=rows.geometry(number, row["shape"]),
        valid_from=rows.day(number, row["since"]),
        invented=row.get("invented", "1") == "1",
    )
