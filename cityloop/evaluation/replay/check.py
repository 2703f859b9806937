"""Compares a report with what was published: every number, rate and share."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cityloop.evaluation.following import follow
from cityloop.evaluation.making import make_report
from cityloop.evaluation.replay.city import BEGIN, END
from cityloop.evaluation.replay.month import FOLDER, KINDS, LATE, ON_TIME, Month, Spec
from cityloop.evaluation.report import ALL, GROUPS, NONE, Report
from cityloop.evaluation.terms import Terms

TERMS: Final = Terms(BEGIN, END, END)


@dataclass(frozen=True, slots=True)
class Compared:
    """One published number beside ours."""

    what: str
    published: str
    ours: str

    @property
    def is_same(self) -> bool:
        """Whether they agree."""
        return self.published == self.ours


def current_report() -> Report:
    """The month's report, with the feed followed to its end."""
    follow()
    return make_report(TERMS)


def compare(month: Month, report: Report, *, name: str = "yangzhou") -> list[Compared]:
    """Every published number beside ours."""
    labels = {row.name: row.label for row in report.rows} | {month.unowned: NONE}
    printed = json.loads((FOLDER / name / "printed.json").read_text(encoding="utf-8"))
    closing = make_report(TERMS.with_options({"on_time": "closing"}))
    return [
        *_columns(month, report, labels),
        *_categories(month, report, labels),
        *_printed(printed, report, labels),
        Compared("按时结案（按结案时间）", str(report.figures(ALL).on_time), str(closing.figures(ALL).on_time)),
        *_names(month, report),
    ]


def columns_of(report: Report, label: str) -> dict[str, int]:
    """The eight published columns of a row."""
    found = {"received": report.figures(label).received, "open": report.figures(label).open}
    for kind in KINDS:
        figures = report.figures(label, kind)
        found |= {
            f"dispatched_{kind}": figures.given,
            f"on_time_{kind}": figures.on_time,
            f"closed_{kind}": figures.closed,
        }
    return found


def expected_of(specs: list[Spec], unit: str | None) -> dict[str, int]:
    """The same columns counted from the plans, in another way than the report counts them; None is the whole city."""
    own = [spec for spec in specs if unit is None or spec.unit == unit]
    found = {"received": len(own), "open": sum(spec.fate not in {ON_TIME, LATE} for spec in own)}
    for kind in KINDS:
        fates = [spec.fate for spec in own if spec.kind == kind]
        on_time = fates.count(ON_TIME)
        closed = on_time + fates.count(LATE)
        found |= {f"dispatched_{kind}": len(fates), f"on_time_{kind}": on_time, f"closed_{kind}": closed}
    return found


def _columns(month: Month, report: Report, labels: Mapping[str, str]) -> Iterator[Compared]:
    units = {name: (month.row(name), labels[name]) for name in (*month.districts, *month.departments, month.unowned)}
    for name, (published, label) in {"合计": (month.totals, ALL), **units}.items():
        ours = columns_of(report, label)
        for column, number in published.items():
            yield Compared(f"{name} {column}", str(number), str(ours[column]))


def _categories(month: Month, report: Report, labels: Mapping[str, str]) -> Iterator[Compared]:
    for kind in KINDS:
        columns = {major.name: major for major in report.columns(kind)}
        totals = month.body["totals"][f"{kind}s"]
        for place, name in enumerate(month.majors(kind)):
            for unit in (*month.districts, *month.departments, month.unowned):
                ours = report.of_major(labels[unit], columns[name]).given
                yield Compared(f"{unit} {kind} {name}", str(month.by_major(unit, kind)[place]), str(ours))
            yield Compared(f"合计 {kind} {name}", str(totals[place]), str(report.of_major(ALL, columns[name]).given))


def _printed(printed: Mapping[str, Any], report: Report, labels: Mapping[str, str]) -> Iterator[Compared]:
    for name, rate in printed["rates"].items():
        yield Compared(f"{name} 结案率", rate, report.rate_text(labels.get(name, ALL)))
    for name, share in printed["shares"].items():
        yield Compared(f"{name} 占比", share, report.share_text(labels[name]))
    for group in GROUPS:
        yield Compared(f"{group} 占比", printed["group_shares"][group], report.share_text(group))
    received, closed = report.on_time_texts(ALL)
    yield Compared("按时结案占接收", printed["on_time"]["of_received"], received)
    yield Compared("按时结案占结案", printed["on_time"]["of_closed"], closed)


def _names(month: Month, report: Report) -> Iterator[Compared]:
    """The order of the rows, the units without cases, the older cases."""
    ranked = [row.name for row in report.group(GROUPS[0]) if row.label != NONE]
    yield Compared("各区次序", "、".join(month.districts), "、".join(ranked))
    yield Compared("部门次序", "、".join(month.departments), "、".join(row.name for row in report.group(GROUPS[1])))
    nothing = "、".join(month.body["departments_without_cases"])
    yield Compared("无案件部门", nothing, "、".join(row.name for row in report.without_cases(GROUPS[1])))
    for closed, numbers in ((False, month.older["open"]), (True, month.older["coordinated"])):
        ours = sorted(one.external_number for one in report.older if one.closed == closed)
        yield Compared("以前月份的案件", "、".join(sorted(map(str, numbers))), "、".join(ours))
