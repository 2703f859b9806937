"""Cells from the generator as drafts, published from a day; what follows them."""

from datetime import timedelta
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.actions import Counts
from cityloop.grid.cells.drafting import check_in_force, discard_draft, draft_cells, publish_cells
from cityloop.grid.cells.engine.generator import Settings
from cityloop.grid.models import Cell, Change, Component, Draft, DraftKind, DutyGrid, GridVersion
from cityloop.grid.selectors import locate
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM
from tests.grid.make import COMMUNITIES, NOW, at

TODAY = city_date(NOW)
pytestmark = pytest.mark.django_db


def drafted(area: str = COMMUNITIES[0], aim: float = 5_000.0) -> Draft:
    """A draft with cells half as large as there are."""
    return draft_cells(area, Settings(aim_m2=aim), by=SYSTEM, now=NOW)


def publish(draft: Draft, **values: Any) -> Any:
    """The draft in force from today."""
    return publish_cells(draft.pk, **{"by": SYSTEM, "now": NOW, "on": TODAY, **values})


def test_a_draft_changes_nothing(city: Counts) -> None:
    draft = drafted()
    assert draft.cells.count() == 8
    assert draft.report["faults"] == 0
    assert {cell.code[-3:] for cell in draft.cells.all()} == {f"{number:03d}" for number in range(5, 13)}
    assert Cell.objects.count() == city.cells


def test_publishing_ends_the_old_and_begins_the_new(city: Counts) -> None:
    stamp = GridVersion.objects.get().stamp
    done = publish(drafted(), reason="细化")
    assert (done.ended, done.made, done.followed.grids) == (4, 8, 1)
    old = Cell.objects.filter(community=COMMUNITIES[0], valid_to=TODAY - timedelta(days=1))
    assert {cell.code[-3:] for cell in old} == {"001", "002", "003", "004"}
    new = Cell.objects.filter(community=COMMUNITIES[0], valid_to=None)
    assert {cell.valid_from for cell in new} == {TODAY}
    grid = DutyGrid.objects.get(code="G1")
    assert set(grid.cells.filter(community=COMMUNITIES[0])) == set(new)
    assert grid.cells.count() == 12
    lamp = Component.objects.get(code="3101010137000001")
    assert lamp.cell in new
    assert locate(at(0.5, 0.5), now=NOW).duty_grid_code == "G1"
    assert check_in_force(COMMUNITIES[0], on=TODAY).faults == []
    assert GridVersion.objects.get().stamp != stamp
    changes = Change.objects.filter(kind="cell", batch__startswith="draft-")
    assert {(one.what, one.reason) for one in changes} == {("retired", "细化"), ("created", "细化")}
    assert Change.objects.get(kind="duty_grid").before["cells"] != Change.objects.get(kind="duty_grid").after["cells"]
    assert Entry.objects.filter(what="grid.cells_published").exists()


def test_a_cell_that_is_right_keeps_its_code(city: Counts) -> None:
    publish(drafted())
    again = drafted()
    assert set(again.cells.values_list("kept", flat=True)) == {True}
    assert (publish(again).ended, Cell.objects.filter(community=COMMUNITIES[0]).count()) == (0, 12)


def test_making_one_community_anew_knows_its_cells_from_when_all_were_made(city: Counts) -> None:
    publish(drafted("3101", 3_000.0))
    assert set(drafted(COMMUNITIES[1], 3_000.0).cells.values_list("kept", flat=True)) == {True}


def test_class_goes_with_the_ground(city: Counts) -> None:
    west = next(cell for cell in drafted().cells.order_by("code") if cell.geom.centroid.x < at(1, 0).lon)
    assert west.area_class == "A"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"on": TODAY + timedelta(days=1)}, "invalid"), ({"on": TODAY - timedelta(days=4000)}, "invalid")],
)
def test_days_that_cannot_be(city: Counts, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as no:
        publish(drafted(), **change)
    assert no.value.code == code
    assert not Cell.objects.exclude(valid_to=None).exists()


def test_an_overtaken_draft_is_refused(city: Counts) -> None:
    first, second = drafted(), drafted(aim=4_000.0)
    publish(first)
    with pytest.raises(Refused) as no:
        publish(second)
    assert no.value.code == "stale"
    with pytest.raises(Refused) as twice:
        publish(first)
    assert twice.value.code == "stale"


def test_replaced_on_the_day_they_began(city: Counts) -> None:
    publish(drafted())
    publish(drafted(aim=10_000.0))
    assert Cell.objects.filter(community=COMMUNITIES[0], valid_to=None).count() == 4
    assert locate(at(0.5, 0.5), now=NOW).cell_code is not None


def test_a_discarded_draft_is_kept_but_not_published(city: Counts) -> None:
    draft = drafted()
    discard_draft(draft.pk, DraftKind.CELLS, by=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        publish(draft)
    assert Draft.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(("area", "most", "code"), [("999999", 0, "invalid"), ("3101", 3, "too_large")])
def test_areas_that_cannot_be(city: Counts, area: str, most: int, code: str) -> None:
    with pytest.raises(Refused) as no:
        draft_cells(area, Settings(), by=SYSTEM, now=NOW, most=most)
    assert no.value.code == code
