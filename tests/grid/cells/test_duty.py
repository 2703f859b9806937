"""Duty grids proposed as a draft, moved by hand, published with their inspectors."""

from datetime import timedelta
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.actions import Counts, assign_holder
from cityloop.grid.cells.duty import Wish, draft_duty, move_cell, publish_duty
from cityloop.grid.cells.engine.balance import Weights
from cityloop.grid.cells.loads import count_loads, street_metres
from cityloop.grid.models import Change, Draft, DraftMember, DutyGrid, DutyHolder
from cityloop.grid.selectors import locate
from cityloop.org.actor import SYSTEM
from tests.grid.cells.nets import box, line
from tests.grid.make import NOW, at, cell_code, make_inspector

TODAY = city_date(NOW)
pytestmark = pytest.mark.django_db
PLAIN = Weights(street_km=0, components=0, cases=0, cell=1)


def drafted(groups: int = 4, **values: Any) -> Draft:
    """A draft for the whole tiny city."""
    return draft_duty("3101", Wish(**{"groups": groups, "weights": PLAIN, **values}), by=SYSTEM, now=NOW)


def publish(draft: Draft, **values: Any) -> Any:
    """The draft in force from today."""
    return publish_duty(draft.pk, **{"by": SYSTEM, "now": NOW, "on": TODAY, **values})


def grids_of(draft: Draft) -> dict[str, list[str]]:
    """Codes of cells by code of duty grid."""
    found: dict[str, list[str]] = {}
    for member in DraftMember.objects.filter(duty_grid__draft=draft).select_related("cell", "duty_grid"):
        found.setdefault(member.duty_grid.code, []).append(member.cell.code)
    return found


def test_streets_count_whole_inside_and_half_on_a_border() -> None:
    squares = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    streets = [line((100, 0), (100, 100)).shape, line((0, 50), (100, 50)).shape]
    assert list(street_metres(squares, streets)) == pytest.approx([150, 50], abs=2)


def test_loads_are_counted(city: Counts) -> None:
    codes = [cell_code(0, 0), cell_code(0, 1)]
    shapes = [box(0, 0, 100, 100)] * 2
    first, second = count_loads(codes, shapes, [], since=TODAY)
    assert (first.components, second.components, first.cases) == (1, 0, 0)


@pytest.mark.parametrize(("wish", "count"), [({"groups": 4}, 4), ({"groups": 1}, 2), ({"groups": 0, "target": 2.0}, 8)])
def test_as_many_as_wanted_and_none_across_a_street_office(city: Counts, wish: dict[str, Any], count: int) -> None:
    draft = drafted(**wish)
    found = grids_of(draft)
    assert len(found) == count
    assert all(len({code[:9] for code in cells}) == 1 for cells in found.values())
    assert draft.report["ratio"] == pytest.approx(1.0)
    assert (draft.report["contiguous"], draft.report["faults"]) == (count, 0)


def test_a_cell_moves_to_the_neighbour(city: Counts) -> None:
    draft = drafted(groups=8, within=6)
    found = grids_of(draft)
    home, cells = next(iter(found.items()))
    to = next(code for code in found if code != home and code[:6] == home[:6] and _touch(found[code], cells))
    moving = next(code for code in cells if _touch([code], found[to]))
    moved = move_cell(draft.pk, moving, to, by=SYSTEM, now=NOW)
    assert moved.report["grids"][home]["cells"] == len(cells) - 1
    assert moved.report["grids"][to]["load"] == pytest.approx(len(found[to]) + 1)
    assert moved.report["ratio"] > 1


def _touch(some: list[str], others: list[str]) -> bool:
    return any(abs(_place(a)[0] - _place(b)[0]) + abs(_place(a)[1] - _place(b)[1]) == 1 for a in some for b in others)


def _place(code: str) -> tuple[int, int]:
    places = {cell_code(column, row): (column, row) for column in range(8) for row in range(2)}
    return places[code]


def test_a_move_that_tears_is_refused(city: Counts) -> None:
    draft = drafted(groups=2)
    west, east = grids_of(draft)
    for cell, to in ((cell_code(0, 0), east), (cell_code(0, 0), "nowhere"), ("310101002001777", west)):
        with pytest.raises(Refused):
            move_cell(draft.pk, cell, to, by=SYSTEM, now=NOW)


def test_publishing_hands_inspectors_on(city: Counts) -> None:
    inspector = make_inspector("walker")
    old = DutyGrid.objects.get(code="G1")
    DutyHolder.objects.create(duty_grid=old, person=inspector, valid_from=TODAY - timedelta(days=30))
    done = publish(drafted(groups=4))
    assert (done.kept, done.ended, done.made, done.vacant) == (0, 2, 4, 2)
    old.refresh_from_db()
    assert old.valid_to == TODAY - timedelta(days=1)
    heir = DutyGrid.objects.get(name=old.name, valid_to=None)
    assert DutyHolder.objects.get(duty_grid=heir).person == inspector
    assert DutyHolder.objects.get(duty_grid=old).valid_to == old.valid_to
    assert Change.objects.filter(kind="duty_grid").count() == 6
    here = locate(at(0.5, 0.5), now=NOW)
    assert here.duty_grid_code in {"310101002-01", "310101002-02"}


def test_what_stays_the_same_is_not_touched(city: Counts) -> None:
    done = publish(drafted(groups=2))
    assert (done.kept, done.ended, done.made) == (2, 0, 0)
    assert DutyGrid.objects.filter(valid_to=None).count() == 2


def test_replaced_on_the_day_they_began_with_their_inspectors(city: Counts) -> None:
    publish(drafted(groups=4))
    inspector = make_inspector("walker")
    here = locate(at(0.5, 0.5), now=NOW).duty_grid_code
    assign_holder(DutyGrid.objects.get(code=here), inspector, by=SYSTEM, now=NOW)
    publish(drafted(groups=8))
    assert DutyGrid.objects.filter(valid_to=None).count() == 8
    assert DutyHolder.objects.get(person=inspector).duty_grid.valid_to is None


@pytest.mark.parametrize(
    ("wish", "code"),
    [({"groups": 0}, "invalid"), ({"within": 7}, "invalid"), ({"weights": Weights(0, 0, 0, 0)}, "invalid")],
)
def test_wishes_that_cannot_be(city: Counts, wish: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as no:
        drafted(**wish)
    assert no.value.code == code


def test_a_stale_draft_is_refused(city: Counts) -> None:
    first, second = drafted(groups=4), drafted(groups=8)
    publish(first)
    with pytest.raises(Refused) as no:
        publish(second)
    assert no.value.code == "stale"
