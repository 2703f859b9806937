"""The staged rows into base data: one statement a layer, inside the one transaction of its caller."""

from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.initials import initials_of
from cityloop.grid.models import DataImport, Subject, Verb
from cityloop.grid.numbering import hold_numbering
from cityloop.org.actor import Actor

HISTORY: Final = """
INSERT INTO grid_change (kind, code, what, at, "on", by_id, by_name, reason, batch, before, after)
SELECT %(kind)s, code, %(what)s, %(now)s, %(today)s, %(by_id)s, %(by_name)s, '', %(batch)s, '{{}}',
    jsonb_build_object('row', row)
FROM {table}_numbered ORDER BY row"""

# Rows without an error, numbered after the highest number ever given in their series: retired rows count too.
COMPONENTS: Final = """
CREATE TEMP TABLE {table}_numbered ON COMMIT DROP AS
WITH good AS (
    SELECT t.row, t.code, t.district || m.code AS series FROM {table} t JOIN codes_minor m ON m.id = t.minor_id
    WHERE NOT EXISTS (SELECT 1 FROM grid_importfinding f
        WHERE f.data_import_id = {id} AND f.row = t.row AND f.severity = 'error')),
last AS (
    SELECT series, greatest(
        coalesce((SELECT substr(max(c.code), 11)::int FROM grid_component c
            WHERE c.code >= series || '000000' AND c.code <= series || '999999'), 0),
        coalesce(max(substr(code, 11)::int) FILTER (WHERE left(code, 10) = series), 0)) AS number
    FROM good GROUP BY series)
SELECT g.row, CASE WHEN g.code <> '' THEN g.code ELSE g.series || lpad((l.number
    + count(*) FILTER (WHERE g.code = '') OVER (PARTITION BY g.series ORDER BY g.row))::text, 6, '0') END AS code
FROM good g JOIN last l USING (series)"""

# Of the other layers a row without a code is called by its import and number.
OTHERS: Final = """
CREATE TEMP TABLE {table}_numbered ON COMMIT DROP AS
SELECT t.row, CASE WHEN t.code <> '' THEN t.code ELSE '{prefix}-' || {id} || '-' || t.row END AS code FROM {table} t
WHERE NOT EXISTS (SELECT 1 FROM grid_importfinding f
    WHERE f.data_import_id = {id} AND f.row = t.row AND f.severity = 'error')"""

INSERTS: Final = {
    "components": """
INSERT INTO grid_component (valid_from, code, minor_id, name, place, cell_id, manager_id, owner_id, maintainer_id,
    state, changed_on, source, accuracy, extension, photos, note, geom, invented)
SELECT coalesce(t.since, %(today)s), n.code, t.minor_id, coalesce(nullif(t.name, ''), m.name), t.place, t.cell_place,
    t.manager_id, t.owner_id, t.maintainer_id, coalesce(nullif(t.state, ''), 'intact'), t.changed_on, t.source,
    t.accuracy, t.extension, '{{}}', t.note, t.geom, false
FROM {table}_numbered n JOIN {table} t USING (row) JOIN codes_minor m ON m.id = t.minor_id ORDER BY t.row""",
    "cells": """
INSERT INTO grid_cell (valid_from, code, community_code, area_class, area_m2, note, geom, invented)
SELECT coalesce(t.since, %(today)s), n.code, left(n.code, 12), t.area_class, round(ST_Area(t.geom::geography)), t.note,
    t.geom, false
FROM {table}_numbered n JOIN {table} t USING (row) ORDER BY t.row""",
    "areas": """
INSERT INTO grid_area (valid_from, code, name, level, parent_code, geom, invented)
SELECT coalesce(t.since, %(today)s), n.code, t.name,
    CASE length(n.code) WHEN 4 THEN 'city' WHEN 6 THEN 'district' WHEN 9 THEN 'street' ELSE 'community' END,
    (SELECT a.code FROM (SELECT code FROM grid_area UNION SELECT code FROM {table}_numbered) a
        WHERE n.code LIKE a.code || '%%' AND a.code <> n.code ORDER BY length(a.code) DESC LIMIT 1), t.geom, false
FROM {table}_numbered n JOIN {table} t USING (row) ORDER BY length(n.code), n.code""",
    "streets": """
INSERT INTO grid_street (valid_from, code, name, initials, road_class, level, geom)
SELECT coalesce(t.since, %(today)s), n.code, t.name, '', t.road_class, coalesce(nullif(t.level, ''), 'ground'), t.geom
FROM {table}_numbered n JOIN {table} t USING (row) ORDER BY t.row""",
    "objects": """
INSERT INTO grid_mapobject (layer_id, valid_from, code, name, place, cell_id, unit_id, state, extension, photos, note,
    geom, invented)
SELECT l.id, coalesce(t.since, %(today)s), n.code, t.name, t.place, t.cell_place, t.unit_id,
    coalesce(nullif(t.state, ''), 'working'), t.extension, '{{}}', t.note, t.geom, false
FROM {table}_numbered n JOIN {table} t USING (row) JOIN grid_objectlayer l ON l.code = %(layer)s ORDER BY t.row""",
}
KINDS: Final = {
    "components": Subject.COMPONENT,
    "cells": Subject.CELL,
    "areas": Subject.AREA,
    "streets": Subject.STREET,
}


def write_rows(job: DataImport, *, by: Actor, now: datetime, today: date) -> int:
    """Write the good rows and their history; how many. All of them or, with an exception, none."""
    table, name = job.staged_table, job.layer if job.layer in INSERTS else "objects"
    given = {
        "today": today,
        "layer": job.layer,
        "kind": KINDS.get(job.layer, Subject.OBJECT).value,
        "what": Verb.CREATED.value,
        "now": now,
        "by_id": by.person_id,
        "by_name": by.name,
        "batch": job.batch,
    }
    with connection.cursor() as cursor:
        demand_staged(cursor, job)
        hold_numbering()
        numbering = COMPONENTS if name == "components" else OTHERS
        cursor.execute(numbering.format(table=table, id=job.pk, prefix=job.layer))
        cursor.execute(f"ANALYZE {table}_numbered")
        demand_numbers(cursor, job)
        cursor.execute(INSERTS[name].format(table=table), _only(given, INSERTS[name]))
        count: int = cursor.rowcount
        cursor.execute(HISTORY.format(table=table), _only(given, HISTORY))
        if name == "streets":
            write_initials(cursor, table)
    return count


def _only(given: dict[str, Any], statement: str) -> dict[str, Any]:
    """The values that a statement names: the server refuses those that it does not."""
    return {name: value for name, value in given.items() if f"%({name})s" in statement}


def demand_staged(cursor: Any, job: DataImport) -> None:
    """Refuse when the staged rows are not there any more: a server that crashed has emptied them."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [job.staged_table])
    rows = 0
    if cursor.fetchone()[0]:
        cursor.execute(f"SELECT count(*) FROM {job.staged_table}")
        rows = cursor.fetchone()[0]
    if rows != job.counts.get("rows"):
        raise Refused("stale", _("暂存的数据已失效，请重新检查"), {"rule": "staged"})


def demand_numbers(cursor: Any, job: DataImport) -> None:
    """Refuse when a series has run out of its six digits."""
    if job.layer == "components":
        cursor.execute(f"SELECT count(*) FROM {job.staged_table}_numbered WHERE length(code) <> 16")
        if cursor.fetchone()[0]:
            raise Refused("invalid", _("同一区、同一小类的部件超过 999999 个，标识码不够用"), {"rule": "numbers"})


def write_initials(cursor: Any, table: str) -> None:
    """Initials of the new streets' names, by which they are found from the keyboard."""
    cursor.execute(f"SELECT DISTINCT s.name FROM grid_street s JOIN {table}_numbered n USING (code) WHERE s.name <> ''")
    pairs = [(initials_of(name)[:60], name) for (name,) in cursor.fetchall()]
    cursor.execute(
        f"UPDATE grid_street s SET initials = i.initials FROM unnest(%s::text[], %s::text[]) i (initials, name),"
        f" {table}_numbered n WHERE n.code = s.code AND s.name = i.name",
        [[pair[0] for pair in pairs], [pair[1] for pair in pairs]],
    )
