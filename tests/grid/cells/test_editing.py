"""Cells split, merged and drawn anew by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.actions import Counts
from cityloop.grid.cells.drafting import check_in_force
from cityloop.grid.cells.editing import Edit, apply_edit, get_cells, plan_border, plan_merge, plan_split, shared_border
from cityloop.grid.models import Cell, Change, DutyGrid
from cityloop.org.actor import SYSTEM
from tests.grid.make import COMMUNITIES, NOW, at, cell_code

TODAY = city_date(NOW)
FIRST, SECOND, NORTH = cell_code(0, 0), cell_code(1, 0), cell_code(0, 1)
pytestmark = pytest.mark.django_db


def line(*places: tuple[float, float]) -> list[tuple[float, float]]:
    """A line by columns and rows."""
    return [tuple(at(*place)) for place in places]


def carry_out(edit: Edit, **values: Any) -> None:
    """The edit, from today."""
    apply_edit(edit, **{"by": SYSTEM, "now": NOW, "on": TODAY, "reason": "测试", **values})


def lasting() -> dict[str, int]:
    """Codes and m² of the first community's cells in force."""
    rows = Cell.objects.filter(community=COMMUNITIES[0], valid_to=None)
    return {cell.code[-3:]: cell.area_m2 for cell in rows}


BENT = line((-0.1, 0.2), (0.5, 0.9), (1.1, 0.4))
DRAWN = line((0.8, -0.1), (0.9, 0.5), (0.8, 1.1))
PLANS: list[tuple[Callable[[], Edit], set[str], int]] = [
    (lambda: plan_split(FIRST, line((0.5, -0.1), (0.5, 1.1)), now=NOW), {"001", "002", "004", "005", "006"}, 2),
    (lambda: plan_split(FIRST, BENT, now=NOW), {"001", "002", "004", "005", "006"}, 2),
    (lambda: plan_merge([FIRST, SECOND], now=NOW), {"001", "002", "005"}, 1),
    (lambda: plan_merge([FIRST, SECOND, NORTH, cell_code(1, 1)], now=NOW), {"005"}, 1),
    (lambda: plan_border([FIRST, SECOND], DRAWN, now=NOW), {"001", "002", "005", "006"}, 2),
]


@pytest.mark.parametrize(("plan", "codes", "made"), PLANS)
def test_edits(city: Counts, plan: Callable[[], Edit], codes: set[str], made: int) -> None:
    before = sum(Cell.objects.filter(community=COMMUNITIES[0]).values_list("area_m2", flat=True))
    edit = plan()
    assert len(edit.made) == made
    assert set(lasting()) == {"001", "002", "003", "004"}  # trying changes nothing
    carry_out(edit)
    assert set(lasting()) == codes
    assert sum(lasting().values()) == pytest.approx(before, rel=0.02)  # the tiny city's areas are round numbers
    assert not check_in_force(COMMUNITIES[0], on=TODAY).faults
    assert set(DutyGrid.objects.get(code="G1").cells.values_list("code", flat=True)) == set(
        Cell.objects.filter(code__startswith="310101", valid_to=None).values_list("code", flat=True)
    )
    assert Change.objects.filter(kind="cell", what="retired", reason="测试").count() == len(edit.ended)
    ended = Cell.objects.get(code=edit.ended[0].code)
    assert ended.valid_to == TODAY - timedelta(days=1)


def test_a_duty_grids_outline_follows_a_border_moved_between_two(city: Counts) -> None:
    other = DutyGrid.objects.create(
        code="G3", name="三", area_code=COMMUNITIES[0], valid_from=TODAY, geom=DutyGrid.objects.get(code="G1").geom
    )
    moved = Cell.objects.get(code=SECOND)
    DutyGrid.objects.get(code="G1").cells.remove(moved)
    other.cells.add(moved)
    carry_out(plan_border([FIRST, SECOND], line((0.5, -0.1), (0.5, 1.1)), now=NOW))
    other.refresh_from_db()
    assert other.geom.area == pytest.approx(1.5e-6, rel=0.01)
    assert other.cells.count() == 1


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (lambda: plan_split(FIRST, line((0.2, 0.2), (0.8, 0.8)), now=NOW), "invalid"),  # ends inside
        (lambda: plan_split(FIRST, [(0, 0)], now=NOW), "invalid"),
        (lambda: plan_split("310101002001999", line((0, 0), (1, 1)), now=NOW), "not_found"),
        (lambda: plan_merge([FIRST], now=NOW), "invalid"),
        (lambda: plan_merge([FIRST, cell_code(1, 1)], now=NOW), "invalid"),  # they meet in a corner
        (lambda: plan_merge([SECOND, cell_code(2, 0)], now=NOW), "invalid"),  # another community
        (lambda: plan_border([FIRST, SECOND], line((0.2, -0.1), (0.2, 0.5)), now=NOW), "invalid"),
        (lambda: plan_border([FIRST, SECOND, NORTH], line((0.2, -0.1), (0.2, 1.5)), now=NOW), "invalid"),
    ],
)
def test_edits_that_are_refused(city: Counts, plan: Callable[[], Edit], code: str) -> None:
    with pytest.raises(Refused) as no:
        plan()
    assert no.value.code == code


@pytest.mark.parametrize("values", [{"reason": " "}, {"on": TODAY + timedelta(days=1)}])
def test_an_edit_needs_a_reason_and_a_day(city: Counts, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        carry_out(plan_merge([FIRST, SECOND], now=NOW), **values)
    assert no.value.code == "invalid"
    assert set(lasting()) == {"001", "002", "003", "004"}


def test_an_edit_planned_on_cells_that_are_gone_is_refused(city: Counts) -> None:
    edit = plan_merge([FIRST, SECOND], now=NOW)
    carry_out(plan_split(FIRST, line((0.5, -0.1), (0.5, 1.1)), now=NOW))
    with pytest.raises(Refused) as no:
        carry_out(edit)
    assert no.value.code == "stale"


def test_the_border_that_is_dragged(city: Counts) -> None:
    border = shared_border(*get_cells([FIRST, SECOND], on=TODAY))
    assert {round(lon, 6) for lon, _lat in border} == {at(1, 0).lon}
    with pytest.raises(Refused):
        shared_border(*get_cells([FIRST, cell_code(3, 0)], on=TODAY))
