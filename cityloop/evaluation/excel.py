"""The report as a workbook: the published tables as they were printed, the sentences and the definitions."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from cityloop.evaluation.prose import definitions_of, lines_of, major_label, period_text
from cityloop.evaluation.rates import text_of
from cityloop.evaluation.report import ALL, GROUPS, KINDS, NONE, Report

THIN: Final = Side(style="thin", color="808080")
FRAME: Final = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
Value = str | int | Decimal | None


def workbook_of(report: Report) -> bytes:
    """The .xlsx of a report."""
    book = Workbook()
    book.remove(book.active)
    titles = {GROUPS[0]: _("各区（管委会）"), GROUPS[1]: _("各部门（单位）")}
    for group in GROUPS:
        _main_sheet(book.create_sheet(titles[group]), report, group, titles[group])
    names = {"event": _("事件类型分析"), "component": _("部件类型分析")}
    for kind in KINDS:
        _major_sheet(book.create_sheet(names[kind]), report, kind, names[kind])
    notes = [(line,) for line in lines_of(report)]
    _text_sheet(book.create_sheet(_("文字")), notes)
    _text_sheet(book.create_sheet(_("口径")), definitions_of(report))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def main_row(report: Report, label: str) -> list[Value]:
    """The eleven figures of a row in the order of the publication."""
    both, event, component = (report.figures(label, kind) for kind in ("", *KINDS))
    return [
        both.received,
        *(figures.given for figures in (both, event, component)),
        *(figures.on_time for figures in (both, event, component)),
        *(figures.closed for figures in (both, event, component)),
        both.open,
        _number(report.rate(label)),
    ]


def _main_sheet(sheet: Any, report: Report, group: str, title: str) -> None:
    sheet.append([f"{period_text(report)} {title}"])
    split = [_("小计"), _("事件"), _("部件")]
    headings = [_("派遣数"), "", "", _("按时结案数"), "", "", _("结案数"), "", "", _("未结案数"), _("结案率%")]
    sheet.append([_("单位"), _("接收案件数"), *headings, "", _("名次"), _("单位"), _("结案率%")])
    sheet.append(["", "", *split, *split, *split])
    for first, last in (("A1", "Q1"), ("C2", "E2"), ("F2", "H2"), ("I2", "K2")):
        sheet.merge_cells(f"{first}:{last}")
    for column in "ABLMOPQ":
        sheet.merge_cells(f"{column}2:{column}3")
    left, right = _lines(report, group), _places(report, group)
    for place in range(max(len(left), len(right))):
        line = left[place] if place < len(left) else [""] * 13
        sheet.append([*line, "", *(right[place] if place < len(right) else ())])
    _finish(sheet, first=16)


def _lines(report: Report, group: str) -> list[list[Value]]:
    """The units, their sum, the unowned cases, and the city."""
    rows = [(row.label, [row.name, *main_row(report, row.label)]) for row in report.group(group)]
    lines: list[list[Value]] = [line for label, line in rows if label != NONE]
    lines.append([_("小计"), *main_row(report, group)])
    lines += [line for label, line in rows if label == NONE]
    return [*lines, [_("全市合计"), *main_row(report, ALL)]]


def _places(report: Report, group: str) -> list[list[Value]]:
    """The ranking beside the table."""
    return [
        [place if (rate := report.rate(row.label)) is not None else None, row.name, _number(rate)]
        for place, row in report.ranking(group)
    ]


def _number(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else Decimal(text_of(rate))


def _major_sheet(sheet: Any, report: Report, kind: str, title: str) -> None:
    majors = report.columns(kind)
    sheet.append([f"{period_text(report)} {title}"])
    sheet.append([_("单位"), *(major_label(major) for major in majors), _("合计")])
    for row in report.by_volume(kind):
        numbers = [report.of_major(row.label, major).given for major in majors]
        sheet.append([row.name, *numbers, report.figures(row.label, kind).given])
    totals = [report.of_major(ALL, major).given for major in majors]
    sheet.append([_("合计"), *totals, report.figures(ALL, kind).given])
    _finish(sheet, first=16)


def _text_sheet(sheet: Any, lines: Iterable[Sequence[str]]) -> None:
    for line in lines:
        sheet.append(list(line))
    widths = (20, 110) if sheet.max_column > 1 else (130,)
    for letter, width in zip("AB", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")


def _finish(sheet: Any, *, first: int) -> None:
    """Frames, bold headings, texts that are never formulas."""
    sheet.column_dimensions["A"].width = first
    if sheet.max_column > 15:
        sheet.column_dimensions["P"].width = first
    sheet.freeze_panes = "B4" if sheet.max_column > 15 else "B3"
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            if cell.value not in (None, ""):
                cell.border = FRAME
            cell.alignment = CENTRE
            if cell.row <= 3 and isinstance(cell.value, str) and not cell.coordinate.startswith("P4"):
                cell.font = Font(bold=cell.row <= 2)
