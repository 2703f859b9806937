"""Where many cases are: cells or squares in classes of about equal numbers, so that no city is one red blot."""

import gzip
import json
from typing import Any, Final

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from cityloop.base.maps import Mark, Wanted
from cityloop.base.tiles import Memory, digest, draw_rows, encoded, read_rows, shape, square, values_of
from cityloop.cases.tiles.drawing import ONE, OPEN, box_of, rows_of
from cityloop.grid.models import Cell
from cityloop.workflow.engine import PHASES

CELLS_FROM: Final = 13
SQUARES: Final = 4  # zooms between a tile and its squares: 32 pixels wide
SHARES: Final = (0.2, 0.4, 0.6, 0.8)  # of all cells or squares with cases, in the order of their numbers
COLOURS: Final = ("#fef3c7", "#fcd34d", "#f59e0b", "#dc6803", "#93370d")

# Of their own: whoever draws a tile holds on to the other memory meanwhile.
_KEPT: Final = Memory(lambda: 1_000_000)

_FOUND: Final = "({}) found (cell, place, n)"
_LON: Final = "(ST_X(place::geometry) + 180) / 360"
_LAT: Final = "(1 - asinh(tan(radians(ST_Y(place::geometry)))) / pi()) / 2"
_IN_CELLS: Final = f"SELECT cell, sum(n)::int AS n FROM {_FOUND} WHERE cell <> 0 GROUP BY cell"
_IN_SQUARES: Final = f"""SELECT floor({_LON} * %(side)s::float8)::int AS x, floor({_LAT} * %(side)s::float8)::int AS y,
    sum(n)::int AS n FROM {_FOUND} WHERE place IS NOT NULL GROUP BY 1, 2"""
# A break is the highest number of its class: what is above so many breaks stands in the class after them.
_CLASS: Final = "1 + width_bucket(s.n - 1, %(breaks)s::int[])"
_BREAKS: Final = """
SELECT percentile_disc(%(shares)s::float8[]) WITHIN GROUP (ORDER BY s.n), max(s.n) FROM ({rows}) s"""
_CELLS: Final = encoded(
    "case_heat",
    f"""SELECT g.id, s.n, {_CLASS} AS class, {shape("g.geom")} AS geom
    FROM ({_IN_CELLS}) s JOIN grid_cell g ON g.id = s.cell ORDER BY g.id""",
)
_SQUARES: Final = encoded(
    "case_heat",
    f"""SELECT row_number() OVER (ORDER BY s.x, s.y) AS id, s.n, {_CLASS} AS class,
        {square("%(level)s", "s.x", "s.y")} AS geom FROM ({_IN_SQUARES}) s""",
)


def is_heat_phase(word: str) -> bool:
    """Whether a filter may say so: any phase, ended included."""
    return word in PHASES


def draw_heat(wanted: Wanted, breaks: list[int]) -> bytes:
    """Cells when zoomed in, squares when zoomed out, with their number and class."""
    tile, inside = wanted.tile, box_of(wanted.tile)
    values = values_of(tile) | _squares(tile.z) | {"breaks": breaks}
    counts, cases = rows_of(wanted, wanted.of or OPEN)
    if tile.z < CELLS_FROM:
        seen = counts.filter(point__bboverlaps=inside), cases.filter(point__bboverlaps=inside)
        return draw_rows(_SQUARES, values, rows=_columns(*seen))
    cells = list(Cell.objects.filter(geom__bboverlaps=inside).values_list("pk", flat=True))
    return draw_rows(_CELLS, values, rows=_columns(counts.filter(cell__in=cells), cases.filter(cell__in=cells)))


def find_breaks(wanted: Wanted, key: str) -> tuple[list[int], int]:
    """The highest numbers of the classes but the last, and of all: over everything that the actor sees at this zoom.

    Kept under `key`, which must tell all that they depend on besides zoom and filter.
    """
    kept = _KEPT.get(digest("heat", key, wanted.tile.z, wanted.of), lambda: json.dumps(_find_breaks(wanted)).encode())
    breaks, most = json.loads(gzip.decompress(kept))
    return breaks, most


def _find_breaks(wanted: Wanted) -> tuple[list[int], int]:
    rows = _IN_CELLS if wanted.tile.z >= CELLS_FROM else _IN_SQUARES
    values = _squares(wanted.tile.z) | {"shares": list(SHARES)}
    found = read_rows(_BREAKS.replace("{rows}", rows), values, rows=_columns(*rows_of(wanted, wanted.of or OPEN)))
    breaks, most = found[0] if found else (None, None)
    return sorted(set(breaks or ())), most or 0


def _columns(counts: QuerySet[Any], cases: QuerySet[Any]) -> tuple[QuerySet[Any], QuerySet[Any]]:
    cell = Coalesce(F("cell_id"), Value(0))
    return counts.values_list("cell", "point", "count"), cases.values_list(cell, "point", ONE)


def _squares(zoom: int) -> dict[str, int]:
    level = zoom + SQUARES
    return {"level": level, "side": 1 << level}


def heat_marks(actor: object) -> list[Mark]:
    """The classes, the least first; their numbers are those of a zoom."""
    return [Mark(place, "", colour, "fill") for place, colour in enumerate(COLOURS, start=1)]
