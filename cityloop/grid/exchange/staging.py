"""The staging tables of one import: rows copied in as they are read, in a table that no one else sees.

They are not logged: after a crash of the server they are empty, and the import is simply checked again.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.db import connection, transaction

from cityloop.base.coordinates import Crs, shape_to_city
from cityloop.grid.exchange.layers import LayerSpec
from cityloop.grid.exchange.mapping import Mapper
from cityloop.grid.exchange.reading import Row

CHUNK: Final = 20_000


def make_table(table: str, spec: LayerSpec) -> None:
    """An empty table for the rows as they are read; an older one of that name goes."""
    columns = "".join(f", {target.column} {target.sql_type}" for target in spec.targets)
    with connection.cursor() as cursor:
        drop_tables(table)
        cursor.execute(
            f"CREATE UNLOGGED TABLE {table}_read (row int, raw geometry, odd text[], extension jsonb{columns})"
            " WITH (autovacuum_enabled = false)"
        )


def drop_tables(table: str) -> None:
    """Both tables of an import, if they are there."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}, {table}_read")


def copy_rows(table: str, mapper: Mapper, rows: Iterable[Row], crs: Crs, progress: Callable[[int], None]) -> int:
    """Copy the rows in, some thousands at a time; how many there were."""
    turned = (mapper.turn(shifted(row, crs) if crs.kind == "shifted" else row) for row in rows)
    count = 0
    while chunk := list(islice(turned, CHUNK)):
        _copy(f"{table}_read", mapper.columns(), [values for values in chunk if values is not None])
        count += len(chunk)
        progress(count)
    return count


def shifted(row: Row, crs: Crs) -> Row:
    """The row with its shape moved from GCJ-02 or BD-09, which the database cannot do."""
    if not row.shape:
        return row
    try:
        return row._replace(shape=shape_to_city(GEOSGeometry(row.shape), crs).hex.decode())
    except (GEOSException, ValueError):
        return row._replace(shape=None, odd=[*row.odd, "broken"])


def _copy(table: str, columns: Sequence[str], chunk: list[tuple[Any, ...]]) -> None:
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
        for values in chunk:
            copy.write_row(values)
