"""Limits as dated rows: by standard and area class, by stage and its conditions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.codes.models import Edition, Kind, Major, Minor, Standard
from cityloop.journal.models import Entry
from cityloop.limits import selectors
from cityloop.limits.actions import Amount, add_missing_limits, load_defaults, set_limit, set_stage_limit
from cityloop.limits.clock import Limit, Unit
from cityloop.limits.models import LimitRow, Stage, StageLimit
from cityloop.org.actor import SYSTEM

pytestmark = pytest.mark.usefixtures("nothing_yet")

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
JUNE = date(2026, 6, 1)


@pytest.fixture
def standard() -> Standard:
    """A standard with no limit yet."""
    edition = Edition.objects.create(code="t", name="t", year=2020, valid_from=TODAY)
    major = Major.objects.create(edition=edition, kind=Kind.EVENT, code="01", name="市容", valid_from=TODAY)
    minor = Minor.objects.create(
        major=major, edition=edition, kind=Kind.EVENT, code="0101", name="暴露垃圾", valid_from=TODAY
    )
    return Standard.objects.create(minor=minor, seq=1, condition="有", close_condition="无", valid_from=TODAY)


def put(standard: Standard, area_class: str, amount: str, unit: str, on: date = TODAY) -> LimitRow | None:
    return set_limit(standard, area_class, Amount(Decimal(amount), unit), on=on, by=SYSTEM, now=NOW)


def test_a_limit_holds_for_its_class_and_from_its_day(standard: Standard) -> None:
    put(standard, "A", "4", "work_hour")
    put(standard, "C", "1", "work_day")
    put(standard, "A", "2", "work_hour", on=JUNE)
    assert selectors.limit_for(standard.pk, "A", TODAY) == Limit(4, "work_hour")
    assert selectors.limit_for(standard.pk, "A", JUNE) == Limit(2, "work_hour")
    assert selectors.limit_for(standard.pk, "A", date(2026, 5, 31)) == Limit(4, "work_hour")
    assert selectors.limit_for(standard.pk, "A", date(2026, 3, 1)) is None
    assert selectors.limit_for(standard.pk, "B", TODAY) is None


@pytest.mark.parametrize("area_class", ["", None, "C"])
def test_an_unclassed_area_is_another_area(standard: Standard, area_class: str | None) -> None:
    put(standard, "C", "1", "work_day")
    assert selectors.limit_for(standard.pk, area_class, TODAY) == Limit(1, "work_day")


def test_a_limit_can_be_taken_away_and_changed_on_one_day(standard: Standard) -> None:
    put(standard, "A", "4", "work_hour")
    put(standard, "A", "5", "work_hour")
    assert selectors.limit_for(standard.pk, "A", TODAY) == Limit(5, "work_hour")
    set_limit(standard, "A", None, on=JUNE, by=SYSTEM, now=NOW)
    assert selectors.limit_for(standard.pk, "A", JUNE) is None
    assert LimitRow.objects.count() == 2
    assert Entry.objects.filter(what="limits.limit_set").count() == 3


@pytest.mark.parametrize(
    ("area_class", "amount", "unit", "field"),
    [
        ("A", "0", "work_hour", "amount"),
        ("A", "-1", "work_hour", "amount"),
        ("A", "NaN", "work_hour", "amount"),
        ("A", "1", "work_minute", "unit"),
        ("A", "1", "hours", "unit"),
        ("D", "1", "work_hour", "area_class"),
        ("", "1", "work_hour", "area_class"),
    ],
)
def test_what_is_no_limit_is_refused(standard: Standard, area_class: str, amount: str, unit: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        put(standard, area_class, amount, unit)
    assert refusal.value.code == "invalid"
    assert field in refusal.value.details["fields"]
    assert not LimitRow.objects.exists()


def test_a_handbook_gives_limits_only_where_there_never_was_one(standard: Standard) -> None:
    put(standard, "A", "4", "work_hour")
    handbook = {(standard.pk, area_class): Amount(Decimal(2), "work_day") for area_class in "ABC"}
    assert add_missing_limits(handbook, by=SYSTEM, now=NOW) == 2
    assert add_missing_limits(handbook, by=SYSTEM, now=NOW) == 0
    assert selectors.limit_for(standard.pk, "A", TODAY) == Limit(4, "work_hour")
    assert selectors.limit_for(standard.pk, "B", date(2008, 10, 1)) == Limit(2, "work_day")


def stage(amount: int, unit: str = "work_minute", **conditions: Any) -> None:
    set_stage_limit("file", Amount(Decimal(amount), unit), on=TODAY, by=SYSTEM, now=NOW, **conditions)


def minutes(**conditions: Any) -> int | None:
    found = selectors.stage_limit("file", on=TODAY, **conditions)
    return None if found is None else found.total_us // 60_000_000


def test_the_row_with_the_most_conditions_is_taken() -> None:
    assert minutes() is None
    stage(15)
    stage(30, source_kind="public")
    stage(20, area_class="A")
    stage(5, urgent=True)
    stage(4, urgent=True, source_kind="leader")
    assert minutes() == 15
    assert minutes(source_kind="video") == 15
    assert minutes(source_kind="public") == 30
    assert minutes(source_kind="public", area_class="A") == 30
    assert minutes(area_class="A") == 20
    assert minutes(area_class="B") == 15
    assert minutes(urgent=True) == 5
    assert minutes(source_kind="public", urgent=True) == 5
    assert minutes(source_kind="leader", urgent=True) == 4


def test_minutes_count_on_the_clocks_of_hours() -> None:
    stage(15)
    stage(5, "urgent_minute", urgent=True)
    usual, urgent = selectors.stage_limit("file", on=TODAY), selectors.stage_limit("file", None, True, on=TODAY)
    assert usual is not None
    assert urgent is not None
    assert (usual.unit, usual.total_us) == (Unit.WORK_HOUR, 15 * 60_000_000)
    assert (urgent.unit, urgent.total_us) == (Unit.URGENT_HOUR, 5 * 60_000_000)


def test_a_stage_limit_changes_from_a_day_on() -> None:
    stage(15)
    set_stage_limit("file", Amount(Decimal(10), "work_minute"), on=JUNE, by=SYSTEM, now=NOW)
    assert minutes() == 15
    assert selectors.stage_limit("file", on=JUNE) == Limit.of_minutes(10, "work_hour")
    set_stage_limit("file", None, on=date(2026, 7, 1), by=SYSTEM, now=NOW)
    assert selectors.stage_limit("file", on=date(2026, 7, 1)) is None


@pytest.mark.parametrize(
    "change", [{"source_kind": "ghost"}, {"area_class": "D"}, {"unit": "fortnight"}, {"amount": 0}]
)
def test_a_stage_limit_that_means_nothing_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        stage(**{"amount": 15, **change})
    assert refusal.value.code == "invalid"


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(Refused):
        set_stage_limit("lunch", Amount(Decimal(1), "work_hour"), on=TODAY, by=SYSTEM, now=NOW)


def test_defaults_are_loaded_once_and_leave_the_citys_own_alone() -> None:
    stage(7)
    assert load_defaults(by=SYSTEM, now=NOW) > 10
    assert load_defaults(by=SYSTEM, now=NOW) == 0
    assert minutes() == 7
    assert set(StageLimit.objects.values_list("stage", flat=True)) == set(Stage.values) == selectors.stage_names()
    assert selectors.stage_limit("backlog") == Limit(60, "calendar_day")
    verify = selectors.stage_limit("verify", "public", urgent=True)
    assert verify == Limit("0.5", "urgent_hour")
