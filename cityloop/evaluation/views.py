"""The monthly report: the page, the cases behind each number, both as workbooks, and publishing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.pages import get_page
from cityloop.base.sheets import Column, Sheet, write_book
from cityloop.base.time import city_time
from cityloop.cases.chores import is_on_virtual_clock
from cityloop.cases.models import Case
from cityloop.evaluation import actions
from cityloop.evaluation.excel import workbook_of
from cityloop.evaluation.following import follow
from cityloop.evaluation.forms import address_of, query_of, read_asked, read_terms
from cityloop.evaluation.making import cases_of, make_report
from cityloop.evaluation.models import Publication
from cityloop.evaluation.own import own_months
from cityloop.evaluation.present import Shown, column_title, title_of, verdict_title
from cityloop.evaluation.prose import definitions_of, lines_of, major_label, period_text
from cityloop.evaluation.report import Report
from cityloop.evaluation.selectors import CaseLine, case_lines, get_publication
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.permissions import has_permission

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER: Final = ("-created_at", "-pk")
STORED: Final = 24  # stored reports that the page names


@permission_required("evaluation.view")
@require_GET
def monthly(request: ActorRequest) -> HttpResponse:
    """The report of a month, or a stored one."""
    report, publication = _report(request)
    words = query_of(report.terms, publication.pk if publication else None)
    shown = Shown(report, words)
    context = {
        "report": report,
        "publication": publication,
        "is_same": publication is None or actions.recompute(publication).counts == report.counts,
        "period": period_text(report),
        "month": f"{city_time(report.terms.begin):%Y-%m}",
        "as_of": city_time(report.terms.as_of).replace(tzinfo=None).isoformat(timespec="minutes"),
        "until": f"{city_time(report.terms.as_of):%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
        "headline": shown.headline(),
        "main_tables": shown.main_tables(),
        "major_tables": shown.major_tables(),
        "lines": lines_of(report),
        "definitions": definitions_of(report),
        "stored": Publication.objects.defer("figures")[:STORED],
        "export_url": address_of(reverse("evaluation:export"), words),
        "words": words,
        "may_publish": publication is None and has_permission(request.actor, "evaluation.publish"),
        "is_constructed": is_on_virtual_clock(),
    }
    return render(request, "evaluation/monthly.html", context)


@permission_required("evaluation.view")
@require_GET
def export(request: ActorRequest) -> HttpResponse:
    """The report as a workbook."""
    report, _publication = _report(request)
    return _workbook(workbook_of(report), f"monthly-report-{city_time(report.terms.begin):%Y-%m}")


@permission_required("evaluation.view")
@require_GET
def cases(request: ActorRequest) -> HttpResponse:
    """Exactly the cases of one number."""
    report, publication = _report(request)
    asked = read_asked(request.GET.dict(), report)
    rows = cases_of(report, asked).select_related("minor__major")
    page = get_page(rows, order=ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    words = query_of(report.terms, publication.pk if publication else None)
    kinds = {"event": _("事件"), "component": _("部件")}
    majors = {major.id: major_label(major) for major in report.majors}
    context = {
        "report": report,
        "period": period_text(report),
        "page": page,
        "lines": [(line, verdict_title(line.verdict)) for line in _lines(page.rows, report, asked.label)],
        "count": rows.count(),
        "title": title_of(report, asked.label),
        "column": column_title(asked.column),
        "narrowed": [kinds.get(asked.kind, ""), majors.get(asked.major_id or 0, "")],
        "back_url": address_of(reverse("evaluation:monthly"), words),
        "export_url": address_of(reverse("evaluation:cases_export"), request.GET.dict()),
    }
    return render(request, "evaluation/cases.html", context)


@permission_required("evaluation.view")
@require_GET
def cases_export(request: ActorRequest) -> HttpResponse:
    """Exactly the cases of one number, as a workbook."""
    report, _publication = _report(request)
    asked = read_asked(request.GET.dict(), report)
    rows = list(cases_of(report, asked).select_related("minor__major").order_by(*ORDER))
    what = (_("案件编号"), _("类型"), _("大类"), _("小类"), _("责任单位"))
    when = (_("派遣时间"), _("截止时间"), _("处置完成时间"), _("结案时间"))
    sheet = Sheet(_("案件"), tuple(Column(name) for name in (*what, *when, _("结果"))))
    lines = [_cells(line) for line in _lines(rows, report, asked.label)]
    return _workbook(write_book([sheet], {sheet.title: lines}, definitions_of(report)), "cases")


@permission_required("evaluation.own_unit")
@require_GET
@never_cache
def own_unit(request: ActorRequest) -> HttpResponse:
    """A fragment of the unit's desk: its own figures of this month."""
    return render(request, "evaluation/own_unit.html", {"months": own_months(request.actor, request.now)})


@permission_required("evaluation.publish")
@require_POST
def publish(request: ActorRequest) -> HttpResponse:
    """Keep the report as it is shown."""
    made = actions.publish(read_terms(request.POST.dict(), now=request.now), by=request.actor, now=request.now)
    return HttpResponseRedirect(address_of(reverse("evaluation:monthly"), {"publication": str(made.pk)}))


def _report(request: ActorRequest) -> tuple[Report, Publication | None]:
    """The report that the address asks for, up to date with the events; or a stored one."""
    stored = request.GET.get("publication", "")
    if stored.isdecimal():
        publication = get_publication(int(stored))
        return actions.stored_report(publication), publication
    follow()
    return make_report(read_terms(request.GET.dict(), now=request.now)), None


def _lines(rows: Sequence[Case], report: Report, label: str) -> list[CaseLine]:
    row = next((row for row in report.rows if row.label == label), None)
    return case_lines(rows, report.terms, row)


def _cells(line: CaseLine) -> list[str]:
    kinds = {"event": _("事件"), "component": _("部件")}
    when = (line.received_at, line.due_at, line.handled_at, line.closed_at)
    what = (line.number, kinds.get(line.kind, ""), line.major, line.minor, line.unit)
    return [*what, *map(_text, when), verdict_title(line.verdict)]


def _text(moment: datetime | None) -> str:
    return "" if moment is None else city_time(moment).strftime("%Y-%m-%d %H:%M")


def _workbook(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )
