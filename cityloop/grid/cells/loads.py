"""What a cell asks of whoever patrols it: metres of street, components, and cases of the past."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from cityloop.grid.cells.engine.loading import street_metres
from cityloop.grid.models import Component

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
