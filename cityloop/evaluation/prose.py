"""The report in sentences, as the published ones are written."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cityloop.base.time import city_time
from cityloop.base.words import language, listed
from cityloop.codes.selectors import snapshot
from cityloop.evaluation.report import ALL, GROUPS, NONE, MajorColumn, OlderCase, Report, UnitRow


def lines_of(report: Report) -> list[str]:
    """The sentences of a report, one paragraph each."""
    return [line for line in (*_totals(report), *_groups(report), *_unowned(report), *_older(report)) if line]


def _totals(report: Report) -> Iterator[str]:
    figures = report.figures(ALL)
    received, closed = report.on_time_texts(ALL)
    yield _(
        "%(period)s，全市共接收案件 %(received)d 件，其中事件 %(events)d 件、部件 %(components)d 件。"
        "截至 %(as_of)s，结案 %(closed)d 件，结案率 %(rate)s%%；按时结案 %(on_time)d 件，"
        "占接收数的 %(of_received)s%%、结案数的 %(of_closed)s%%；未结案 %(open)d 件。"
    ) % {
        "period": period_text(report),
        "received": figures.received,
        "events": report.figures(ALL, "event").received,
        "components": report.figures(ALL, "component").received,
        "as_of": city_time(report.terms.as_of).strftime("%Y-%m-%d %H:%M"),
        "closed": figures.closed,
        "rate": report.rate_text(ALL),
        "on_time": figures.on_time,
        "of_received": received,
        "of_closed": closed,
        "open": figures.open,
    }


def period_text(report: Report) -> str:
    """The period in the city's days: a whole month by its name."""
    begin, end = city_time(report.terms.begin), city_time(report.terms.end)
    months = (end.year - begin.year) * 12 + end.month - begin.month
    if months == 1 and begin.day == end.day == 1:
        return _("%(year)d 年 %(month)d 月") % {"year": begin.year, "month": begin.month}
    return _("%(begin)s 至 %(end)s（不含）") % {"begin": f"{begin:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"}


def _groups(report: Report) -> Iterator[str]:
    sentences = {
        GROUPS[0]: _("各区（管委会）%(count)d 个，共接收 %(received)d 件，占 %(share)s%%：%(units)s。"),
        GROUPS[1]: _("各部门（单位）%(count)d 个，共接收 %(received)d 件，占 %(share)s%%：%(units)s。"),
    }
    for name, sentence in sentences.items():
        rows = [row for row in report.group(name) if row.label != NONE]
        busy = [row for row in rows if report.figures(row.label).received]
        if busy:
            yield sentence % {
                "count": len(rows),
                "received": report.figures(name).received,
                "share": report.share_text(name),
                "units": listed(_volume(report, row) for row in busy),
            }
        if idle := [row.name for row in rows if row not in busy]:
            yield _("%(units)s等 %(count)d 个单位无案件受理。") % {"units": listed(idle), "count": len(idle)}


def _volume(report: Report, row: UnitRow) -> str:
    values = {"unit": row.name, "count": report.figures(row.label).received, "share": report.share_text(row.label)}
    return _("%(unit)s %(count)d 件（%(share)s%%）") % values


def _unowned(report: Report) -> Iterator[str]:
    count = report.figures(NONE).received
    if not count:
        return
    counts = [(major, report.of_major(NONE, major).received) for major in report.majors]
    kinds = [f"{major_label(major)} {number}" for major, number in counts if number]
    yield _("暂无责任单位 %(count)d 件，占 %(share)s%%，均在协调中，不计入任何单位：%(kinds)s。") % {
        "count": count,
        "share": report.share_text(NONE),
        "kinds": listed(kinds),
    }


def _older(report: Report) -> Iterator[str]:
    still_open = [one for one in report.older if not one.closed]
    solved = [one for one in report.older if one.closed]
    if still_open:
        yield _("以前派遣、截至统计时仍未办结的案件 %(count)d 件（不计入上列数字）：%(cases)s。") % _named(still_open)
    if solved:
        yield _("以前经协调派遣、本期办结的案件 %(count)d 件（不计入上列数字）：%(cases)s。") % _named(solved)


def _named(cases: list[OlderCase]) -> dict[str, object]:
    names = [f"{one.external_number or one.number} {one.category}（{one.unit}）" for one in cases]
    return {"count": len(cases), "cases": listed(names)}


def definitions_of(report: Report) -> list[tuple[str, str]]:
    """Every column in words, as the terms of this report have it."""
    terms = report.terms
    on_time = {
        "disposal": _(
            "结案的案件中，最终通过核查的那次处置反馈不晚于当时有效的截止时间的。处置时限从派遣起算，审核与核查期间不计。"
        ),
        "closing": _("结案的案件中，处置反馈和结案本身都不晚于截止时间的。"),
    }
    moved = {
        "counted": _("统计期内曾派遣给本单位的案件，按派遣时间计，后来改派或回退的仍计入。撤回的派遣不计。"),
        "left_out": _("统计期内派遣给本单位、截至时间仍由本单位负责的案件；改派或回退的不计入。"),
    }
    rates = {"truncate": _("截取两位小数，不四舍五入"), "round": _("四舍五入到两位小数")}
    rate = _("结案数除以接收案件数，%(rounding)s，末尾的零不写；与是否按时无关。占比四舍五入。")
    unowned = _("截至时间在协调中、没有责任单位的案件；单列一行，计入合计，不计入任何单位，不参加排名。")
    return [
        (_("接收案件数"), moved[terms.moved]),
        (_("派遣数"), _("接收的案件中，截至时间由本单位负责的。")),
        (_("结案数"), _("本单位负责的案件中，截至时间已结案的。作废的案件不计入任何数字。")),
        (_("按时结案数"), on_time[terms.on_time]),
        (_("未结案数"), _("接收案件数减结案数。")),
        (_("结案率"), rate % {"rounding": rates[terms.rates]}),
        (_("合计"), _("一个案件先后派遣给几个单位的，在合计中只计一次。")),
        (_("暂无责任单位"), unowned),
        (_("名次"), _("按结案率从高到低，相同的按单位表的次序排列，名次并列；无案件的单位没有结案率。")),
    ]


def major_label(column: MajorColumn) -> str:
    """A major category as its column is headed; a stored report keeps the Chinese name, English is looked up."""
    found = snapshot().majors.get(column.id) if language() == "en" else None
    return found.label if found else column.name
