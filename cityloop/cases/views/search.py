"""Finding cases: by the last digits, by words, by filters; and the list as an Excel file."""

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cityloop.base.errors import Refused
from cityloop.base.secrets import mask_text
from cityloop.base.sheets import Column, Sheet, write_book
from cityloop.base.time import city_date, city_midnight
from cityloop.cases import selectors
from cityloop.cases.boxes import UNSEEN
from cityloop.cases.models import Case
from cityloop.cases.shown import lines
from cityloop.cases.shown.casefile import moment
from cityloop.cases.shown.present import label_of, minor_of, source_of, state_of
from cityloop.codes import selectors as codes
from cityloop.grid.selectors import list_areas
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.models import Unit
from cityloop.workflow.selectors import active_version, get_flow

MOST_ROWS: Final = 5000
MOST_SUGGESTED: Final = 8
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS: Final = ("phase", "state", "source", "area", "unit", "minor", "since", "until", "late")
PHASES: Final = {
    "received": gettext_lazy("受理"),
    "filed": gettext_lazy("待派遣"),
    "coordinating": gettext_lazy("协调"),
    "handling": gettext_lazy("处置"),
    "feedback": gettext_lazy("审核反馈"),
    "checking": gettext_lazy("核查结案"),
    "ended": gettext_lazy("已结束"),
}


@permission_required("cases.view")
@require_GET
@never_cache
def search(request: ActorRequest) -> HttpResponse:
    """The list; the end of a number that fits one case opens it at once."""
    words = _words(request)
    rows = _filtered(request).defer(*UNSEEN)
    if words.isdecimal() and len(words) >= selectors.SUFFIX_LEAST and not {"after", "before"} & set(request.GET):
        found = list(rows.values_list("number", flat=True)[:2])
        if len(found) == 1:
            return HttpResponseRedirect(reverse("cases:case", args=[found[0]]))
    narrowed = sum(1 for name in FILTERS if request.GET.get(name))
    page = selectors.get_newest(
        request.actor,
        rows.select_related("unit"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        narrowed=bool(words or narrowed),
    )
    context = {
        "rows": [_row(case, request) for case in page.rows],
        "page": page,
        "q": words,
        "asked": request.GET,
        "narrowed": narrowed,
        "too_short": words.isdecimal() and len(words) < selectors.SUFFIX_LEAST,
        "export": f"{reverse('cases:export')}?{request.GET.urlencode()}",
        **_choices(request),
    }
    return render(request, "cases/search.html", context)


def _row(case: Case, request: ActorRequest) -> dict[str, Any]:
    line = lines.line_of(case, request.actor, request.now)
    return {**line, "unit": case.unit.label if case.unit else "", "created": moment(case.created_at)}


def _filtered(request: ActorRequest) -> QuerySet[Case]:
    asked = request.GET
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    unit, minor = asked.get("unit", ""), asked.get("minor", "")
    return selectors.filtered(
        selectors.search(selectors.visible(request.actor), _words(request)),
        now=request.now,
        equal={
            "state": asked.get("state", ""),
            "phase": asked.get("phase", ""),
            "source": int(asked["source"]) if asked.get("source", "").isdecimal() else "",
            "unit": int(unit) if unit.isdecimal() else "",
            "minor": int(minor) if minor.isdecimal() else "",
        },
        area=asked.get("area", "") if asked.get("area", "").isdecimal() else "",
        since=city_midnight(since) if since else None,
        until=city_midnight(until + timedelta(days=1)) if until else None,
        overdue=True if asked.get("late") else None,
    )


def _words(request: ActorRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise Refused("invalid", _("日期应写作 2026-03-02"), {"rule": "day"}) from None


def _choices(request: ActorRequest) -> dict[str, Any]:
    """What the filters choose from."""
    states = get_flow(active_version("case")).states.values()
    unit, minor = request.GET.get("unit", ""), request.GET.get("minor", "")
    chosen = Unit.objects.filter(pk=int(unit)).first() if unit.isdecimal() else None
    return {
        "phases": PHASES.items(),
        "states": [(state.name, label_of(state.labels)) for state in states],
        "sources": [(source.id, source.label) for source in codes.list_sources(city_date(request.now))],
        "areas": list(list_areas("district").values_list("code", "name")),
        "unit": chosen,
        "minor": codes.snapshot().minors.get(int(minor)) if minor.isdecimal() else None,
    }


@permission_required("cases.view")
@require_GET
@never_cache
def suggest(request: ActorRequest) -> JsonResponse:
    """Cases for a picker, as JSON: by the last digits or by words, the newest first."""
    words = _words(request)
    found = selectors.search(selectors.visible(request.actor), words) if len(words) > 1 else Case.objects.none()
    rows = found.order_by(*selectors.NEWEST)[:MOST_SUGGESTED]
    return JsonResponse({"items": [{"number": row.number, "label": _label(row)} for row in rows]})


def _label(case: Case) -> str:
    minor = minor_of(case)
    return f"{minor.label if minor else ''} {case.address}".strip()


@permission_required("cases.view")
@require_GET
def export(request: ActorRequest) -> HttpResponse:
    """The list as an Excel file: texts masked, at most `MOST_ROWS` cases, and a clear word beyond."""
    rows = _filtered(request).select_related("unit")
    cases = list(rows.order_by(*selectors.NEWEST)[: MOST_ROWS + 1])
    if len(cases) > MOST_ROWS:
        raise Refused(
            "too_large",
            _("结果超过 %(most)s 件，请缩小日期或其他条件后再导出") % {"most": MOST_ROWS},
            {"rule": "export_rows", "most": MOST_ROWS},
        )
    headings = (_("编号"), _("状态"), _("来源"), _("大类"), _("小类"), _("地址"), _("描述"), _("责任单位"))
    times = (_("上报时间"), _("立案时间"), _("派遣时间"), _("处置截止"), _("处置完成"), _("结案时间"), _("是否按期"))
    sheet = Sheet(_("案件"), tuple(Column(name) for name in (*headings, *times)))
    note = [(_("导出人"), request.actor.name), (_("导出时间"), moment(request.now))]
    content = write_book([sheet], {sheet.title: (_cells(case) for case in cases)}, note)
    response = HttpResponse(content, content_type=XLSX)
    name = f"{_('案件')}-{city_date(request.now):%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _cells(case: Case) -> list[str]:
    minor = minor_of(case)
    late = {None: "", True: _("超期"), False: _("按期")}[case.is_late]
    return [
        case.number,
        label_of(state_of(case).labels),
        source_of(case).label,
        codes.snapshot().majors[minor.major_id].label if minor else "",
        minor.label if minor else "",
        mask_text(case.address),
        mask_text(case.description),
        case.unit.label if case.unit else "",
        moment(case.created_at),
        moment(case.filed_at),
        moment(case.dispatched_at),
        moment(case.due_at),
        moment(case.handled_at),
        moment(case.closed_at),
        late,
    ]
