"""Pages and fragments of dispatch: whom to give a case to, and a unit's own page."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.base.secrets import mask_text
from cityloop.base.time import city_date
from cityloop.cases import selectors as cases
from cityloop.cases.shown.present import ClockView, label_of, state_of
from cityloop.dispatch.forms import DutiesForm
from cityloop.dispatch.policy import access_unit, units_of
from cityloop.dispatch.selectors import UnitDesk, UnitTask, list_duties, load_of, recommend, unit_desk
from cityloop.dispatch.sheets import export_duties, import_duties
from cityloop.limits.lamp import Lamp
from cityloop.org.access import ActorRequest, permission_required

TAIL: Final = 6
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permission_required("dispatch.recommend")
@require_safe
def recommended(request: ActorRequest, number: str) -> HttpResponse:
    """The panel beside the dispatch form: recommended units with reasons and load, a digit for each."""
    case = cases.access_case(number, by=request.actor)
    return render(request, "dispatch/recommend.html", {"found": recommend(case, request.now)})


@permission_required("dispatch.recommend")
@require_safe
def unit_load(request: ActorRequest, unit_id: int) -> HttpResponse:
    """What a unit has open now, as a fragment."""
    load = load_of([unit_id], request.now).get(unit_id)
    return render(request, "dispatch/unit_load.html", {"load": load})


@permission_required("dispatch.own_unit")
@require_safe
def own_unit(request: ActorRequest, unit_id: int | None = None) -> HttpResponse:
    """A unit's own page: the first of the person's units if none is named."""
    own = units_of(request.actor)
    chosen = access_unit(unit_id or next(iter(own)), by=request.actor)
    desk = unit_desk(chosen, request.now)
    wanted = request.GET.get("only", "")
    shown = [_line(row) for row in desk.tasks if _fits(row, wanted)]
    context = {
        "desk": desk,
        "rows": shown,
        "only": wanted,
        "tiles": list(_tiles(desk, wanted)),
        "others": {pk: name for pk, name in own.items() if pk != chosen},
    }
    return render(request, "dispatch/unit.html", context)


def _fits(row: UnitTask, wanted: str) -> bool:
    match wanted:
        case "to_acknowledge":
            return row.task.state == "assigned"
        case "handling":
            return row.task.state != "assigned"
        case "soon":
            return row.clock.lamp is Lamp.SOON
        case "late":
            return row.clock.lamp is Lamp.LATE
        case "rework":
            return row.is_rework
    return True


def _tiles(desk: UnitDesk, wanted: str) -> Iterator[dict[str, Any]]:
    labels = {
        "to_acknowledge": _("待签收"),
        "handling": _("处置中"),
        "soon": _("即将超期"),
        "late": _("超期"),
        "rework": _("返工"),
    }
    for name, count in desk.counts.items():
        yield {"name": name, "label": labels[name], "count": count, "current": name == wanted}


def _line(row: UnitTask) -> dict[str, Any]:
    case = row.task.case
    return {
        "url": reverse("cases:case", args=[case.number]),
        "head": case.number[:-TAIL],
        "tail": case.number[-TAIL:],
        "category": case.minor.label if case.minor else "",
        "address": mask_text(case.address),
        "description": mask_text(case.description),
        "urgent": case.urgent,
        "state": label_of(state_of(row.task).labels),
        "rework": row.is_rework,
        "instruction": mask_text(row.task.instruction),
        "due_at": row.clock.due_at,
        "lamp": lamp_name(row.clock),
        "words": row.clock.words,
    }


def lamp_name(clock: ClockView) -> str:
    """The lamp as the shell draws it."""
    return {Lamp.LATE: "overdue", Lamp.NONE: ""}.get(clock.lamp, clock.lamp.value)


@permission_required("dispatch.manage_duties")
@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: ActorRequest) -> HttpResponse:
    """Which unit answers for which category: take a workbook over, look the table up."""
    form = DutiesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = import_duties(form.cleaned_data["file"].read(), by=request.actor, now=request.now)
        except Refused as refusal:
            form.add_error("file", str(refusal.message))
        else:
            words = _("已导入：新增 %(new)d 条，终止 %(ended)d 条，不变 %(same)d 条")
            messages.success(request, words % {"new": done.new, "ended": done.ended, "same": done.same})
            return see_other(request, reverse("dispatch:duties"))
    rows = list_duties(city_date(request.now))
    return render(request, "dispatch/duties.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@permission_required("dispatch.manage_duties")
@require_safe
def duties_export(request: ActorRequest) -> HttpResponse:
    """The duties in force as a workbook."""
    content = export_duties(by=request.actor, now=request.now)
    name = _("职责表") + ".xlsx"
    header = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": header})
