"""Duties from Excel and back: one line a category and a unit, taken over whole or not at all."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.sheets import Column, Sheet, read_book, write_book
from cityloop.base.time import city_date
from cityloop.codes.models import Major, Minor
from cityloop.dispatch.actions import DutyLine, Loaded, take_over_table
from cityloop.dispatch.models import Duty
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand
from cityloop.org.selectors import active_between

# Headings and words are what cities write in their files: data, not words of the interface.
KINDS: Final = {"部件": "component", "事件": "event"}
KIND_WORDS: Final = {kind: word for word, kind in KINDS.items()}
DUTIES: Final = Sheet(
    "职责",
    (
        Column("标准", required=True, hint="分类标准的年份：2013 或 2007"),
        Column("类型", required=True, hint="部件 / 事件"),
        Column("类别编码", required=True, hint="两位是大类，小类没有自己的一行时用它；四位是小类"),
        Column("类别名称", hint="只供阅读"),
        Column("单位编码", required=True, hint="* 代表案件所在街道或区的代码，如 OFFICE-*；多个单位写多行"),
    ),
)


def import_duties(content: bytes, *, by: Actor, now: datetime) -> Loaded:
    """Take the workbook over; refused as `invalid` with every unreadable line, or with the first wrong one."""
    demand(by, "dispatch.manage_duties")
    book = read_book(content, (DUTIES,))
    if book.problems:
        lines = [f"{problem.row}: {problem.message}" for problem in book.problems]
        raise Refused("invalid", _("表格有误：%(lines)s") % {"lines": "；".join(lines[:20])}, {"lines": lines})
    lines_of = (
        DutyLine(
            row.number,
            row.text("标准"),
            KINDS.get(row.text("类型"), row.text("类型")),
            row.text("类别编码"),
            row.text("单位编码"),
        )
        for row in book.rows[DUTIES.title]
    )
    return take_over_table(lines_of, by=by, now=now)


def export_duties(*, by: Actor, now: datetime) -> bytes:
    """The duties in force today as a workbook that `import_duties` takes."""
    demand(by, "dispatch.manage_duties")
    return write_book((DUTIES,), {DUTIES.title: _rows(city_date(now))})


def _rows(today: date) -> Iterator[tuple[str, ...]]:
    names: dict[tuple[int, str, str], str] = {}
    for edition, kind, code, name in Major.objects.values_list("edition_id", "kind", "code", "name"):
        names[edition, kind, code] = name
    for edition, kind, code, name in Minor.objects.values_list("major__edition_id", "kind", "code", "name"):
        names[edition, kind, code] = name
    duties = Duty.objects.filter(active_between(today, "valid_from", "valid_to")).select_related("edition")
    for duty in duties.order_by("edition__code", "kind", "code", "pk"):
        name = names.get((duty.edition_id, duty.kind, duty.code), "")
        yield duty.edition.code, KIND_WORDS[duty.kind], duty.code, name, duty.unit_code
