"""Rows read by a written statement, where the ORM would take longer to write it than the server to answer it.

The columns and their converters are the ORM's own, worked out once. Use it on the few paths that every request
takes; everywhere else a queryset is easier to read.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model

AnyModel = TypeVar("AnyModel", bound=Model)


class Reader(Generic[AnyModel]):
    """Makes rows of one table out of a statement's columns."""

    def __init__(self, model: type[AnyModel]) -> None:
        self.model = model
        self._own = threading.local()

    @cached_property
    def _compiler(self) -> Any:
        compiler: Any = self.model._default_manager.order_by().query.get_compiler(connection=connection)
        compiler.setup_query()
        return compiler

    @cached_property
    def columns(self) -> str:
        """All columns, with the table's name before each; the statement must not give the table another name."""
        return ", ".join(sql for _, (sql, _), _ in self._compiler.select)

    @cached_property
    def width(self) -> int:
        """How many columns these are."""
        return len(self._names)

    @cached_property
    def _names(self) -> list[str]:
        return [expression.target.attname for expression, _, _ in self._compiler.select]

    def _converters(self) -> list[tuple[int, list[Any], Any]]:
        """Each thread has its own: those of geometry hold a reader that two threads must not use at once."""
        known: list[tuple[int, list[Any], Any]] | None = getattr(self._own, "converters", None)
        if known is None:
            known = self._own.converters = self._make_converters()
        return known

    def _make_converters(self) -> list[tuple[int, list[Any], Any]]:
        found = self._compiler.get_converters([expression for expression, _, _ in self._compiler.select])
        return [(place, converters, expression) for place, (converters, expression) in found.items()]

    @cached_property
    def table(self) -> str:
        """The quoted name of the table."""
        return connection.ops.quote_name(self.model._meta.db_table)

    def list(self, sql: str, values: Sequence[Any]) -> "list[AnyModel]":
        """The rows of a statement that gives these columns first."""
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [self.read(row) for row in cursor.fetchall()]

    def read(self, values: Sequence[Any]) -> AnyModel:
        """The row of these values."""
        row = list(values[: self.width])
        for place, converters, expression in self._converters():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        return self.model.from_db(connection.alias, self._names, row)
