"""The invented outlines: districts and 街道 along real streets, then cells, communities and duty grids."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from math import hypot
from pathlib import Path

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from making.blocks import Block, faces, make_cells, snap
from making.network import MAJOR, Way, draw_on, node, path_along, to_degrees, to_metres
from making.partition import adjacency, divide, reading_order

Place = tuple[float, float]

# Borders between 街道: the streets to keep to, from where to where (metres of the local plane).
BORDERS: tuple[tuple[tuple[str, ...], Place, Place], ...] = (
    (("成都北路", "重庆北路", "重庆中路", "重庆南路"), (2, 2010), (530, 1)),
    (("延安中路",), (0, 690), (310, 748)),
    (("延安东路",), (310, 748), (2400, 1690)),
    (("浙江中路",), (1047, 2390), (1505, 1415)),
    (("西藏南路",), (1205, 1230), (1710, 0)),
    (("淮海东路", "人民路"), (1400, 830), (2400, 1316)),
    (("复兴东路",), (1640, 140), (2402, 471)),
)
# Short lines that close a border where carriageways pass each other without a junction.
JOINTS: tuple[tuple[Place, Place], ...] = (
    ((309.5, 748.1), (331.0, 729.2)),
    ((332.3, 757.7), (353.0, 737.5)),
    ((2400.1, 470.8), (2402.1, 470.8)),
)
# A point inside each 街道 and its real code.
REGIONS: tuple[tuple[Place, str], ...] = (
    ((60, 1340), "310106011"),
    ((285, 380), "310106012"),
    ((740, 1580), "310101002"),
    ((1820, 1920), "310101013"),
    ((970, 610), "310101022"),
    ((1910, 820), "310101018"),
    ((2000, 150), "310101019"),
)
CELLS_IN_COMMUNITY = 9.5
CELLS_IN_DUTY_GRID = 10.0
CENTRE = (900.0, 1450.0)  # 人民广场


@dataclass
class Cell:
    """One cell: its outline in degrees (stored) and in metres (measured)."""

    degrees: Polygon
    metres: Polygon
    street: str  # 街道 code
    community: str = ""
    code: str = ""
    area_class: str = ""
    duty_grid: str = ""

    @property
    def place(self) -> Place:
        """The middle, in metres."""
        return float(self.metres.centroid.x), float(self.metres.centroid.y)


@dataclass(frozen=True)
class Division:
    """A real administrative division: level, code, name, parent's code."""

    level: str
    code: str
    name: str
    parent: str


def read_divisions(path: Path) -> list[Division]:
    """Real codes and names."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Division(**row) for row in csv.DictReader(file)]


def _snapped(pieces: list[LineString], joint: tuple[Place, Place]) -> LineString:
    ends = {end for piece in pieces for end in (piece.coords[0], piece.coords[-1])}
    return LineString([min(ends, key=lambda at: (hypot(at[0] - x, at[1] - y), at)) for x, y in joint])


def _pieces(ground: list[Way], outline: Polygon) -> list[LineString]:
    lines = [way.line for way in ground]
    drawn = [*lines, *draw_on(lines, outline), outline.exterior]
    first = node(drawn)
    joints = [_snapped(first, joint) for joint in JOINTS[:2]] + [LineString(JOINTS[2])]
    return [piece for piece in node([*drawn, *joints]) if outline.buffer(0.3).covers(piece)]


def _regions(pieces: list[LineString], ground: list[Way], outline: Polygon) -> dict[str, Polygon]:
    borders = []
    for names, start, end in BORDERS:
        named = shapely.union_all([way.line for way in ground if way.name in names])
        borders.append(path_along(pieces, named, start, end))
    grounds = faces(node([outline.exterior, *borders]))
    found = {code: min(grounds, key=lambda face: face.distance(Point(at))) for at, code in REGIONS}
    assert len({id(face) for face in found.values()}) == len(REGIONS), "a border is not closed"
    return found


def make_blocks(ways: list[Way], outline: Polygon) -> list[Block]:
    """The faces of the street network, each in its 街道."""
    ground = [way for way in ways if way.is_ground]
    pieces = _pieces(ground, outline)
    regions = _regions(pieces, ground, outline)
    blocks = []
    for face in faces(pieces):
        inside = face.representative_point()
        blocks.append(Block(face, min(regions, key=lambda code: (regions[code].distance(inside), code))))
    return blocks


def cut_cells(ways: list[Way], outline: Polygon) -> list[Cell]:
    """All cells, without codes."""
    made = make_cells(make_blocks(ways, outline))
    shapes = snap([to_degrees(cell.shape) for cell in made])
    return [Cell(shape, to_metres(shape), cell.region) for shape, cell in zip(shapes, made, strict=True)]


def _streets_between(ways: list[Way]) -> BaseGeometry:
    return shapely.union_all([way.line for way in ways if way.is_ground]).buffer(3.0)


def code_cells(cells: list[Cell], ways: list[Way], divisions: list[Division]) -> None:
    """Communities with real codes, cells numbered west → east, north → south in each, duty grids over them."""
    graph = adjacency([cell.metres for cell in cells], _streets_between(ways))
    places = [cell.place for cell in cells]
    names: dict[str, list[Division]] = defaultdict(list)
    for division in divisions:
        names[division.parent].append(division)
    for _, street in REGIONS:
        members = [index for index, cell in enumerate(cells) if cell.street == street]
        count = min(len(names[street]), max(1, round(len(members) / CELLS_IN_COMMUNITY)))
        groups = divide(graph, places, members, parts=count)
        for group, division in zip(_in_order(places, groups, 300.0), names[street], strict=False):
            for number, index in enumerate(reading_order(places, group, row=90.0), start=1):
                cells[index].community = division.code
                cells[index].code = f"{division.code}{number:03d}"
        groups = divide(graph, places, members, parts=max(1, round(len(members) / CELLS_IN_DUTY_GRID)))
        for number, group in enumerate(_in_order(places, groups, 300.0), start=1):
            for index in group:
                cells[index].duty_grid = f"{street}-{number:02d}"


def _in_order(places: list[Place], groups: list[list[int]], row: float) -> list[list[int]]:
    middles = [
        (sum(places[i][0] for i in group) / len(group), sum(places[i][1] for i in group) / len(group))
        for group in groups
    ]
    return [groups[index] for index in reading_order(middles, list(range(len(groups))), row=row)]


def class_cells(cells: list[Cell], ways: list[Way]) -> None:
    """A on a main street near the centre, B on a main or connecting street, C elsewhere."""
    major = shapely.union_all([way.line for way in ways if way.is_ground and way.road_class in MAJOR])
    middle = shapely.union_all([way.line for way in ways if way.is_ground and way.road_class == "tertiary"])
    for cell in cells:
        away = hypot(cell.place[0] - CENTRE[0], cell.place[1] - CENTRE[1])
        if cell.metres.distance(major) < 12 and away < 900:
            cell.area_class = "A"
        elif min(cell.metres.distance(major), cell.metres.distance(middle)) < 12:
            cell.area_class = "B"
        else:
            cell.area_class = "C"
