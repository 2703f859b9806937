"""Duty grids and holders from Excel: all rows or none, and a report of every row."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from cityloop.base.errors import Refused
from cityloop.base.sheets import Value, write_book
from cityloop.grid.duty_book import GRIDS, HOLDERS, SHEETS, export_duty
from cityloop.grid.duty_import import DutyReport, import_duty, report_lines
from cityloop.grid.models import DutyGrid, DutyHolder
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM, get_actor
from tests.grid.make import NOW, cell_code, make_inspector

pytestmark = pytest.mark.usefixtures("city")
WEST_TWO = f"{cell_code(0, 0)}、{cell_code(1, 0)}"


def book(grids: Sequence[Sequence[Value]] = (), holders: Sequence[Sequence[Value]] = ()) -> bytes:
    """A workbook of these rows."""
    return write_book(SHEETS, {GRIDS.title: grids, HOLDERS.title: holders})


def holder(grid: str = "G1", username: str = "one", shift: str = "", days: str = "", *hours: str) -> Sequence[Value]:
    """A row of a holder, from today."""
    start, end = hours or ("", "")
    return (grid, username, shift, days, start, end, None, None)


def send(content: bytes, *, dry_run: bool = False) -> DutyReport:
    """Import it."""
    return import_duty(content, by=SYSTEM, now=NOW, dry_run=dry_run)


def test_all_rows_are_kept() -> None:
    make_inspector("one")
    report = send(
        book([("G9", "新网格", WEST_TWO)], [holder("G9", "one", "早班", "1-5", "7:00", "15:00"), holder("G1", "ONE")])
    )
    assert report.is_kept
    assert [(sheet, row) for sheet, row, _ in report.done] == [(GRIDS.title, 2), (HOLDERS.title, 2), (HOLDERS.title, 3)]
    assert DutyGrid.objects.get(code="G9").cells.count() == 2
    made = DutyHolder.objects.get(duty_grid__code="G9")
    assert (made.weekdays, f"{made.start_time:%H:%M}", made.valid_from) == (0b11111, "07:00", date(2026, 3, 2))
    assert Entry.objects.filter(what="grid.duty_imported").count() == 1
    assert list(report_lines(report))[-1] == "已导入 3 行"


@pytest.mark.parametrize(
    ("grids", "holders", "where"),
    [
        ([("G9", "x", cell_code(0, 0)), ("G8", "x", "310101002001999")], [], (GRIDS.title, 3)),
        ([("G9", "x", f"{cell_code(0, 0)} {cell_code(3, 0)}")], [], (GRIDS.title, 2)),
        ([("G9", "x", cell_code(0, 0)), ("G9", "y", cell_code(1, 0))], [], (GRIDS.title, 3)),
        ([("G9", "x", "")], [], (GRIDS.title, 2)),
        ([], [holder(), holder("G1", "nobody")], (HOLDERS.title, 3)),
        ([], [holder("G7")], (HOLDERS.title, 2)),
        ([], [holder("G2")], (HOLDERS.title, 2)),  # an inspector of another area
        ([], [holder("G1", "one", "", "8")], (HOLDERS.title, 2)),
        ([], [holder("G1", "one", "", "", "07:00", "")], (HOLDERS.title, 2)),
        ([], [holder(), holder()], (HOLDERS.title, 3)),
    ],
)
def test_one_bad_row_and_nothing_is_kept(
    grids: Sequence[Sequence[Value]], holders: Sequence[Sequence[Value]], where: tuple[str, int]
) -> None:
    make_inspector("one")
    report = send(book(grids, holders))
    assert [(problem.sheet, problem.row) for problem in report.problems] == [where]
    assert not report.is_kept
    assert DutyGrid.objects.count() == 2
    assert not DutyHolder.objects.exists()
    assert not Entry.objects.filter(what__startswith="grid.duty").exists()
    assert any("有误" in line for line in report_lines(report))


def test_dry_run_keeps_nothing() -> None:
    make_inspector("one")
    report = send(book([("G9", "x", WEST_TWO)], [holder("G9")]), dry_run=True)
    assert (len(report.done), report.problems, report.is_kept) == (2, [], False)
    assert DutyGrid.objects.count() == 2


def test_what_is_exported_is_imported_unchanged() -> None:
    make_inspector("one")
    send(book([], [holder("G1", "one", "夜班", "一三五", "22:00", "06:00")]))
    before = list(DutyHolder.objects.values())
    assert send(export_duty()).is_kept
    assert list(DutyHolder.objects.values()) == before


def test_only_those_who_may() -> None:
    with pytest.raises(Refused) as no:
        import_duty(book(), by=get_actor(make_inspector("one"), now=NOW), now=NOW)
    assert no.value.code == "not_yours"


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], dry_run: bool) -> None:
    file = tmp_path / "duty.xlsx"
    file.write_bytes(book([("G9", "x", WEST_TWO)]))
    call_command("import_duty", str(file), dry_run=dry_run)
    assert "G9" in capsys.readouterr().out
    assert DutyGrid.objects.filter(code="G9").exists() != dry_run
    file.write_bytes(book([("G9", "x", "1")]))
    with pytest.raises(SystemExit) as end:
        call_command("import_duty", str(file))
    assert end.value.code == 1
    call_command("export_duty", str(file))
    assert send(file.read_bytes()).is_kept
