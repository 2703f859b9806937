"""Which cells are neighbours, how many metres they share, and what a duty grid's border between them costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.checks import metres_around
from cityloop.grid.cells.engine.plane import UNITS, plane_at

MADE_COST, STREET_COST, COMMUNITY_COST = 3.0, 1.0, 0.5  # a metre of border between two duty grids, by what runs there
NEAR_STREET: Final = 3e-5  # degrees, some three metres: a border this near runs along the street
APART: Final = 1e-6  # degrees, a decimetre: borders this near are one
LEAST_BORDER: Final = 3.0  # metres; less is a corner
EVERYWHERE: Final = 30.0  # metres north per degree hardly depend on the latitude

Metres = dict[tuple[int, int], float]
Graph = Mapping[int, Mapping[int, float]]
Vector = Any  # numpy array


def border_graph(shapes: Sequence[Any], communities: Sequence[str], streets: Sequence[Any] = ()) -> Graph:
    """Which cells are neighbours, and what a duty grid's border between them costs.

    A border along one of the `streets` (lines in degrees) is cheaper. Cells that only touch in a corner are none.
    """
    found = np.empty(len(shapes), dtype=object)
    found[:] = list(shapes)
    metres, along = _shared(found, streets)
    if len(found) and not shapely.coverage_is_valid(found, gap_width=APART):
        metres = _drawn_apart(found) | metres
    graph: dict[int, dict[int, float]] = {at: {} for at in range(len(shapes))}
    for (a, b), length in sorted(metres.items()):
        if length > LEAST_BORDER:
            street = along.get((a, b), 0.0)
            cost = MADE_COST * (length - street) + STREET_COST * street
            if communities[a] != communities[b]:
                cost *= COMMUNITY_COST
            graph[a][b] = graph[b][a] = cost
    return graph


def _shared(shapes: Vector, streets: Sequence[Any]) -> tuple[Metres, Metres]:
    """Metres of border that two cells share corner by corner, and how much of it runs along a street."""
    sides, cell = _sides(shapes)
    order = np.lexsort((cell, *sides.T[::-1]))
    twice = np.flatnonzero((sides[order][1:] == sides[order][:-1]).all(axis=1))
    first, second = order[twice], order[twice + 1]
    start, end = sides[first][:, :2], sides[first][:, 2:]
    middles = (start + end) / 2 / UNITS
    east = np.array([plane_at(float(north)).east for north in middles[:, 1]])
    step = (end - start).astype(float)
    length = np.hypot(step[:, 0] * east, step[:, 1] * plane_at(EVERYWHERE).north)
    on_street = _near_streets(middles, streets)
    metres: Metres = defaultdict(float)
    along: Metres = defaultdict(float)
    for a, b, long, street in zip(cell[first].tolist(), cell[second].tolist(), length, on_street, strict=True):
        metres[min(a, b), max(a, b)] += float(long)
        along[min(a, b), max(a, b)] += float(long) * bool(street)
    return metres, along


def _sides(shapes: Vector) -> tuple[Vector, Vector]:
    """Every side of every cell as four whole units, the smaller corner first, and whose it is."""
    rings, owner = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    units = np.round(corners * UNITS).astype(np.int64)
    start, end = units[:-1][same], units[1:][same]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap].copy()
    return np.hstack([start, end]), owner[ring[:-1][same]]


def _near_streets(middles: Vector, streets: Sequence[Any]) -> Vector:
    found = np.zeros(len(middles), dtype=bool)
    if len(streets) and len(middles):
        lines = shapely.get_parts(np.array(list(streets), dtype=object))
        near = shapely.STRtree(lines).query(shapely.points(middles), predicate="dwithin", distance=NEAR_STREET)
        found[near[0]] = True
    return found


def _drawn_apart(shapes: Vector) -> Metres:
    """Metres of border between cells whose corners do not meet, as surveys deliver them."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=APART)
    pairs = one < other
    one, other = one[pairs], other[pairs]
    near = shapely.buffer(shapely.boundary(shapes), APART, quad_segs=1)
    metres = metres_around(shapely.intersection(shapely.boundary(shapes[one]), near[other]))
    return {(int(a), int(b)): float(length) for a, b, length in zip(one, other, metres, strict=True)}
