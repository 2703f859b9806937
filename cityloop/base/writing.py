"""Rows of several tables written by one statement: one message to the server, one answer, for all of them.

The parts are data-modifying CTEs. They see the rows as they were before the statement, so no part may rely on what
another one wrote, but for the ids that an INSERT returns. Where a page writes one row, use the ORM.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import NOT_PROVIDED, Field, Model

PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DateTimeField,
    models.ForeignKey,
    models.UUIDField,
)


class Column(NamedTuple):
    """A column that we write: its names here and there, and what makes a value one that the driver knows."""

    attname: str
    quoted: str
    prepare: Callable[[Any], Any] | None

    def value_of(self, row: Model) -> Any:
        """The row's value as the driver takes it."""
        value = row.__dict__[self.attname]
        return value if self.prepare is None else self.prepare(value)


@lru_cache(maxsize=256)
def columns_of(model: type[Model], *, with_key: bool = True, only: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """The columns of a table but those that the database fills itself; `only` names fields."""
    found: list[Field[Any, Any]] = [
        column
        for column in model._meta.concrete_fields
        if column.db_default is NOT_PROVIDED and (with_key or not column.primary_key)
    ]
    return tuple(
        Column(column.attname, connection.ops.quote_name(column.column), _preparing(column))
        for column in found
        if not only or column.name in only or column.attname in only
    )


def _preparing(column: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    return None if isinstance(column, PLAIN) else partial(column.get_db_prep_save, connection=connection)


class IdFrom(NamedTuple):
    """The id that another part's INSERT gives to its row with that value in that column."""

    part: str
    column: str
    value: Any


class Writing:
    """One statement in the making."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []

    def insert(
        self, rows: Sequence[Model], *, but_key: bool = True, returning: str = "", conflict: str = "", ids: str = ""
    ) -> str:
        """Add rows of one table; returns the name of the part.

        The database gives the keys, unless `but_key` is false. `returning` names columns that `IdFrom` may ask for;
        `conflict` is the SQL after ON CONFLICT. `ids` names the attribute that holds `IdFrom`s instead of values.
        """
        model = type(rows[0])
        columns = columns_of(model, with_key=not but_key)
        tuples = ", ".join(f"({self._tuple(row, columns, ids)})" for row in rows)
        sql = f"INSERT INTO {_table(model)} ({_names(columns)}) VALUES {tuples}"
        sql += f" ON CONFLICT {conflict}" if conflict else ""
        return self._add(sql + (f" RETURNING {returning}" if returning else ""))

    def _tuple(self, row: Model, columns: Iterable[Column], ids: str) -> str:
        marks = []
        for column in columns:
            value = row.__dict__[column.attname] if column.attname == ids else column.value_of(row)
            if isinstance(value, IdFrom):
                marks.append(f"(SELECT id FROM {value.part} WHERE {value.column} = %s)")
                value = value.value
            else:
                marks.append("%s")
            self._values.append(value)
        return ", ".join(marks)

    def update(self, row: Model, only: tuple[str, ...] = ()) -> str:
        """Change one row, all its columns or those of the named fields; returns the name of the part."""
        model = type(row)
        columns = columns_of(model, with_key=False, only=only)
        sets = ", ".join(f"{column.quoted} = %s" for column in columns)
        self._values += [column.value_of(row) for column in columns]
        self._values.append(row.pk)
        key = connection.ops.quote_name(model._meta.pk.column)
        return self._add(f"UPDATE {_table(model)} SET {sets} WHERE {key} = %s")

    def _add(self, sql: str) -> str:
        name = f"part{len(self._parts)}"
        self._parts.append(sql)
        return name

    def run(self) -> None:
        """Send it. The last part is the statement, those before it its CTEs."""
        if not self._parts:
            return
        *before, last = self._parts
        ctes = ", ".join(f"part{place} AS ({sql})" for place, sql in enumerate(before))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {ctes} {last}" if before else last, self._values)


def copy_in(rows: Sequence[Model], *, with_key: bool) -> None:
    """Copy in rows of one table, with the keys that they have or with keys from the database."""
    columns = columns_of(type(rows[0]), with_key=with_key)
    sql = f"COPY {_table(type(rows[0]))} ({_names(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row([column.value_of(row) for column in columns])


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _names(columns: Iterable[Column]) -> str:
    return ", ".join(column.quoted for column in columns)
