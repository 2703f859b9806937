"""Keeps the counts of cases by cell and phase, following the feed of events."""

from collections.abc import Collection
from typing import Any, Final

from django.db import connection

from cityloop.cases import feed

NAME: Final = "map"

# Where each of some cases is to be counted.
_NOW: Final = """
    SELECT c.id, coalesce(c.cell_id, 0) AS cell, c.area_code, c.supervising_id, c.commanding_id,
        c.filed_at IS NOT NULL AS filed, c.phase, c.point
    FROM cases_case c WHERE %(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[])"""
_KEY: Final = "cell, area_code, supervising_id, commanding_id, filed, phase"
_PLACES: Final = f"""
INSERT INTO cases_cellcount ({_KEY}, count, point)
SELECT n.cell, n.area_code, n.supervising_id, n.commanding_id, n.filed, n.phase, 0, coalesce(
    (SELECT ST_PointOnSurface(g.geom) FROM grid_cell g WHERE g.id = n.cell),
    (SELECT ST_PointOnSurface(a.geom) FROM grid_area a WHERE a.code = n.area_code),
    n.point)
FROM (SELECT DISTINCT ON ({_KEY}) {_KEY}, point FROM ({_NOW}) cases ORDER BY {_KEY}, point) n
WHERE NOT EXISTS (
    SELECT 1 FROM cases_cellcount k
    WHERE (k.cell, k.area_code, k.supervising_id, k.commanding_id, k.filed, k.phase)
        = (n.cell, n.area_code, n.supervising_id, n.commanding_id, n.filed, n.phase))
ON CONFLICT DO NOTHING"""
# Out of the old count, into the new one; a case that stands where it stood touches nothing.
_MOVE: Final = f"""
WITH moved AS (
    SELECT n.id, k.id AS place, old.place_id AS was
    FROM ({_NOW}) n
    JOIN cases_cellcount k ON (k.cell, k.area_code, k.supervising_id, k.commanding_id, k.filed, k.phase)
        = (n.cell, n.area_code, n.supervising_id, n.commanding_id, n.filed, n.phase)
    LEFT JOIN cases_counted old ON old.case_id = n.id
    WHERE old.place_id IS DISTINCT FROM k.id),
changed AS (
    SELECT place, sum(by) AS by
    FROM (SELECT place, 1 AS by FROM moved UNION ALL SELECT was, -1 FROM moved WHERE was IS NOT NULL) sides
    GROUP BY place),
summed AS (UPDATE cases_cellcount k SET count = k.count + changed.by FROM changed WHERE k.id = changed.place)
INSERT INTO cases_counted (case_id, place_id) SELECT id, place FROM moved
ON CONFLICT (case_id) DO UPDATE SET place_id = EXCLUDED.place_id"""


def follow(*, below: int | None = None) -> int:
    """Bring the counts up to date; how many events were new. `below` is the feed's `horizon` if not given."""
    if below is None and not feed.has_begun(NAME):
        recount()
    return feed.follow(NAME, count_anew, below=below)


def recount() -> None:
    """Forget all counts and count every case as it is now."""
    with feed.beginning_anew(NAME):
        _run("DELETE FROM cases_counted")
        _run("DELETE FROM cases_cellcount")
        _count(None)


def count_anew(case_ids: Collection[int]) -> None:
    """Count these cases where they stand now: as often as one likes."""
    _count(sorted(case_ids))


def _count(ids: list[int] | None) -> None:
    for statement in (_PLACES, _MOVE):
        _run(statement, {"ids": ids})


def _run(statement: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
