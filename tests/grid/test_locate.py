"""Place → areas, cell, duty grid, inspectors, address."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityloop.base.geometry import LonLat
from cityloop.grid.actions import assign_holder, release_holder
from cityloop.grid.models import Area, Cell
from cityloop.grid.selectors import (
    get_duty_grid,
    inspectors_of,
    list_duty_grids_of,
    locate,
    nearest_components,
    nearest_streets,
)
from cityloop.org.actor import SYSTEM
from tests.grid.make import NOW, at, cell_code, make_inspector

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize(
    ("place", "district", "community", "cell", "grid"),
    [
        (at(0.5, 0.5), "310101", "310101002001", cell_code(0, 0), "G1"),
        (at(3.5, 1.5), "310101", "310101002002", cell_code(3, 1), "G1"),
        (at(7.9, 0.1), "310106", "310106012002", cell_code(7, 0), "G2"),
        # On borders the lowest code wins: between districts, between rows, at the corner of four.
        (at(4, 0.5), "310101", "310101002002", cell_code(3, 0), "G1"),
        (at(0.5, 1), "310101", "310101002001", cell_code(0, 1), "G1"),
        (at(1, 1), "310101", "310101002001", cell_code(0, 1), "G1"),
        (at(8, 2), "310106", "310106012002", cell_code(7, 1), "G2"),
    ],
)
def test_place_belongs_to_one_of_everything(place: LonLat, district: str, community: str, cell: str, grid: str) -> None:
    found = locate(place, now=NOW)
    assert (found.district_code, found.community_code, found.cell_code) == (district, community, cell)
    assert found.street_code == community[:9]
    assert found.duty_grid_code == grid
    assert found.area_code == cell
    assert found.area_class == Cell.objects.get(code=cell).area_class
    assert found.district_name == Area.objects.get(code=district).name


@pytest.mark.parametrize("place", [at(-1, 0.5), at(0.5, 2.001), LonLat(0, 0), LonLat(-179, -89)])
def test_outside_nothing_is_known(place: LonLat) -> None:
    found = locate(place, now=NOW)
    assert not found.is_inside
    assert found == type(found)(place)
    assert (found.area_code, found.address_hint, found.inspector_ids) == ("", "", ())


def test_without_a_cell_the_community_is_known() -> None:
    Cell.objects.filter(code=cell_code(0, 0)).update(valid_to=date(2025, 1, 1))
    found = locate(at(0.5, 0.5), now=NOW)
    assert (found.cell_code, found.duty_grid_id, found.area_code) == (None, None, "310101002001")


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        (at(1.5, 0.9), "中山路（近人民路）"),
        (at(2.1, 0.2), "人民路（近中山路）"),
        (at(6.4, 1.1), "中山路（近解放路）"),
    ],
)
def test_address_in_words(place: LonLat, hint: str) -> None:
    assert locate(place, now=NOW).address_hint == hint


def test_locate_is_one_statement() -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        locate(at(0.5, 0.5), now=NOW)
    assert len(seen) == 1


def hour(day: int, clock: str) -> datetime:
    """That day of March 2026 (2 is a Monday) at that hour of the city."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return NOW + timedelta(days=day - 2, hours=hours - 9, minutes=minutes)


DAY, NIGHT = (time(8), time(16)), (time(22), time(6))


@pytest.mark.parametrize(
    ("moment", "names", "on_shift"),
    [
        (hour(2, "08:00"), {"day"}, True),
        (hour(2, "15:59"), {"day"}, True),
        (hour(2, "16:00"), {"day", "night"}, False),  # nobody is on shift: all who hold it
        (hour(2, "22:00"), {"night"}, True),
        (hour(3, "05:59"), {"night"}, True),  # Monday's night shift lasts into Tuesday
        (hour(3, "06:00"), {"day", "night"}, False),
        (hour(2, "05:00"), {"day", "night"}, False),  # Sunday has no night shift
        (hour(7, "09:00"), {"day", "night"}, False),  # Saturday
    ],
)
def test_inspectors_of_the_shift(moment: datetime, names: set[str], on_shift: bool) -> None:
    grid = get_duty_grid("G1")
    for shift, hours in (("day", DAY), ("night", NIGHT)):
        assign_holder(grid, make_inspector(shift), by=SYSTEM, now=NOW, shift=shift, weekdays=0b0000001, hours=hours)
    found = inspectors_of(grid.pk, now=moment)
    assert {one.name.removeprefix("监督员") for one in found} == names
    assert {one.on_shift for one in found} == {on_shift}
    assert locate(at(0.5, 0.5), now=moment).inspectors == found


def test_released_and_inactive_holders_are_gone() -> None:
    grid = get_duty_grid("G1")
    first, second = make_inspector("first"), make_inspector("second")
    holder = assign_holder(grid, first, by=SYSTEM, now=NOW)
    assign_holder(grid, second, by=SYSTEM, now=NOW)
    assert list(list_duty_grids_of(first.pk, now=NOW)) == [grid]
    release_holder(holder, by=SYSTEM, now=NOW, last_day=date(2026, 3, 2))
    assert inspectors_of(grid.pk, now=NOW)[0].person_id == first.pk
    assert [one.person_id for one in inspectors_of(grid.pk, now=hour(3, "09:00"))] == [second.pk]
    second.is_active = False
    second.save()
    assert inspectors_of(grid.pk, now=hour(3, "09:00")) == ()
    assert not list_duty_grids_of(first.pk, now=hour(3, "09:00")).exists()


def test_nearest_components_in_metres() -> None:
    found = nearest_components(at(0.5, 0.5), limit=3)
    assert [one.code[-1] for one in found] == ["1", "2", "3"]
    assert found[0].metres == pytest.approx(0.4 * 110.86, abs=0.5)  # a thousandth of latitude is 110.9 m there
    assert nearest_components(at(0.5, 0.5), minor_id=found[0].minor_id, limit=1) == found[:1]
    assert nearest_components(at(0.5, 0.5), minor_id=found[0].minor_id + 1) == []


def test_degrees_are_not_taken_for_metres() -> None:
    """A street 0.0009° to the east is nearer than one 0.0008° to the south."""
    found = nearest_streets(at(1.1, 1.8), limit=2)
    assert [one.name for one in found] == ["人民路", "中山路"]
    assert found[0].metres < found[1].metres
