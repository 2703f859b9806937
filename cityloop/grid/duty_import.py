"""Duty grids and their holders from Excel: checked row by row, taken over whole or not at all (`base.importing`)."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.importing import Report, Verdict, take_over
from cityloop.base.sheets import Book, Row, read_book
from cityloop.base.time import city_date
from cityloop.grid.actions import assign_holder, set_duty_grid
from cityloop.grid.duty_book import GRIDS, HOLDERS, SHEETS, read_codes, read_hours, read_weekdays
from cityloop.grid.models import Cell, DutyGrid, DutyHolder
from cityloop.grid.selectors import get_duty_grid
from cityloop.grid.version import note
from cityloop.org.actions import as_username
from cityloop.org.actor import Actor
from cityloop.org.models import Person
from cityloop.org.permissions import demand
from cityloop.org.selectors import find_person

Hours = tuple[time, time] | None


def import_duty(content: bytes, *, by: Actor, now: datetime, dry_run: bool) -> Report:
    """Read a workbook of the sheets of `duty_book` and do what it says, through the same actions as everybody.

    Refused whole as `not_yours`, `too_large` or `invalid`; what is wrong with single rows stands in the report.
    """
    demand(by, "grid.manage")
    demand(by, "grid.assign")
    run = _Run(read_book(content, SHEETS), by, now)

    def done() -> None:
        note("duty_imported", "", by=by, now=now, counts=run.report.counts)

    return take_over(run.report, SHEETS, run.take_book, dry_run=dry_run, done=done)


class _Run:
    """One pass over the rows: the duty grids, then those who hold them."""

    def __init__(self, book: Book, by: Actor, now: datetime) -> None:
        self.book, self.by, self.now = book, by, now
        self.report = Report()
        self.report.add_problems(book.problems)
        self.people: dict[str, Person | None] = {}

    def take_book(self) -> None:
        """Every row, in the order in which they need each other."""
        report = self.report
        grids = report.without_repeats(GRIDS, self.book.rows.get(GRIDS.title, []), _("编码"), _code)
        for row in grids:
            report.take(GRIDS, row, f"{_code(row)} {row.text('名称')}", self._grid)
        heading = _("责任网格、用户名、班次和起始日期")
        holders = report.without_repeats(HOLDERS, self.book.rows.get(HOLDERS.title, []), heading, self._shift)
        for row in holders:
            report.take(HOLDERS, row, self._shift(row), self._holder)

    def _grid(self, row: Row) -> Verdict:
        codes = read_codes(row.text("单元网格"))
        cells = list(Cell.objects.filter(code__in=codes, valid_to=None))
        missing = sorted(set(codes) - {cell.code for cell in cells})
        if missing:
            raise Refused("invalid", _("没有此单元网格：%(code)s") % {"code": "、".join(missing)}, {"rule": "cells"})
        known = DutyGrid.objects.defer("geom").filter(code=_code(row)).first()
        if known and known.name == row.text("名称") and set(known.cells.all()) == set(cells):
            return "same"
        set_duty_grid(_code(row), by=self.by, now=self.now, name=row.text("名称"), cells=cells)
        return "changed" if known else "new"

    def _shift(self, row: Row) -> str:
        """What a row of a holder is known by, in words."""
        words = (row.text("责任网格"), as_username(row.text("用户名")), row.text("班次"), str(self._start(row)))
        return " ".join(word for word in words if word)

    def _start(self, row: Row) -> date:
        return row.day("起始日期") or city_date(self.now)

    def _holder(self, row: Row) -> Verdict:
        grid, person = get_duty_grid(row.text("责任网格")), self._person(row)
        weekdays = read_weekdays(row.text("星期"))
        hours = read_hours(row.text("上班时间"), row.text("下班时间"))
        shift, start, end = row.text("班次"), self._start(row), row.day("结束日期")
        known = DutyHolder.objects.filter(duty_grid=grid, person=person, shift=shift, valid_from=start).first()
        if known and (known.weekdays, _hours(known), known.valid_to) == (weekdays, hours, end):
            return "same"
        assign_holder(
            grid,
            person,
            by=self.by,
            now=self.now,
            shift=shift,
            weekdays=weekdays,
            hours=hours,
            valid_from=start,
            valid_to=end,
        )
        return "changed" if known else "new"

    def _person(self, row: Row) -> Person:
        name = as_username(row.text("用户名"))
        if name not in self.people:
            self.people[name] = find_person(name)
        found = self.people[name]
        if found is None:
            raise Refused("invalid", _("没有此用户：%(name)s") % {"name": row.text("用户名")}, {"rule": "person"})
        return found


def _code(row: Row) -> str:
    return row.text("编码")


def _hours(holder: DutyHolder) -> Hours:
    if holder.start_time is None or holder.end_time is None:
        return None
    return holder.start_time, holder.end_time
