"""A report as its page shows it: every number with the address of its cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cityloop.evaluation.forms import address_of
from cityloop.evaluation.prose import major_label
from cityloop.evaluation.report import ALL, GROUPS, KINDS, NONE, Report, UnitRow


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the address of exactly its cases."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table."""

    name: str
    cells: list[Cell]
    rate: str = ""
    total: bool = False
    moved: Cell | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ranking; no place without a rate."""

    place: str
    name: str
    rate: str


@dataclass(frozen=True, slots=True)
class MainTable:
    """The main table of a group, and its ranking."""

    title: str
    lines: list[Line]
    ranking: list[Place]


@dataclass(frozen=True, slots=True)
class MajorTable:
    """The table of a kind by major category."""

    title: str
    columns: list[str]
    lines: list[Line]


@dataclass(frozen=True)
class Shown:
    """Builds what the page shows. `words` are the terms as the words of an address."""

    report: Report
    words: Mapping[str, str] = field(default_factory=dict)

    def cell(self, number: int, label: str, column: str, kind: str = "", major: int | None = None) -> Cell:
        """A number with its address."""
        asked = {"label": label, "column": column}
        if kind:
            asked["kind"] = kind
        if major is not None:
            asked["major"] = str(major)
        return Cell(number, address_of(reverse("evaluation:cases"), self.words, asked))

    def main_tables(self) -> list[MainTable]:
        """The main tables: districts, departments."""
        titles = {GROUPS[0]: _("各区（管委会）"), GROUPS[1]: _("各部门（单位）")}
        return [MainTable(titles[name], self._main_lines(name), self._ranking(name)) for name in GROUPS]

    def _main_lines(self, group: str) -> list[Line]:
        rows = [(row, self.main_line(row.label, name_of(row))) for row in self.report.group(group)]
        lines = [line for row, line in rows if row.label != NONE]
        lines.append(self.main_line(group, _("小计"), total=True))
        lines += [line for row, line in rows if row.label == NONE]
        if group == GROUPS[-1]:
            lines.append(self.main_line(ALL, _("全市合计"), total=True))
        return lines

    def main_line(self, label: str, name: str, *, total: bool = False) -> Line:
        """The eleven numbers and the rate of a row."""
        figures = {kind: self.report.figures(label, kind) for kind in ("", *KINDS)}
        cells = [self.cell(figures[""].received, label, "received")]
        for column in ("given", "on_time", "closed"):
            cells += [self.cell(getattr(found, column), label, column, kind) for kind, found in figures.items()]
        cells.append(self.cell(figures[""].open, label, "open"))
        moved = self.cell(figures[""].moved, label, "moved") if figures[""].moved else None
        return Line(name, cells, self.report.rate_text(label), total, moved)

    def _ranking(self, group: str) -> list[Place]:
        return [
            Place("" if self.report.rate(row.label) is None else str(place), row.name, self.report.rate_text(row.label))
            for place, row in self.report.ranking(group)
        ]

    def major_tables(self) -> list[MajorTable]:
        """The tables by major category: events, components."""
        titles = {"event": _("受理处置事件类型分析"), "component": _("受理处置部件类型分析")}
        return [
            MajorTable(
                titles[kind], [major_label(major) for major in self.report.columns(kind)], list(self._major_lines(kind))
            )
            for kind in KINDS
        ]

    def _major_lines(self, kind: str) -> Iterator[Line]:
        for row in self.report.by_volume(kind):
            yield self._major_line(row.label, name_of(row), kind)
        yield self._major_line(ALL, _("合计"), kind, total=True)

    def _major_line(self, label: str, name: str, kind: str, *, total: bool = False) -> Line:
        majors = self.report.columns(kind)
        cells = [self.cell(self.report.of_major(label, one).given, label, "given", kind, one.id) for one in majors]
        cells.append(self.cell(self.report.figures(label, kind).given, label, "given", kind))
        return Line(name, cells, total=total)

    def headline(self) -> list[dict[str, Any]]:
        """The numbers that stand above everything, each with its cases."""
        figures, report = self.report.figures(ALL), self.report
        of_received, of_closed = report.on_time_texts(ALL)
        unowned = report.figures(NONE).received
        return [
            {"label": _("接收案件"), "cell": self.cell(figures.received, ALL, "received"), "note": ""},
            {
                "label": pgettext("figure", "结案"),
                "cell": self.cell(figures.closed, ALL, "closed"),
                "note": report.rate_text(ALL) + "%",
            },
            {
                "label": _("按时结案"),
                "cell": self.cell(figures.on_time, ALL, "on_time"),
                "note": _("占接收 %(received)s%% · 占结案 %(closed)s%%")
                % {"received": of_received, "closed": of_closed},
            },
            {"label": _("未结案"), "cell": self.cell(figures.open, ALL, "open"), "note": ""},
            {
                "label": _("暂无责任单位"),
                "cell": self.cell(unowned, NONE, "received"),
                "note": report.share_text(NONE) + "%",
            },
        ]


def name_of(row: UnitRow) -> str:
    """The name of a row; those that are no unit's are translated."""
    return row.name if row.label.startswith("u") else _(row.name)


def title_of(report: Report, label: str) -> str:
    """What a label is called."""
    names = {ALL: _("全市"), GROUPS[0]: _("各区（管委会）"), GROUPS[1]: _("各部门（单位）")}
    return names.get(label) or next(name_of(row) for row in report.rows if row.label == label)


def column_title(column: str) -> str:
    """What a column is called."""
    names = {
        "received": _("接收案件"),
        "given": pgettext("figure", "派遣"),
        "on_time": _("按时结案"),
        "late": _("超期结案"),
        "closed": pgettext("figure", "结案"),
        "open": _("未结案"),
        "moved": _("已转出"),
    }
    return names[column]


def verdict_title(verdict: str) -> str:
    """The verdict of a line."""
    names = {"on_time": _("按时"), "late": _("超期"), "open": _("未结"), "moved": _("已转出")}
    return names[verdict]
