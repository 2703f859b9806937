"""Import of duty grids and their holders from Excel: every row is tried, and all of them are kept or none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.sheets import Book, Problem, Row, Sheet, read_book
from cityloop.grid.actions import assign_holder, set_duty_grid
from cityloop.grid.duty_book import GRIDS, HOLDERS, SHEETS, read_codes, read_hours, read_weekdays
from cityloop.grid.models import Cell
from cityloop.grid.selectors import get_duty_grid
from cityloop.grid.version import note
from cityloop.org.actions import as_username
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand
from cityloop.org.selectors import find_person


@dataclass(slots=True)
class DutyReport:
    """What an import did or would do, row by row. With a problem nothing is kept."""

    done: list[tuple[str, int, str]] = field(default_factory=list)  # sheet, row, what
    problems: list[Problem] = field(default_factory=list)
    dry_run: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the rows are in the database now."""
        return not self.problems and not self.dry_run


class _Undo(Exception):
    """Ends the transaction without keeping it."""


def import_duty(content: bytes, *, by: Actor, now: datetime, dry_run: bool = False) -> DutyReport:
    """Read a workbook of the sheets of `duty_book` and do what it says, through the same actions as everybody.

    All or nothing: with a problem, or on a dry run, the database is as before, and the report says so.
    """
    demand(by, "grid.manage")
    demand(by, "grid.assign")
    book = read_book(content, SHEETS)
    report = DutyReport(problems=list(book.problems), dry_run=dry_run)
    try:
        with transaction.atomic():
            _try_rows(book, GRIDS, report, lambda row: _do_grid(row, by=by, now=now))
            _try_rows(book, HOLDERS, report, lambda row: _do_holder(row, by=by, now=now))
            if not report.is_kept:
                raise _Undo
            note("duty_imported", "", by=by, now=now, rows=len(report.done))
    except _Undo:
        pass
    return report


def _try_rows(book: Book, sheet: Sheet, report: DutyReport, do: Callable[[Row], str]) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in book.rows.get(sheet.title, []):
        try:
            _refuse_repeated(sheet, row, seen)
            with transaction.atomic():
                report.done.append((sheet.title, row.number, do(row)))
        except Refused as no:
            report.problems.append(Problem(sheet.title, row.number, no.message))


def _refuse_repeated(sheet: Sheet, row: Row, seen: set[tuple[str, ...]]) -> None:
    """The same key twice in one workbook: one of the two rows is a mistake."""
    keys = ("编码",) if sheet is GRIDS else ("责任网格", "用户名", "班次")
    key = (*(row.text(name) for name in keys), str(row.day("起始日期")))
    if key in seen:
        raise Refused("invalid", _("与前面的行重复"), {"rule": "repeated"})
    seen.add(key)


def _do_grid(row: Row, *, by: Actor, now: datetime) -> str:
    codes = read_codes(row.text("单元网格"))
    cells = list(Cell.objects.filter(code__in=codes, valid_to=None))
    missing = sorted(set(codes) - {cell.code for cell in cells})
    if missing:
        raise Refused("invalid", _("没有此单元网格：%(code)s") % {"code": "、".join(missing)}, {"rule": "cells"})
    grid = set_duty_grid(row.text("编码"), by=by, now=now, name=row.text("名称"), cells=cells)
    return _("责任网格 %(code)s：%(count)d 个单元网格") % {"code": grid.code, "count": len(cells)}


def _do_holder(row: Row, *, by: Actor, now: datetime) -> str:
    grid = get_duty_grid(row.text("责任网格"))
    person = find_person(as_username(row.text("用户名")))
    if person is None:
        raise Refused("invalid", _("没有此用户：%(name)s") % {"name": row.text("用户名")}, {"rule": "person"})
    assign_holder(
        grid,
        person,
        by=by,
        now=now,
        shift=row.text("班次"),
        weekdays=read_weekdays(row.text("星期")),
        hours=read_hours(row.text("上班时间"), row.text("下班时间")),
        valid_from=row.day("起始日期"),
        valid_to=row.day("结束日期"),
    )
    return _("%(grid)s：%(person)s %(shift)s") % {"grid": grid.code, "person": person.name, "shift": row.text("班次")}


def report_lines(report: DutyReport) -> Iterator[str]:
    """The report as lines for a terminal or a file."""
    for sheet, number, what in report.done:
        yield _("%(sheet)s 第 %(row)d 行 可行：%(what)s") % {"sheet": sheet, "row": number, "what": what}
    for problem in report.problems:
        yield _("%(sheet)s 第 %(row)d 行 有误：%(what)s") % {
            "sheet": problem.sheet,
            "row": problem.row,
            "what": problem.message,
        }
    values = {"done": len(report.done), "problems": len(report.problems)}
    if report.is_kept:
        yield _("已导入 %(done)d 行") % values
    elif report.problems:
        yield _("%(problems)d 行有误，什么也没有导入") % values
    else:
        yield _("检查通过 %(done)d 行，试运行未导入") % values
