"""What the pages of the atlas show, read from base data in a few statements."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.grid.selectors import area_names, list_duty_grids

Ring = list[tuple[float, float]]
Shape = list[Ring]  # the rings of an area, or the parts of a line, in degrees
MOST_PLATES: Final = 400
FRAME: Final = 0.06  # of ground beside a duty grid, as a share of its size
AROUND: Final = 1.2  # of its longer side, to each side of its middle: what a sheet may show of the ground beside it

GRIDS: Final = """
SELECT g.id, g.code, g.name, g.area_code, ST_AsGeoJSON(g.geom, 6) AS geom,
    ST_X(ST_PointOnSurface(g.geom)) AS lon, ST_Y(ST_PointOnSurface(g.geom)) AS lat,
    ST_XMin(g.geom) AS west, ST_YMin(g.geom) AS south, ST_XMax(g.geom) AS east, ST_YMax(g.geom) AS north
FROM grid_dutygrid g
WHERE g.area_code LIKE %(area)s || '%%' AND g.valid_from <= %(on)s AND (g.valid_to IS NULL OR g.valid_to >= %(on)s)
ORDER BY g.code LIMIT %(limit)s"""
CELLS: Final = """
SELECT l.dutygrid_id AS grid, c.code, c.area_class, c.area_m2, ST_AsGeoJSON(c.geom, 6) AS geom,
    ST_X(ST_PointOnSurface(c.geom)) AS lon, ST_Y(ST_PointOnSurface(c.geom)) AS lat,
    (SELECT count(*) FROM grid_component o WHERE o.cell_id = c.id AND o.valid_to IS NULL) AS components
FROM grid_dutygrid_cells l JOIN grid_cell c ON c.id = l.cell_id
WHERE l.dutygrid_id = ANY(%(grids)s) AND c.valid_to IS NULL ORDER BY c.code"""
HOLDERS: Final = """
SELECT h.duty_grid_id AS grid, p.name, h.shift, h.start_time, h.end_time
FROM grid_dutyholder h JOIN org_person p ON p.id = h.person_id
WHERE h.duty_grid_id = ANY(%(grids)s) AND h.valid_from <= %(on)s AND (h.valid_to IS NULL OR h.valid_to >= %(on)s)
ORDER BY h.start_time NULLS LAST, p.name"""
COMPONENTS: Final = """
SELECT l.dutygrid_id AS grid, m.code AS minor, m.name, j.name AS major, ST_X(ST_PointOnSurface(o.geom)) AS lon,
    ST_Y(ST_PointOnSurface(o.geom)) AS lat
FROM grid_dutygrid_cells l JOIN grid_component o ON o.cell_id = l.cell_id JOIN codes_minor m ON m.id = o.minor_id
JOIN codes_major j ON j.id = m.major_id
WHERE l.dutygrid_id = ANY(%(grids)s) AND o.valid_to IS NULL ORDER BY m.code, o.code"""
STREETS: Final = """
SELECT s.name, s.road_class, ST_AsGeoJSON(ST_Intersection(s.geom, box.geom), 6) AS geom
FROM ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AS box(geom)
JOIN grid_street s ON s.geom && box.geom AND ST_Intersects(s.geom, box.geom)
WHERE s.valid_to IS NULL AND s.level = 'ground' ORDER BY s.code"""

BESIDE: Final = """
SELECT g.name, ST_AsGeoJSON(g.geom, 6) AS geom FROM grid_dutygrid g
WHERE g.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AND g.code <> %(code)s
    AND g.valid_from <= %(on)s AND (g.valid_to IS NULL OR g.valid_to >= %(on)s) ORDER BY g.code"""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of ground in degrees."""

    west: float
    south: float
    east: float
    north: float

    def framed(self) -> "Box":
        """The same with some ground around."""
        wide, high = (self.east - self.west) * FRAME, (self.north - self.south) * FRAME
        return Box(self.west - wide, self.south - high, self.east + wide, self.north + high)

    def around(self) -> "Box":
        """Enough ground for a sheet of any shape on which this one is drawn."""
        half = max((self.east - self.west) * AROUND, (self.north - self.south) * AROUND)
        lon, lat = (self.west + self.east) / 2, (self.south + self.north) / 2
        return Box(lon - half, lat - half, lon + half, lat + half)


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell on a plate: outline, number, class, size in m², where its number stands, how many components."""

    code: str
    area_class: str
    area_m2: int
    shape: Shape
    at: tuple[float, float]
    components: int


@dataclass(frozen=True, slots=True)
class StreetView:
    """A street within the frame of a plate."""

    name: str
    road_class: str
    parts: Shape


@dataclass(slots=True)
class Plate:
    """One duty grid as its page shows it. `kinds` counts components by minor category, the most frequent first."""

    code: str
    name: str
    area: str
    box: Box
    shape: Shape
    at: tuple[float, float]  # a place inside
    cells: list[CellView] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    points: list[tuple[str, float, float]] = field(default_factory=list)  # major code, degrees
    majors: dict[str, str] = field(default_factory=dict)  # names of these majors by code
    beside: list[tuple[str, Shape]] = field(default_factory=list)  # names and outlines of neighbours
    streets: list[StreetView] = field(default_factory=list)


def read_plates(*, area: str = "", codes: Sequence[str] = (), on: date) -> list[Plate]:
    """The duty grids in force on that day below an area code, or those of these codes, in order of their codes.

    Refused as `not_found` where there is none, as `too_large` beyond `MOST_PLATES`.
    """
    rows = _rows(GRIDS, {"area": area, "on": on, "limit": MOST_PLATES + 1 if not codes else None})
    rows = [row for row in rows if not codes or row["code"] in codes]
    if not rows:
        raise Refused("not_found", _("没有符合条件的责任网格"), {"area": area})
    if len(rows) > MOST_PLATES:
        words = _("责任网格超过 %(most)s 个，请按区或街道分册输出") % {"most": MOST_PLATES}
        raise Refused("too_large", words, {"most": MOST_PLATES})
    return _filled(rows, on)


def count_plates(area: str, on: date) -> int:
    """How many pages an atlas of that area would have, its index not counted."""
    return list_duty_grids(on=on).filter(area_code__startswith=area).count()


def _filled(rows: list[dict[str, Any]], on: date) -> list[Plate]:
    names = area_names(_prefixes(row["area_code"] for row in rows))
    plates: dict[int, Plate] = {}
    for row in rows:
        box = Box(row["west"], row["south"], row["east"], row["north"]).framed()
        area = "".join(names.get(code, "") for code in _parts(row["area_code"]))
        at = (row["lon"], row["lat"])
        plates[row["id"]] = Plate(row["code"], row["name"], area, box, _shape(row["geom"]), at)
    given = {"grids": list(plates), "on": on}
    for row in _rows(CELLS, given):
        cell = (row["code"], row["area_class"], row["area_m2"], _shape(row["geom"]), (row["lon"], row["lat"]))
        plates[row["grid"]].cells.append(CellView(*cell, row["components"]))
    for row in _rows(HOLDERS, given):
        plates[row["grid"]].holders.append(_holder(row))
    _add_components(plates, given)
    for plate in plates.values():
        plate.streets = read_streets(plate.box.around())
        beside = _rows(BESIDE, {**asdict(plate.box.around()), "code": plate.code, "on": on})
        plate.beside = [(row["name"], _shape(row["geom"])) for row in beside]
    return list(plates.values())


def read_streets(box: Box) -> list[StreetView]:
    """The streets on the ground in a box, cut at its border."""
    return [StreetView(row["name"], row["road_class"], _shape(row["geom"])) for row in _rows(STREETS, asdict(box))]


def box_of(plates: Sequence[Plate]) -> Box:
    """The ground of all of them."""
    boxes = [plate.box for plate in plates]
    return Box(
        min(box.west for box in boxes),
        min(box.south for box in boxes),
        max(box.east for box in boxes),
        max(box.north for box in boxes),
    )


def _add_components(plates: dict[int, Plate], given: dict[str, Any]) -> None:
    for row in _rows(COMPONENTS, given):
        plate = plates[row["grid"]]
        plate.kinds[row["name"]] = plate.kinds.get(row["name"], 0) + 1
        plate.points.append((row["minor"][:2], row["lon"], row["lat"]))
        plate.majors[row["minor"][:2]] = row["major"]
    for plate in plates.values():
        plate.kinds = dict(sorted(plate.kinds.items(), key=lambda item: -item[1]))


def _holder(row: dict[str, Any]) -> str:
    hours = f" {row['start_time']:%H:%M}–{row['end_time']:%H:%M}" if row["start_time"] else ""
    return f"{row['name']} {row['shift']}{hours}".strip()


def _parts(code: str) -> list[str]:
    return [code[:length] for length in (6, 9, 12) if len(code) >= length]


def _prefixes(codes: Iterable[str]) -> set[str]:
    return {part for code in codes for part in _parts(code)}


def _shape(geojson: str) -> Shape:
    """The rings or parts of whatever geometry it is; points are passed over."""
    return list(_lines(json.loads(geojson)))


def _lines(found: dict[str, Any]) -> Iterable[Ring]:
    match found["type"]:
        case "LineString":
            yield [(lon, lat) for lon, lat in found["coordinates"]]
        case "Polygon" | "MultiLineString":
            yield from ([(lon, lat) for lon, lat in ring] for ring in found["coordinates"])
        case "MultiPolygon":
            yield from ([(lon, lat) for lon, lat in ring] for part in found["coordinates"] for ring in part)
        case "GeometryCollection":
            for part in found["geometries"]:
                yield from _lines(part)


def _rows(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        assert cursor.description is not None
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
