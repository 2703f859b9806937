"""What a cell asks of whoever patrols it: metres of street, components, and cases of the past."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from django.db.models import Count

from cityloop.grid.cells.engine.checks import metres_around
from cityloop.grid.models import Component

BORDER: Final = 2e-5  # degrees, some two metres: a street this near a border is the border

CountCases = Callable[[Sequence[str], date], Mapping[str, int]]
_counting: list[CountCases] = []


def register_cases(count: CountCases) -> None:
    """Say how cases are counted: by code of cell, since a day. The app of cases does: it stands above this one."""
    _counting[:] = [count]


@dataclass(frozen=True, slots=True)
class CellLoad:
    """What was counted in one cell."""

    street_m: float
    components: int
    cases: int


def count_loads(codes: Sequence[str], shapes: Sequence[Any], streets: Iterable[Any], *, since: date) -> list[CellLoad]:
    """The loads of these cells; a street on a border counts half on each side."""
    metres = street_metres(shapes, list(streets))
    rows = Component.objects.filter(valid_to=None, cell__code__in=codes).order_by()
    components = dict(rows.values_list("cell__code").annotate(n=Count("pk")))
    cases = _counting[0](codes, since) if _counting else {}
    return [
        CellLoad(float(length), components.get(code, 0), cases.get(code, 0))
        for code, length in zip(codes, metres, strict=True)
    ]


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
