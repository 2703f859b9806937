"""Rows of written statements: the same as the ORM's, in many threads at once."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from cityloop.base.reading import Reader
from cityloop.cases.models import Case
from tests.cases.walk import Walk
from tests.world import World

THREADS, TIMES = 8, 400


def test_rows_are_those_of_the_orm_in_every_thread(world: World) -> None:
    case = Walk(world).filed().case
    reader = Reader(Case)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {reader.columns} FROM cases_case WHERE id = %s", [case.pk])
        values = cursor.fetchone()

    def read_often(_: int) -> set[tuple[float, float]]:
        return {reader.read(values).point.coords for _ in range(TIMES)}  # type: ignore[union-attr]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(read_often, range(THREADS)))
    assert found == [{case.point.coords}] * THREADS  # type: ignore[union-attr]
    row = reader.read(values)
    names = [column.attname for column in Case._meta.concrete_fields]
    assert {name: getattr(row, name) for name in names} == {name: getattr(case, name) for name in names}
