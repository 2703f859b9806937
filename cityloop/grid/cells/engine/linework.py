"""From outlines and lines of the map to faces: everything cut at everything else on one grid, then closed.

Lines come as they are drawn: crossing without a corner, ending short, running twice. Snap rounding makes one net of
them, its faces are the blocks. Each block belongs to the community in which it lies; ground that two communities claim
goes to the lower code, a gap between two, narrower than `gap_m`, to the neighbour along which it runs longest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.mesh import Mesh, Ring
from cityloop.grid.cells.engine.plane import UNITS, Plane, plane_at

OUTSIDE: Final = -1
# How strong a line is: what a border along it is worth.
MADE, LANE, STREET, MAIN = 0, 1, 2, 3
# What a class of road (OpenStreetMap's `highway`) is worth as a border. Footways are none.
STRENGTHS: Final[Mapping[str, int]] = {
    "motorway": MAIN,
    "trunk": MAIN,
    "primary": MAIN,
    "secondary": MAIN,
    "tertiary": STREET,
    "footway": 0,
    "path": 0,
    "steps": 0,
    "cycleway": 0,
    "service": 0,
}


def strength_of(road_class: str) -> int:
    """How strong a border a street of this class is; 0 for one that cells do not follow."""
    return STRENGTHS.get(road_class.removesuffix("_link"), LANE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A community: twelve digits and its ground in degrees."""

    code: str
    shape: Any  # shapely Polygon or MultiPolygon


@dataclass(frozen=True, slots=True)
class Line:
    """A line that cells follow: a street's centre line or a bank, in degrees; `strength` from `LANE` to `MAIN`."""

    shape: Any  # shapely LineString or MultiLineString
    strength: int


@dataclass(slots=True)
class Net:
    """The mesh of blocks, and what is left over: ends of streets inside blocks, places where outlines disagree."""

    mesh: Mesh
    codes: list[str]
    dangles: list[list[int]]
    overlap_m2: float = 0.0
    gap_m2: float = 0.0
    islands: list[str] = field(default_factory=list)


def in_units(shapes: Any) -> Any:
    """Shapes in degrees as shapes in whole units."""
    return shapely.transform(shapes, lambda at: np.round(at * UNITS))


def in_degrees(shapes: Any) -> Any:
    """Shapes in units as shapes in degrees: the same unit always gives the same float."""
    return shapely.transform(shapes, lambda at: at / UNITS)


def plane_of(shape: Any) -> Plane:
    """The plane at the middle of a shape in degrees."""
    _, south, _, north = shape.bounds
    return plane_at((south + north) / 2)


def _drawn(outlines: Sequence[Outline], lines: Sequence[Line]) -> tuple[Any, list[Any]]:
    """Boundaries and lines in units; only lines that touch some outline."""
    grounds = np.array([outline.shape for outline in outlines], dtype=object)
    shapes = np.array([line.shape for line in lines], dtype=object)
    near = np.zeros(len(lines), dtype=bool)
    if len(lines):
        near[shapely.STRtree(grounds).query(shapes, predicate="intersects")[0]] = True
    kept = [(shape, line.strength) for shape, line, ok in zip(shapes, lines, near, strict=True) if ok]
    by_strength = [
        in_units(shapely.MultiLineString(_parts([shape for shape, strength in kept if strength == wanted])))
        for wanted in range(MAIN + 1)
    ]
    return in_units(shapely.boundary(grounds)), by_strength


def _parts(shapes: Sequence[Any]) -> list[Any]:
    return [part for part in shapely.get_parts(np.array(shapes, dtype=object)) if not part.is_empty] if shapes else []


def _owners(faces: Any, outlines: Sequence[Outline]) -> tuple[Any, Any]:
    """The community of each face (the lower code where two claim it, `OUTSIDE` for none), and whether two do."""
    grounds = in_units(np.array([outline.shape for outline in outlines], dtype=object))
    owner = np.full(len(faces), len(outlines))
    claims = np.zeros(len(faces), dtype=int)
    found, by = shapely.STRtree(grounds).query(shapely.point_on_surface(faces), predicate="within")
    order = sorted(range(len(outlines)), key=lambda at: outlines[at].code)
    rank = np.empty(len(outlines), dtype=int)
    rank[order] = np.arange(len(outlines))
    np.minimum.at(owner, found, rank[by])
    np.add.at(claims, found, 1)
    return np.where(owner == len(outlines), OUTSIDE, owner), claims > 1


def make_net(
    outlines: Sequence[Outline],
    lines: Sequence[Line],
    weights: Sequence[float],
    *,
    gap_m: float,
    around: Sequence[Outline] = (),
) -> Net:
    """The blocks of these communities between these lines; communities are in the order of their codes.

    The outlines `around` them get no blocks, but their corners on common borders are there.
    """
    ordered = sorted(outlines, key=lambda outline: outline.code)
    boundaries, drawn = _drawn(ordered, lines)
    beyond = in_units(shapely.boundary(np.array([outline.shape for outline in around], dtype=object)))
    pieces = shapely.get_parts(shapely.union_all([*boundaries, *beyond, *drawn], grid_size=1))
    polygons, _, dangles, _ = shapely.polygonize_full(pieces)
    faces = shapely.orient_polygons(_sorted(shapely.get_parts(polygons)))
    owner, doubly = _owners(faces, ordered)
    mesh = Mesh([plane_of(outline.shape) for outline in ordered], weights)
    net = Net(mesh, [outline.code for outline in ordered], [])
    unit = mesh.planes[0].east * mesh.planes[0].north
    net.overlap_m2 = float(shapely.area(faces[doubly]).sum() * unit)
    net.gap_m2 = _fill_gaps(faces, owner, _gaps(ordered, mesh.planes[0], gap_m)) * unit
    for face, community in zip(faces, owner, strict=True):
        if community != OUTSIDE:
            mesh.add(int(community), [_ring(mesh, ring) for ring in (face.exterior, *face.interiors)])
    merged = shapely.get_parts(shapely.line_merge(dangles))
    net.dangles = [_path(mesh, dangle) for dangle in merged if dangle.geom_type == "LineString"]
    _mark(mesh, net.dangles, drawn)
    return net


def _sorted(faces: Any) -> Any:
    middles = shapely.get_coordinates(shapely.point_on_surface(faces))
    return faces[np.lexsort((middles[:, 1], middles[:, 0]))] if len(faces) else faces


def _gaps(outlines: Sequence[Outline], plane: Plane, gap_m: float) -> list[Any]:
    """Narrow holes between the communities, in units."""
    unit = (plane.east + plane.north) / 2
    ground = shapely.union_all(in_units(np.array([outline.shape for outline in outlines], dtype=object)), grid_size=1)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(ground) for ring in part.interiors]
    return [hole for hole in holes if 2 * hole.area / hole.length * unit < gap_m]


def _fill_gaps(faces: Any, owner: Any, gaps: Sequence[Any]) -> float:
    """Give the faces in the gaps to the neighbours; their area in square units."""
    claimed = np.flatnonzero(owner != OUTSIDE)
    if not gaps or not len(claimed):
        return 0.0
    tree, filled = shapely.STRtree(faces[claimed]), 0.0
    inside = shapely.STRtree(gaps).query(shapely.point_on_surface(faces), predicate="within")[0]
    for number in np.unique(inside):
        near = claimed[tree.query(faces[number], predicate="touches")]
        shared = shapely.length(shapely.intersection(shapely.boundary(faces[number]), shapely.boundary(faces[near])))
        if owner[number] == OUTSIDE and len(near) and shared.max() > 0:
            owner[number] = owner[near[int(shared.argmax())]]
            filled += float(faces[number].area)
    return filled


def _ring(mesh: Mesh, ring: Any) -> Ring:
    return _path(mesh, ring)[:-1]


def _path(mesh: Mesh, line: Any) -> list[int]:
    return [mesh.vertex((int(x), int(y))) for x, y in shapely.get_coordinates(line)]


def _mark(mesh: Mesh, dangles: Sequence[Sequence[int]], drawn: Sequence[Any]) -> None:
    """Say of every border which line of the map it follows, the strongest if several."""
    ends = [pair for face in mesh.faces.values() for pair in _ends(face.edges)]
    ends += [pair for path in dangles for pair in pairwise(path)]
    keys = sorted({(min(pair), max(pair)) for pair in ends})
    if not keys:
        return
    corners = np.array(mesh.corners, dtype=float)
    pairs = np.array(keys)
    middles = shapely.points((corners[pairs[:, 0]] + corners[pairs[:, 1]]) / 2)
    for strength, lines in enumerate(drawn):
        parts = shapely.get_parts(lines)
        if len(parts):
            for at in np.unique(shapely.STRtree(parts).query(middles, predicate="dwithin", distance=2.0)[0]):
                start, end = keys[at]
                mesh.mark(start, end, strength)


def _ends(edges: set[int]) -> list[tuple[int, int]]:
    return [(key >> 32, key & 0xFFFFFFFF) for key in edges]
