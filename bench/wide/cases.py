"""A million cases out of some ten thousand real histories: copied in the database, a statement a table.

The histories are told to `cases/load.py` at places of the wide city. A copy is the same case some hours earlier at
another place, with a number and ids of its own: case, reports, tasks, timer and participants. Events, texts and photos
stay with the originals: nothing that is measured here reads them.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Final

from django.db import connection, models, transaction
from django.db.models import Model

from bench import histories
from bench.city import SEED
from cityloop.cases.models import Case, Participant, Report, Task, Timer

ORIGINALS: Final = 25_000
APART: Final = 100_000_000  # between the ids of copies, more than any table has rows
EARLIER: Final = "12 hours"  # at most, lies a copy before its original
COPIED: Final[tuple[type[Model], ...]] = (Case, Report, Task, Timer, Participant)
COUNTRY: Final = "Asia/Shanghai"

Say = Callable[[str], None]

_WHERE = """
CREATE TEMP TABLE bench_copy AS
SELECT c.id, c.id + %(i)s::bigint * %(apart)s AS new_id,
    %(earlier)s::interval * (abs(hashint8extended(c.id, %(seed)s + %(i)s)) / 2.0^63) AS shift,
    s.point, s.cell_id, s.area_code, s.area_class, s.duty_grid_id
FROM cases_case c JOIN org_unit u ON u.id = c.supervising_id
JOIN (SELECT side, count(*) AS many FROM bench_spot GROUP BY side) o ON o.side = u.code
JOIN bench_spot s ON s.side = o.side AND s.n = abs(hashint8extended(c.id, %(seed)s - %(i)s)) %% o.many
WHERE c.id < %(apart)s ORDER BY c.id LIMIT %(wanted)s"""
_NUMBER = f"""to_char((r.created_at - w.shift) AT TIME ZONE '{COUNTRY}', 'YYYYMMDD') || w.new_id"""
# What a copy has of its own; every other column is the original's, moments are some hours earlier.
_OWN: Final[dict[tuple[type[Model], str], str]] = {
    (Case, "id"): "w.new_id",
    (Case, "number"): _NUMBER,
    (Case, "component_id"): "NULL",
    **{(Case, name): f"w.{name}" for name in ("point", "cell_id", "area_code", "area_class", "duty_grid_id")},
    (Report, "point"): "w.point",
    (Task, "duty_grid_id"): "CASE WHEN r.duty_grid_id IS NOT NULL THEN w.duty_grid_id END",
}


@cache
def _copying(model: type[Model]) -> str:
    """The statement that copies the rows of one table."""
    names, values = [], []
    for column in model._meta.concrete_fields:
        names.append(connection.ops.quote_name(column.column))
        values.append(_OWN.get((model, column.column)) or _value_of(column))
    key = "id" if model is Case else "case_id"
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM {model._meta.db_table} r JOIN bench_copy w ON w.id = r.{key} ORDER BY r.id"
    )


def _value_of(column: "models.Field[object, object]") -> str:
    name = f"r.{connection.ops.quote_name(column.column)}"
    if column.primary_key or column.related_model in COPIED:
        return f"{name} + %(i)s::bigint * {APART}"
    return f"{name} - w.shift" if isinstance(column, models.DateTimeField) else name


def load_originals(wanted: int, say: Say) -> None:
    """Have that many real histories at places of the wide city."""
    there = _count(f"id < {APART}")
    if there < wanted:
        connection.close()
        seconds = histories.load(wanted - there, say, wide=True)
        say(f"histories            {wanted - there:,} by cases/load.py, {(wanted - there) / seconds:.0f} a second")
        _run("ANALYZE")


def multiply(total: int, say: Say) -> float:
    """Bring the cases to `total`; how many rows a second were copied, 0 if nothing was to do."""
    there, rows, seconds = Case.objects.count(), 0, 0.0
    first = _last_copy() + 1
    originals = _count(f"id < {APART}")
    began = there
    for i in range(first, first + (total - there) // max(originals, 1) + 1):
        wanted = min(total - there, originals)
        if wanted <= 0:
            break
        copied, took = _copy(i, wanted)
        rows, seconds, there = rows + copied, seconds + took, there + wanted
        if (there - began) * 5 // max(total - began, 1) > (there - wanted - began) * 5 // max(total - began, 1):
            say(f"  ·  {there:,} of {total:,} cases")
    if rows:
        _move_sequences()
    return rows / seconds if seconds else 0.0


@transaction.atomic
def _copy(i: int, wanted: int) -> tuple[int, float]:
    """One copy of the first `wanted` originals; its rows and seconds."""
    given: dict[str, int | str] = {"i": i, "apart": APART, "earlier": EARLIER, "seed": SEED, "wanted": wanted}
    began, rows = _clock(), 0
    with connection.cursor() as cursor:
        cursor.execute(_WHERE, given)
        cursor.execute("ANALYZE bench_copy")
        for model in COPIED:
            statement = _copying(model)
            cursor.execute(statement, {"i": i} if "%(i)s" in statement else None)
            rows += cursor.rowcount
        cursor.execute("DROP TABLE bench_copy")
    return rows, _clock() - began


def _last_copy() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) / {APART} FROM cases_case")
        return int(cursor.fetchone()[0])


def _move_sequences() -> None:
    """Let new rows come after all copies."""
    for model in COPIED:
        table = model._meta.db_table
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _count(where: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM cases_case WHERE {where}")
        return int(cursor.fetchone()[0])


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _clock() -> float:
    return time.monotonic()
