"""What must hold of cells, whoever made them: the generator, an edit by hand, or an import.

Each check gives problems with a place to look at. Faults keep cells from being published; notices are for the eye.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.linework import Outline
from cityloop.grid.cells.engine.numbering import is_after
from cityloop.grid.cells.engine.plane import UNITS, plane_at

Vector = Any  # numpy array

FAULTS: Final = ("code", "twice", "broken", "parts", "hole", "crossing", "overlap", "uncovered")
NOTICES: Final = ("small", "large", "order")


@dataclass(frozen=True, slots=True)
class CellShape:
    """A cell to check: fifteen digits and its ground in degrees."""

    code: str
    shape: Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What is tolerated: cells from `small` to `large` m², borders that miss each other by `width_m`."""

    small: float = 5_000.0
    large: float = 20_000.0
    width_m: float = 0.1


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, with which cell or community (and which other), how much of it in m², and where."""

    kind: str
    code: str
    other: str = ""
    m2: float = 0.0
    place: tuple[float, float] | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it keeps the cells from being published."""
        return self.kind in FAULTS


def square_metres(shapes: Vector) -> Vector:
    """The area of shapes in degrees, each in the plane of its own middle."""
    bounds = shapely.bounds(shapes)
    middles = np.nan_to_num((bounds[:, 1] + bounds[:, 3]) / 2) if len(bounds) else np.zeros(0)
    scale = np.array([(plane := plane_at(float(at))).east * plane.north for at in middles])
    return shapely.area(shapes) * scale * UNITS**2


def metres_around(shapes: Vector) -> Vector:
    """The length of lines or outlines in degrees, each in the plane of its own middle."""
    found = np.zeros(len(shapes))
    for at, shape in enumerate(shapes):
        if not shape.is_empty:
            plane = plane_at((shape.bounds[1] + shape.bounds[3]) / 2)
            scale = (plane.east * UNITS, plane.north * UNITS)
            found[at] = shapely.length(shapely.transform(shape, lambda to, scale=scale: to * scale))
    return found


def check(cells: Sequence[CellShape], outlines: Sequence[Outline], limits: Limits | None = None) -> list[Problem]:
    """All problems of these cells; only the ground of these communities must be covered."""
    wanted = limits or Limits()
    problems = [*check_codes(cells, {outline.code for outline in outlines}), *check_shapes(cells)]
    broken = {problem.code for problem in problems if problem.kind in ("broken", "parts")}
    sound = [cell for cell in cells if cell.code not in broken]
    problems += check_sizes(sound, wanted)
    problems += check_overlaps(sound, wanted)
    problems += check_cover(sound, outlines, wanted)
    problems += check_order(sound)
    return problems


def check_codes(cells: Iterable[CellShape], communities: Iterable[str]) -> list[Problem]:
    """Fifteen digits that begin with a known community's, none twice."""
    known = set(communities)
    found = [
        Problem("code", cell.code)
        for cell in cells
        if len(cell.code) != 15 or not cell.code.isdigit() or cell.code[:12] not in known or cell.code[12:] == "000"
    ]
    return found + [Problem("twice", code) for code, times in Counter(c.code for c in cells).items() if times > 1]


def check_shapes(cells: Iterable[CellShape]) -> list[Problem]:
    """One piece, no hole, no border that crosses itself."""
    found = []
    for cell in cells:
        shape = cell.shape
        if shape.is_empty or not shape.is_valid:
            found.append(Problem("broken", cell.code))
        elif shape.geom_type != "Polygon":
            found.append(Problem("parts", cell.code, place=_inside(shape)))
        elif len(shape.interiors):
            found.append(Problem("hole", cell.code, place=_inside(shape)))
    return found


def check_sizes(cells: Sequence[CellShape], limits: Limits) -> list[Problem]:
    """Neither too small nor too large."""
    areas = square_metres(_shapes(cells))
    return [
        Problem("small" if area < limits.small else "large", cell.code, m2=float(area), place=_inside(cell.shape))
        for cell, area in zip(cells, areas, strict=True)
        if not limits.small <= area <= limits.large
    ]


def check_overlaps(cells: Sequence[CellShape], limits: Limits) -> list[Problem]:
    """No ground in two cells."""
    shapes = _shapes(cells)
    if not len(shapes) or shapely.coverage_is_valid(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    common = shapely.intersection(shapes[one], shapes[other])
    areas = square_metres(common)
    found = []
    for at in np.flatnonzero(areas > 0):
        if areas[at] > _tolerated(shapes[[one[at], other[at]]], limits):
            codes = sorted((cells[one[at]].code, cells[other[at]].code))
            found.append(Problem("overlap", codes[0], codes[1], float(areas[at]), _inside(common[at])))
    return found


def _tolerated(shapes: Vector, limits: Limits) -> float:
    """What two outlines drawn apart may differ by."""
    return max(0.5, float(metres_around(shapes).min()) / 2 * limits.width_m)


def check_cover(cells: Sequence[CellShape], outlines: Sequence[Outline], limits: Limits) -> list[Problem]:
    """Every cell inside its community, every community covered."""
    shapes = _shapes(cells)
    found = _crossings(cells, shapes, {outline.code: outline for outline in outlines}, limits)
    tree = shapely.STRtree(shapes)
    for outline in outlines:
        near = shapes[np.sort(tree.query(outline.shape, predicate="intersects"))]
        left = shapely.difference(outline.shape, shapely.union_all(near)) if len(near) else outline.shape
        for part in shapely.get_parts(left):
            m2 = float(square_metres(np.array([part], dtype=object))[0])
            if m2 > _tolerated(np.array([part], dtype=object), limits):
                found.append(Problem("uncovered", outline.code, m2=m2, place=_inside(part)))
    return found


def _crossings(
    cells: Sequence[CellShape], shapes: Vector, outlines: Mapping[str, Outline], limits: Limits
) -> list[Problem]:
    members: dict[str, list[int]] = defaultdict(list)
    for at, cell in enumerate(cells):
        members[cell.code[:12]].append(at)
    found = []
    for code, numbers in sorted(members.items()):
        if code in outlines:
            outside = shapely.difference(shapes[numbers], outlines[code].shape)
            for at, m2, beyond in zip(numbers, square_metres(outside), outside, strict=True):
                if m2 > 0 and m2 > _tolerated(shapes[[at]], limits):
                    found.append(Problem("crossing", cells[at].code, code, float(m2), _inside(beyond)))
    return found


def check_order(cells: Sequence[CellShape]) -> list[Problem]:
    """Each number lies further east or further south than the one before it in its community."""
    ordered = sorted(cells, key=lambda cell: cell.code)
    middles = np.round(shapely.get_coordinates(shapely.centroid(_shapes(ordered))), 6)
    return [
        Problem("order", cell.code, before.code, place=_inside(cell.shape))
        for (before, here), (cell, there) in pairwise(zip(ordered, middles, strict=True))
        if before.code[:12] == cell.code[:12] and before.code != cell.code and not is_after(tuple(here), tuple(there))
    ]


def _shapes(cells: Sequence[CellShape]) -> Vector:
    found = np.empty(len(cells), dtype=object)
    found[:] = [cell.shape for cell in cells]
    return found


def _inside(shape: Any) -> tuple[float, float]:
    at = shape.point_on_surface()
    return round(at.x, 7), round(at.y, 7)
