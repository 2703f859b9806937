"""What a hand does to cells: split one by a line, merge some, draw the border between two anew.

Everything is put on the grid of whole units first, so that the parts share their corners exactly.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.linework import in_degrees, in_units

NEAR: Final = 20.0  # units, some twenty centimetres: borders this near are drawn together before merging
CRUMB: Final = 10_000.0  # square units, a square metre: less is no part


class NotDrawable(Exception):
    """The line or the choice of cells does not make cells; `reason` is one of the keys of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS: Final = ("misses", "crumb", "apart", "hole", "unlike")


def split(shape: Any, line: Any) -> list[Any]:
    """The parts of a cell on both sides of a line (degrees); it must run from border to border."""
    ground = in_units(shape)
    drawn = shapely.union_all([shapely.boundary(ground), in_units(line)], grid_size=1)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(drawn)))
    inside = faces[shapely.within(shapely.point_on_surface(faces), ground)] if len(faces) else faces
    if len(inside) < 2:
        raise NotDrawable("misses")
    if (shapely.area(inside) < CRUMB).any():
        raise NotDrawable("crumb")
    return [in_degrees(part) for part in shapely.normalize(inside)]


def merge(shapes: Sequence[Any]) -> Any:
    """The cells as one; they must share borders and enclose nothing."""
    grounds = [in_units(shape) for shape in shapes]
    whole = shapely.union_all(grounds, grid_size=1)
    if whole.geom_type != "Polygon":
        drawn = [grounds[0]]
        drawn += [shapely.snap(ground, shapely.union_all(drawn), NEAR) for ground in grounds[1:]]
        whole = shapely.union_all(drawn, grid_size=1)
    if whole.geom_type != "Polygon":
        raise NotDrawable("apart")
    if any(shapely.Polygon(ring).area > CRUMB for ring in whole.interiors):
        raise NotDrawable("hole")
    return in_degrees(shapely.normalize(shapely.Polygon(whole.exterior)))


def redraw(one: Any, other: Any, line: Any) -> tuple[Any, Any]:
    """The two cells with this line as their border; each part goes to the cell that has most of it."""
    whole = merge([one, other])
    parts = split(whole, line)
    shares = np.array([[shapely.intersection(part, old).area for old in (one, other)] for part in parts])
    owner = shares.argmax(axis=1)
    if set(owner.tolist()) != {0, 1}:
        raise NotDrawable("unlike")
    first, second = (merge([parts[at] for at in np.flatnonzero(owner == side)]) for side in (0, 1))
    return first, second
