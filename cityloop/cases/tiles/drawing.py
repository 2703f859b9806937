"""Tiles of open cases: clusters by phase when zoomed out, cases with the moments of their lamps when zoomed in."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.contrib.gis.geos import Polygon
from django.db.models import IntegerField, QuerySet, Value

from cityloop.base.maps import Tile, Wanted
from cityloop.base.tiles import EXTENT, draw, draw_rows, encoded, point, values_of
from cityloop.cases import feed
from cityloop.cases.models import Case, CellCount
from cityloop.cases.tiles import counting
from cityloop.cases.tiles.lamps import Clocked, Lamps
from cityloop.cases.tiles.scope import unwatched_cases, watched_counts
from cityloop.workflow.engine import PHASES

POINTS_FROM: Final = 14
MOST_POINTS: Final = 2000  # of a tile; more are counted
SQUARE: Final = EXTENT // 8  # units of a cluster's side: 64 pixels
ENDED: Final = "ended"
OPEN: Final = tuple(phase for phase in PHASES if phase != ENDED)
ONE: Final = Value(1, IntegerField())
_SUMS: Final = ", ".join(f"nullif(sum(n) FILTER (WHERE phase = '{phase}'), 0)::int AS {phase}" for phase in PHASES)
_CLUSTERS: Final = encoded(
    "case_clusters",
    f"""SELECT row_number() OVER (ORDER BY floor(ST_X(at) / {SQUARE}), floor(ST_Y(at) / {SQUARE})) AS id,
        sum(n)::int AS n, {_SUMS},
        ST_MakePoint((sum(ST_X(at) * n) / sum(n))::int, (sum(ST_Y(at) * n) / sum(n))::int) AS geom
    FROM (
        SELECT phase, n, {point("place")} AS at
        FROM ({{}}) found (place, phase, n)) placed
    GROUP BY floor(ST_X(at) / {SQUARE}), floor(ST_Y(at) / {SQUARE})""",
)
# The moments of the lamps are worked out here, from the calendars; everything else is read where it stands.
_POINTS: Final = encoded(
    "cases",
    f"""SELECT c.id, c.number, m.code AS minor, c.phase, c.urgent, l.lamp, l.due, l.soon AS yellow, l.due AS red,
        {point("c.point")} AS geom
    FROM unnest(%(ids)s::bigint[], %(lamps)s::text[], %(due)s::bigint[], %(soon)s::bigint[]) AS l (id, lamp, due, soon)
    JOIN cases_case c ON c.id = l.id LEFT JOIN codes_minor m ON m.id = c.minor_id ORDER BY c.id""",
)


def is_phase(word: str) -> bool:
    """Whether a filter may say so: a phase of open cases."""
    return word in OPEN


def box_of(tile: Tile) -> Any:
    """The tile as an area in degrees."""
    values = values_of(tile)
    return Polygon.from_bbox((values["west"], values["south"], values["east"], values["north"]))


def draw_cases(wanted: Wanted) -> bytes:
    """Open cases that the actor may see, or how many there are of each phase."""
    if wanted.tile.z >= POINTS_FROM:
        inside_it = open_cases(wanted).filter(point__bboverlaps=box_of(wanted.tile)).order_by()
        rows = list(inside_it.values_list(*Clocked._fields, named=True)[: MOST_POINTS + 1])
        if len(rows) <= MOST_POINTS:
            return _draw_points(wanted, rows)
    counts, cases = rows_of(wanted, wanted.of or OPEN)
    inside = box_of(wanted.tile)
    found = counts.filter(point__bboverlaps=inside).values_list("point", "phase", "count")
    more = cases.filter(point__bboverlaps=inside).values_list("point", "phase", ONE)
    return draw_rows(_CLUSTERS, values_of(wanted.tile), rows=(found, more))


def open_cases(wanted: Wanted) -> QuerySet[Case]:
    """The open cases of the wanted phases that the actor may see."""
    rows: QuerySet[Case] = Case.objects.visible_to(wanted.actor)
    return rows.exclude(phase=ENDED).filter(phase__in=wanted.of or OPEN)


def rows_of(wanted: Wanted, phases: Collection[str]) -> tuple[QuerySet[CellCount], QuerySet[Case]]:
    """The counts over which the actor watches, and the cases that are in none of them. Two sets that do not meet.

    Before anything was counted every case is looked at.
    """
    counts, cases = watched_counts(wanted.actor), unwatched_cases(wanted.actor)
    if not feed.has_begun(counting.NAME):
        counts, cases = counts.none(), Case.objects.visible_to(wanted.actor)
    if ENDED not in phases:
        cases = cases.exclude(phase=ENDED)
    return counts.filter(phase__in=phases), cases.filter(phase__in=phases).order_by()


def _draw_points(wanted: Wanted, rows: Iterable[Clocked]) -> bytes:
    lamps = Lamps(wanted.now)
    found = [(row.pk, lamps.moments_of(row)) for row in rows]
    values = {
        "ids": [pk for pk, _lamp in found],
        "lamps": [lamp.lamp for _pk, lamp in found],
        "due": [_seconds(lamp.due) for _pk, lamp in found],
        "soon": [_seconds(lamp.soon) for _pk, lamp in found],
    }
    return draw(_POINTS, values_of(wanted.tile) | values)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
