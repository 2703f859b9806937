"""What follows cells when they are replaced: components, registered objects, duty grids, work grids. Set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from cityloop.grid.models import Subject, Verb
from cityloop.grid.recording import Happened

# Whatever lay in an ended cell, or in none, gets the cell that now covers it; on a border the lowest code.
_PLACED: Final = """
UPDATE {table} t SET cell_id = f.cell_id
FROM (
    SELECT o.id, (
        SELECT c.id FROM grid_cell c
        WHERE ST_Covers(c.geom, ST_PointOnSurface(o.geom)) AND c.valid_from <= %(on)s AND c.valid_to IS NULL
        ORDER BY c.code LIMIT 1) AS cell_id
    FROM {table} o
    WHERE o.valid_to IS NULL AND (o.cell_id = ANY(%(ended)s) OR (o.cell_id IS NULL AND ST_Intersects(o.geom, (
        SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4326) FROM grid_cell WHERE id = ANY(%(made)s)))))
) f WHERE f.id = t.id AND t.cell_id IS DISTINCT FROM f.cell_id"""

# A new cell joins the grid in which most of its ground lay.
_JOINED: Final = """
INSERT INTO {link} ({grid}_id, cell_id)
SELECT DISTINCT ON (n.id{per}) d.id, n.id
FROM grid_cell n
JOIN grid_cell e ON e.id = ANY(%(ended)s) AND ST_Intersects(n.geom, e.geom)
JOIN {link} m ON m.cell_id = e.id
JOIN {table} d ON d.id = m.{grid}_id AND d.valid_to IS NULL
WHERE n.id = ANY(%(made)s)
ORDER BY n.id{per}, ST_Area(ST_Intersection(n.geom, e.geom)) DESC, d.code
ON CONFLICT DO NOTHING"""

_MEMBERS: Final = """
SELECT d.id, d.code, array_agg(c.code ORDER BY c.code) FROM {table} d
JOIN {link} m ON m.{grid}_id = d.id JOIN grid_cell c ON c.id = m.cell_id
WHERE d.id = ANY(%(grids)s) GROUP BY d.id, d.code ORDER BY d.code"""

_TOUCHED: Final = """
SELECT DISTINCT d.id FROM {table} d JOIN {link} m ON m.{grid}_id = d.id
WHERE m.cell_id = ANY(%(ended)s) AND d.valid_to IS NULL"""

_LEFT: Final = "DELETE FROM {link} WHERE cell_id = ANY(%(ended)s) AND {grid}_id = ANY(%(grids)s)"

_DRAWN: Final = """
UPDATE {table} d SET geom = u.geom FROM (
    SELECT m.{grid}_id AS id, ST_Multi(ST_Union(c.geom)) AS geom FROM {link} m JOIN grid_cell c ON c.id = m.cell_id
    WHERE m.{grid}_id = ANY(%(grids)s) GROUP BY m.{grid}_id
) u WHERE u.id = d.id"""

_EMPTY: Final = """
UPDATE {table} d SET valid_to = %(last)s
WHERE d.id = ANY(%(grids)s) AND d.valid_from <= %(last)s AND NOT EXISTS (
    SELECT 1 FROM {link} m WHERE m.{grid}_id = d.id)"""


@dataclass(frozen=True, slots=True)
class _Grids:
    """A kind of grid that is composed of cells."""

    subject: str
    names: dict[str, str]


_COMPOSED: Final = (
    _Grids(Subject.DUTY_GRID, {"table": "grid_dutygrid", "link": "grid_dutygrid_cells", "grid": "dutygrid", "per": ""}),
    _Grids(
        Subject.WORK_GRID,
        {"table": "grid_workgrid", "link": "grid_workgrid_cells", "grid": "workgrid", "per": ", d.unit_id"},
    ),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """How much followed, and what is to be written into the history."""

    components: int
    objects: int
    grids: int
    happened: tuple[Happened, ...]


def follow(ended: Sequence[int], made: Sequence[int], *, on: date) -> Followed:
    """Let everything follow from the ended cells to the new ones (ids), from that day."""
    params: dict[str, Any] = {"ended": list(ended), "made": list(made), "on": on, "last": on - timedelta(days=1)}
    happened: list[Happened] = []
    with connection.cursor() as cursor:
        cursor.execute(_PLACED.format(table="grid_component"), params)
        components = cursor.rowcount
        cursor.execute(_PLACED.format(table="grid_mapobject"), params)
        objects = cursor.rowcount
        for composed in _COMPOSED:
            happened += _recompose(cursor, composed, params)
    return Followed(components, objects, len(happened), tuple(happened))


def _recompose(cursor: Any, composed: _Grids, params: dict[str, Any]) -> list[Happened]:
    cursor.execute(_TOUCHED.format(**composed.names), params)
    params["grids"] = [row[0] for row in cursor.fetchall()]
    if not params["grids"]:
        return []
    before = _members(cursor, composed, params)
    for statement in (_JOINED, _LEFT, _DRAWN, _EMPTY):
        cursor.execute(statement.format(**composed.names), params)
    after = _members(cursor, composed, params)
    return [
        Happened(composed.subject, code, Verb.CHANGED, {"cells": cells}, {"cells": after.get(code, [])})
        for code, cells in before.items()
        if after.get(code) != cells
    ]


def _members(cursor: Any, composed: _Grids, params: dict[str, Any]) -> dict[str, list[str]]:
    cursor.execute(_MEMBERS.format(**composed.names), params)
    return {code: list(cells) for _id, code, cells in cursor.fetchall()}


def words_of(followed: Followed) -> str:
    """What followed, in a sentence."""
    values = {"components": followed.components, "objects": followed.objects, "grids": followed.grids}
    return _("%(components)d 个部件、%(objects)d 个登记对象、%(grids)d 个责任网格和工作网格随之调整") % values
