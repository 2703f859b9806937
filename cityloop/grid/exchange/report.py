"""What a check found, in sentences: for the page, as Excel, as CSV."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from cityloop.grid.exchange.guarding import guarded
from cityloop.grid.exchange.layers import get_spec
from cityloop.grid.models import DataImport, ImportFinding, Severity

MOST_EXCEL: Final = 1_000_000
SENTENCES: Final[dict[str, str | Promise]] = {
    "empty": gettext_lazy("没有图形，或坐标不是数字"),
    "broken": gettext_lazy("图形残缺，无法识别"),
    "range": gettext_lazy("坐标不在所选坐标系的范围内：%(value)s"),
    "flattened": gettext_lazy("三维坐标，高程已舍去"),
    "repaired": gettext_lazy("图形有误，已自动修复：%(value)s"),
    "invalid": gettext_lazy("图形有误，无法修复：%(value)s"),
    "kind": gettext_lazy("图形类型不符：%(value)s"),
    "outside": gettext_lazy("不在城市范围内"),
    "no_cell": gettext_lazy("不在任何单元网格内"),
    "other_cell": gettext_lazy("所填单元网格与位置不符，以位置为准：%(value)s"),
    "no_area": gettext_lazy("没有此社区：%(value)s"),
    "other_area": gettext_lazy("不在编码所指的社区内：%(value)s"),
    "overlaps": gettext_lazy("与单元网格重叠：%(value)s"),
    "code_form": gettext_lazy("编码的位数不对：%(value)s"),
    "code_category": gettext_lazy("标识码中的小类与所填小类不符：%(value)s"),
    "code_district": gettext_lazy("标识码中的区与位置不符：%(value)s"),
    "code_taken": gettext_lazy("编码已存在：%(value)s"),
    "code_twice": gettext_lazy("编码在文件中重复，与第一次出现的行：%(value)s"),
    "near_twice": gettext_lazy("与文件中第 %(value)s 行是同一处的同类对象"),
    "near_existing": gettext_lazy("与已有的同类对象在同一处：%(value)s"),
    "missing": gettext_lazy("%(field)s 必填"),
    "unknown": gettext_lazy("%(field)s 没有对应：%(value)s"),
    "no_date": gettext_lazy("%(field)s 不是日期：%(value)s"),
    "too_long": gettext_lazy("%(field)s 过长：%(value)s"),
    "left_out": gettext_lazy("按对应关系不导入的行数：%(value)s"),
    "formula": gettext_lazy("%(field)s 形如公式，按文字保存"),
    "encoding": gettext_lazy("%(field)s 有无法识别的文字，请检查编码"),
    "long": gettext_lazy("%(field)s 过长，已截断"),
    "width": gettext_lazy("此行的列数与表头不符"),
    "no_name": gettext_lazy("没有名称"),
}


class Line(NamedTuple):
    """One finding as it is read."""

    row: int
    severity: str
    label: str
    field: str
    sentence: str
    value: str


def field_labels(job: DataImport) -> dict[str, str]:
    """Our fields by name, in words; their fields stand for themselves."""
    return {target.name: str(target.label) for target in get_spec(job.layer).targets}


def line_of(finding: ImportFinding, labels: dict[str, str]) -> Line:
    """A finding in words."""
    field = labels.get(finding.field, finding.field)
    sentence = str(SENTENCES.get(finding.code, finding.code)) % {"field": field, "value": finding.value}
    return Line(finding.row, finding.severity, str(finding.get_severity_display()), field, sentence, finding.value)


def lines_of(job: DataImport) -> Iterator[Line]:
    """All findings by row."""
    labels = field_labels(job)
    return (line_of(finding, labels) for finding in job.findings.order_by("row", "id").iterator(5000))


class Count(NamedTuple):
    """How often something was found."""

    severity: str
    label: str
    sentence: str
    rows: int


def counts_of(job: DataImport) -> list[Count]:
    """What was found how often, the worst first."""
    order = {severity.value: place for place, severity in enumerate(Severity)}
    labels = dict(Severity.choices)
    found = []
    for key, count in job.counts.get("found", {}).items():
        severity, _slash, code = key.partition("/")
        sentence = str(SENTENCES.get(code, code)) % {"field": _("字段"), "value": "…"}
        found.append(Count(severity, str(labels[severity]), sentence, count))
    return sorted(found, key=lambda one: (order[one.severity], -one.rows))


def headings() -> list[str]:
    """The columns of a report."""
    return [_("行"), _("程度"), _("字段"), _("问题"), _("值")]


def _cells(line: Line) -> list[Any]:
    return [line.row, line.label, guarded(line.field), guarded(line.sentence), guarded(line.value)]


def write_report(job: DataImport, path: Path) -> None:
    """The whole report as .xlsx or .csv, by the ending of the file."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings())
            writer.writerows(_cells(line) for line in lines_of(job))
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("检查结果"))
    sheet.append(headings())
    for count, line in enumerate(lines_of(job)):
        if count >= MOST_EXCEL:
            break
        sheet.append(_cells(line))
    totals = book.create_sheet(_("汇总"))
    for key in ("rows", "good", "bad"):
        totals.append([str(TOTALS[key]), job.counts.get(key, 0)])
    for one in counts_of(job):
        totals.append([one.label, one.sentence, one.rows])
    book.save(path)


TOTALS: Final[dict[str, str | Promise]] = {
    "rows": gettext_lazy("总行数"),
    "good": gettext_lazy("合格"),
    "bad": gettext_lazy("有错误"),
    "written": gettext_lazy("已写入"),
}
