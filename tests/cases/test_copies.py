"""The bench's copies of cases are cases: whole, with numbers and places of their own."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import F

from bench.wide.cases import APART, COPIED, multiply
from cityloop.cases.models import Case, Participant, Report, Task
from tests.cases.walk import Walk
from tests.world import World

SPOTS = """
CREATE TABLE bench_spot AS
SELECT CASE left(c.code, 6) WHEN '310101' THEN 'd1' ELSE 'd2' END AS side,
    row_number() OVER (PARTITION BY left(c.code, 6) ORDER BY c.code) - 1 AS n, ST_PointOnSurface(c.geom) AS point,
    c.id AS cell_id, c.code AS area_code, c.area_class, m.dutygrid_id AS duty_grid_id
FROM grid_cell c JOIN grid_dutygrid_cells m ON m.cell_id = c.id"""


@pytest.fixture
def copies(world: World) -> Iterator[list[Case]]:
    originals = [Walk(world).reported(), Walk(world).dispatched(), Walk(world).filed()]
    with connection.cursor() as cursor:
        cursor.execute(SPOTS)
    multiply(8, lambda line: None)
    assert Case.objects.count() == 8
    assert {one.case.pk for one in originals} == set(Case.objects.filter(pk__lt=APART).values_list("pk", flat=True))
    yield list(Case.objects.filter(pk__gt=APART).order_by("pk"))
    # Sequences are not rolled back: the next test begins with ids of a usual size.
    with connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000000)", [model._meta.db_table])


def test_a_copy_is_the_same_case_a_little_earlier_at_another_place(copies: list[Case]) -> None:
    for case in copies:
        original = Case.objects.get(pk=case.pk % APART)
        assert (case.state, case.unit_id, case.supervising_id) == (
            original.state,
            original.unit_id,
            original.supervising_id,
        )
        assert 0 <= (original.created_at - case.created_at).total_seconds() <= 43_200
        assert original.created_at - case.created_at == original.stage_began_at - case.stage_began_at
        assert case.number.endswith(str(case.pk))
        assert case.cell is not None
        assert case.cell.geom.covers(case.point)
        assert case.area_code == case.cell.code
        for model in (Report, Task, Participant):
            assert (
                model._default_manager.filter(case=case).count() == model._default_manager.filter(case=original).count()
            )
    assert not Participant.objects.exclude(created_at=F("case__created_at")).exists()


def test_copies_go_on_where_they_were_broken_off(copies: list[Case], world: World) -> None:
    multiply(12, lambda line: None)
    assert Case.objects.count() == 12
    assert Walk(world).filed().case.pk > max(case.pk for case in copies)
    groups = [case.pk // APART for case in Case.objects.order_by("pk")]
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(groups))
