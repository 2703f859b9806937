"""How much street there is to walk in a cell."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.checks import metres_around

BORDER: Final = 2e-5  # degrees, some two metres: a street this near a border is the border


def street_metres(shapes: Sequence[Any], streets: Sequence[Any]) -> Any:
    """Metres of street in each shape (degrees): what is inside counts whole, what runs on the border half."""
    found = np.zeros(len(shapes))
    if not streets or not len(shapes):
        return found
    ground = np.empty(len(shapes), dtype=object)
    ground[:] = list(shapes)
    lines = shapely.get_parts(np.array(list(streets), dtype=object))
    tree = shapely.STRtree(lines)
    for reach in (BORDER, -BORDER):
        around = shapely.buffer(ground, reach, join_style="mitre")
        cell, line = tree.query(around, predicate="intersects")
        np.add.at(found, cell, metres_around(shapely.intersection(lines[line], around[cell])) / 2)
    return found
