"""A share of 扬州's month goes through the actions, and the report says what was planned for every unit."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cityloop.cases.models import Case, CaseEvent, Timer
from cityloop.cases.steps.history import faults
from cityloop.cases.timers import fire
from cityloop.evaluation.counting import Asked
from cityloop.evaluation.following import rebuild
from cityloop.evaluation.making import cases_of, make_report
from cityloop.evaluation.replay import city, conduct, database
from cityloop.evaluation.replay.check import TERMS, columns_of, expected_of
from cityloop.evaluation.replay.month import KINDS, LATE, ON_TIME, UNOWNED, Month, Spec, read_month, specs_of
from cityloop.evaluation.replay.plan import Planned
from cityloop.evaluation.replay.run import Run
from cityloop.evaluation.report import ALL, NONE, Report
from cityloop.limits import selectors as limits
from cityloop.workflow import selectors as flows

SEED = 7
MONTH = read_month("yangzhou")


# --- the data and the plans ---


def test_the_published_tables_agree_with_each_other() -> None:
    units = (*MONTH.districts, *MONTH.departments, MONTH.unowned)
    for column, total in MONTH.totals.items():
        assert sum(MONTH.row(unit)[column] for unit in units) == total, column
    for unit in units:
        row = MONTH.row(unit)
        assert row["received"] == row["dispatched_event"] + row["dispatched_component"]
        assert row["open"] == row["received"] - row["closed_event"] - row["closed_component"]
        for kind in KINDS:
            assert sum(MONTH.by_major(unit, kind)) == row[f"dispatched_{kind}"]


def test_all_cases_are_planned_as_published() -> None:
    specs = specs_of(MONTH, share=1, seed=SEED)
    assert len(specs) == len({spec.index for spec in specs}) == 18_978
    assert Counter(spec.fate for spec in specs)[ON_TIME] == 12_036
    assert Counter(spec.fate for spec in specs)[UNOWNED] == 7
    for unit in (*MONTH.districts, *MONTH.departments):
        assert expected_of(specs, unit) == MONTH.row(unit)
    assert expected_of(specs, None) == MONTH.totals


def test_a_share_keeps_every_unit_and_the_same_cases() -> None:
    specs, whole = specs_of(MONTH, share=0.01, seed=SEED), specs_of(MONTH, share=1, seed=SEED)
    assert {spec.unit for spec in specs} == {spec.unit for spec in whole}
    assert set(specs) <= set(whole)
    assert specs == specs_of(MONTH, share=0.01, seed=SEED) != specs_of(MONTH, share=0.01, seed=SEED + 1)


# --- through the actions ---


@pytest.fixture
def month(world: Any) -> Iterator[Month]:
    """The city beside the tests' world; what processes remember of either is dropped afterwards."""
    city.build(MONTH, city.mark_of("yangzhou", share=0.01, seed=SEED))
    yield MONTH
    flows.forget()
    limits.forget()


def plans(month: Month, share: float) -> tuple[city.Cast, list[Planned], list[Spec]]:
    cast = city.find_cast(month, SEED)
    return cast, conduct.planned_cases(month, cast.frame, share=share), specs_of(month, share=share, seed=SEED)


def test_one_per_cent_comes_out_as_planned(month: Month) -> None:
    cast, cases, specs = plans(month, 0.01)
    actions = Run(cast, cases).go(city.END)
    assert actions >= conduct.steps_of(cases)
    rebuild()
    report = make_report(TERMS)
    labels = {row.name: row.label for row in report.rows}
    for unit in (*month.districts, *month.departments):
        assert columns_of(report, labels[unit]) == expected_of(specs, unit), unit
    assert columns_of(report, NONE) == expected_of(specs, "")
    assert columns_of(report, ALL) == expected_of(specs, None)
    _categories_agree(month, report, specs)
    closing = make_report(TERMS.with_options({"on_time": "closing"}))
    assert closing.figures(ALL).on_time == report.figures(ALL).on_time
    _lists_agree(report)
    _older_cases_are_named_and_not_counted(report)
    _histories_are_whole()


def _categories_agree(month: Month, report: Report, specs: list[Spec]) -> None:
    labels = {row.name: row.label for row in report.rows} | {"": NONE}
    expected = Counter((spec.unit, spec.kind, spec.major) for spec in specs)
    for kind in KINDS:
        assert [major.name for major in report.columns(kind)] == list(month.majors(kind))
        for major in report.columns(kind):
            for unit in (*month.districts, *month.departments, ""):
                assert report.of_major(labels[unit], major).given == expected[unit, kind, major.name]


def _lists_agree(report: Report) -> None:
    for label in [*(row.label for row in report.rows), "district", "department", ALL]:
        for column in ("received", "on_time", "closed", "open"):
            assert cases_of(report, Asked(label, column)).count() == getattr(report.figures(label), column)


def _older_cases_are_named_and_not_counted(report: Report) -> None:
    assert {one.external_number for one in report.older if not one.closed} == {"36742", "92782", "103286", "147024"}
    assert [one.external_number for one in report.older if one.closed] == ["133555"]
    counted = set(cases_of(report, Asked(ALL, "received")).values_list("pk", flat=True))
    assert not counted & {one.case_id for one in report.older}


def _histories_are_whole() -> None:
    ids = CaseEvent.objects.filter(do="remind_overdue").values("case_id")
    reminded = Case.objects.filter(pk__in=ids)[:20]
    assert reminded
    for case in reminded:
        assert faults(case) == []
        moments = [event.at for event in case.events.order_by("seq")]
        assert moments == sorted(moments)  # no step overtakes a timer that was due before it
    assert not Timer.objects.filter(case__number__startswith="2008", fires_at__lte=city.END).exists()


class _CutOff(Exception):
    """Stands for a process that was killed."""


def test_a_run_that_was_cut_off_goes_on(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    cast, cases, specs = plans(month, 0.001)
    for limit in (40, 90, 150):
        with pytest.raises(_CutOff):
            _run_until(Run(cast, cases), limit)
    Run(cast, cases).go(city.END)
    # A second time has no effect at all.
    before = CaseEvent.objects.count()
    assert Run(cast, cases).go(city.END) == 0
    assert CaseEvent.objects.count() == before
    own = Case.objects.filter(number__startswith="2008")
    assert own.count() == len(cases)
    # One event a step, one a follow-up, one a case whose deadline passed while it was being handled.
    follow_ups = sum(step.do in {"feed_back", "pass"} for case in cases for step in case.steps)
    events = CaseEvent.objects.filter(case__in=own)
    assert events.exclude(do="remind_overdue").count() == conduct.steps_of(cases) + follow_ups
    overdue = events.filter(do="remind_overdue")
    assert overdue.count() == overdue.values("case_id").distinct().count() > sum(spec.fate == LATE for spec in specs)
    rebuild()
    assert columns_of(make_report(TERMS), ALL) == expected_of(specs, None)


def _run_until(run: Run, limit: int) -> None:
    def progress(actions: int) -> None:
        if actions >= limit:
            raise _CutOff

    run.go(city.END, progress)


def test_a_timer_fires_once_even_if_its_worker_dies_after_the_step(month: Month) -> None:
    """The step and the forgetting of the timer are one transaction."""
    cast, cases, _specs = plans(month, 0.0001)
    late = [case for case in cases if case.spec.fate == LATE][:1]
    run = Run(cast, late)
    with pytest.raises(_CutOff):
        _run_until(run, 4)
    timer = Timer.objects.select_related("case").get(case__number__startswith="2008")
    assert fire(timer, timer.fires_at)
    assert not Timer.objects.filter(pk=timer.pk).exists()


# --- a database of its own ---


def test_no_worker_touches_it(month: Month) -> None:
    with pytest.raises(CommandError, match="virtual clock"):
        call_command("work", "--once")


def test_a_database_that_holds_something_else_is_refused(world: Any) -> None:
    with pytest.raises(database.Occupied, match="something else"):
        database.demand_own(city.mark_of("yangzhou", share=1.0, seed=SEED))


def test_a_database_holds_one_replay(month: Month) -> None:
    assert database.demand_own(city.mark_of("yangzhou", share=0.01, seed=SEED))
    with pytest.raises(database.Occupied, match="another replay"):
        database.demand_own(city.mark_of("yangzhou", share=0.5, seed=SEED))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u@/city?host=/run/pg", "postgres://u@/city_yangzhou?host=/run/pg"),
        ("postgres://u:p@host:5433/city", "postgres://u:p@host:5433/city_yangzhou"),
    ],
)
def test_its_name_stands_beside_the_citys(url: str, expected: str) -> None:
    assert database.address_of(url, "yangzhou") == expected
