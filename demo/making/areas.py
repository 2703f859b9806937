"""Invented outlines: 街道 along real streets, communities within. Cells and duty grids are the product's own work."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from math import hypot
from pathlib import Path

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import polygonize

from cityloop.grid.cells.engine.balance import Weights, divide
from cityloop.grid.cells.engine.borders import border_graph
from cityloop.grid.cells.engine.generator import generate
from cityloop.grid.cells.engine.linework import Line, Outline
from cityloop.grid.cells.engine.loading import street_metres
from cityloop.grid.cells.engine.numbering import reading_order
from making.network import MAJOR, Way, draw_on, node, path_along, to_degrees, to_metres

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
    load: float = 0.0

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


def make_regions(ways: list[Way], outline: Polygon) -> dict[str, Polygon]:
    """The ground of each 街道, in degrees: what the streets of `BORDERS` cut the outline into."""
    ground = [way for way in ways if way.is_ground]
    pieces = _pieces(ground, outline)
    borders = []
    for names, start, end in BORDERS:
        named = shapely.union_all([way.line for way in ground if way.name in names])
        borders.append(path_along(pieces, named, start, end))
    faces = list(polygonize(node([outline.exterior, *borders])))
    parts: dict[str, list[Polygon]] = {code: [] for _, code in REGIONS}
    for at, code in REGIONS:
        parts[code].append(min(faces, key=lambda face: face.distance(Point(at))))
    assert len({id(own[0]) for own in parts.values()}) == len(REGIONS), "a border is not closed"
    taken = {id(own[0]) for own in parts.values()}
    for face in faces:  # what lies between carriageways goes to whom it touches most
        if id(face) not in taken:
            shared = {code: face.intersection(own[0]).length for code, own in parts.items()}
            parts[max(shared, key=lambda code: shared[code])].append(face)
    return {code: to_degrees(shapely.union_all(own)) for code, own in parts.items()}


def _groups(shapes: list[Polygon], loads: list[float], lines: list[Line], *, parts: int) -> list[list[int]]:
    """Contiguous groups of equal load, in reading order."""
    graph = border_graph(shapes, [""] * len(shapes), [line.shape for line in lines])
    places = [_place(shape) for shape in shapes]
    groups = divide(graph, places, loads, range(len(shapes)), parts=parts)
    middles = [_place(shapely.union_all([shapes[i] for i in group])) for group in groups]
    return [groups[at] for at in reading_order(middles, row=300.0)]


def _place(shape: Polygon) -> Place:
    middle = to_metres(shape.centroid)
    return float(middle.x), float(middle.y)


def make_communities(regions: dict[str, Polygon], lines: list[Line], divisions: list[Division]) -> dict[str, Polygon]:
    """Invented outlines of communities with real codes: cells of the 街道, grouped."""
    names: dict[str, list[Division]] = defaultdict(list)
    for division in divisions:
        names[division.parent].append(division)
    first = generate([Outline(f"{street}001", shape) for street, shape in regions.items()], lines)
    found = {}
    for street in sorted(regions):
        shapes = [cell.shape for cell in first.cells if cell.code.startswith(street)]
        count = min(len(names[street]), max(1, round(len(shapes) / CELLS_IN_COMMUNITY)))
        groups = _groups(shapes, [shape.area for shape in shapes], lines, parts=count)
        for group, division in zip(groups, names[street], strict=False):
            whole = shapely.coverage_union_all([shapes[i] for i in group])
            found[division.code] = shapely.normalize(shapely.get_parts(whole)[0])
    return found


def make_cells(communities: dict[str, Polygon], lines: list[Line]) -> list[Cell]:
    """The product's own cells between these streets and outlines."""
    made = generate([Outline(code, shape) for code, shape in communities.items()], lines)
    return [Cell(cell.shape, to_metres(cell.shape), cell.code[:9], cell.community, cell.code) for cell in made.cells]


def make_duty_grids(cells: list[Cell], lines: list[Line], counts: dict[str, int], found: dict[str, int]) -> None:
    """As many duty grids of equal load in each 街道 as there are inspectors; `found` are components by cell."""
    metres = street_metres([cell.degrees for cell in cells], [line.shape for line in lines])
    for cell, length in zip(cells, metres, strict=True):
        cell.load = Weights().load(length, found.get(cell.code, 0), 0)
    for street, parts in counts.items():
        own = [cell for cell in cells if cell.street == street]
        groups = _groups([cell.degrees for cell in own], [cell.load for cell in own], lines, parts=parts)
        for number, group in enumerate(groups, start=1):
            for at in group:
                own[at].duty_grid = f"{street}-{number:02d}"


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
