"""确权: rounds and progress for whoever decides, the own list for units, disputes for both."""

from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import Page, get_page, see_other
from cityloop.base.sheets import Column, Sheet, write_book
from cityloop.base.time import city_date
from cityloop.grid.models import Area, DisputeReason, OwnershipRound
from cityloop.grid.ownership import actions, selectors
from cityloop.grid.views.browse import tabs_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.models import Unit
from cityloop.org.selectors import find_unit, list_units

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: Final = ("open", "decided")


@permission_required("grid.own")
@require_GET
@never_cache
def ownership(request: ActorRequest) -> HttpResponse:
    """Whoever decides: the round with every unit's progress. A unit: its own list."""
    return _overview(request)


def _overview(request: ActorRequest, refusal: Refused | None = None) -> HttpResponse:
    run = _chosen(request)
    is_judge = selectors.is_judge(request.actor)
    context = {
        **tabs_of(request, "ownership"),
        "run": run,
        "rounds": OwnershipRound.objects.all(),
        "is_judge": is_judge,
        "progress": selectors.progress_of(run) if run and is_judge else [],
        "items": selectors.visible_items(request.actor).filter(round=run) if run and not is_judge else [],
        "disputes": selectors.visible_disputes(request.actor).filter(decided_at=None).count(),
        "areas": Area.objects.filter(level__in=("district", "street")).order_by("code").values_list("code", "name"),
        "is_late": run is not None and run.is_open and city_date(request.now) > run.due_on,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "grid/ownership.html", context, status=refusal.status if refusal else 200)


def _chosen(request: ActorRequest) -> OwnershipRound | None:
    asked = request.GET.get("round", "")
    if asked.isdecimal():
        return selectors.get_round(int(asked))
    return selectors.find_open_round() or OwnershipRound.objects.first()


@permission_required("grid.approve")
@require_POST
def ownership_open(request: ActorRequest) -> HttpResponse:
    """Open a round."""
    try:
        actions.open_round(
            request.POST.get("name", ""),
            by=request.actor,
            now=request.now,
            due_on=_day(request.POST.get("due_on", "")),
            area_code=request.POST.get("area", ""),
        )
    except Refused as refusal:
        return _overview(request, refusal)
    return see_other(request, reverse("grid:ownership"))


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        message = _("日期应写作 2026-03-02")
        raise Refused("invalid", message, {"fields": {"due_on": message}})
    return found


@permission_required("grid.approve")
@require_POST
def ownership_round(request: ActorRequest, round_id: int, what: str) -> HttpResponse:
    """Remind the units, or end the round."""
    run = selectors.get_round(round_id)
    act = actions.remind if what == "remind" else actions.close_round
    act(run, by=request.actor, now=request.now)
    return see_other(request, f"{reverse('grid:ownership')}?round={round_id}")


@permission_required("grid.approve")
@require_GET
def ownership_export(request: ActorRequest, round_id: int) -> HttpResponse:
    """Every unit's progress as a workbook."""
    run = selectors.get_round(round_id)
    names = (
        _("单位"),
        _("清单（类）"),
        _("已确认（类）"),
        _("部件"),
        _("已确认部件"),
        _("未裁定争议"),
        _("已裁定争议"),
    )
    sheet = Sheet(_("确权进度"), tuple(Column(name) for name in names))
    rows = (
        [
            row.unit.label if row.unit else _("无权属信息"),
            str(row.lines),
            str(row.confirmed),
            str(row.components),
            str(row.components_confirmed),
            str(row.open_disputes),
            str(row.decided_disputes),
        ]
        for row in selectors.progress_of(run)
    )
    content = write_book([sheet], {sheet.title: rows}, [(_("批次"), run.name), (_("截止日期"), f"{run.due_on}")])
    headers = {"Content-Disposition": content_disposition_header(True, f"{run.name}.xlsx") or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@permission_required("grid.own")
@require_GET
@never_cache
def ownership_item(request: ActorRequest, item_id: int) -> HttpResponse:
    """The components of one line: confirm all, dispute one, fill what lacks."""
    return _item(request, item_id)


def _item(request: ActorRequest, item_id: int, refusal: Refused | None = None) -> HttpResponse:
    item = selectors.access_item(item_id, by=request.actor)
    rows = selectors.components_of(item)
    page: Page[Any] = get_page(
        rows, order=("code",), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "item": item,
        "page": page,
        "count": rows.count(),
        "lacking": {name: rows.filter(**{name: None}).count() for name in actions.FILLED},
        "reasons": DisputeReason.choices,
        "units": list_units(on=city_date(request.now)),
        "is_own": item.unit_id in selectors.units_of(request.actor),
        "is_judge": selectors.is_judge(request.actor),
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "grid/ownership_item.html", context, status=refusal.status if refusal else 200)


@permission_required("grid.own")
@require_POST
def ownership_answer(request: ActorRequest, item_id: int, what: str) -> HttpResponse:
    """Confirm the line, dispute a component of it, or fill a unit that lacks."""
    item = selectors.access_item(item_id, by=request.actor)
    try:
        if what == "confirm":
            actions.confirm(item, by=request.actor, now=request.now)
        elif what == "dispute":
            _dispute(request, item.round)
        else:
            unit = _unit(request.POST.get("unit", ""))
            field = request.POST.get("field", "")
            actions.fill(item, by=request.actor, now=request.now, field=field, unit=unit)
    except Refused as refusal:
        return _item(request, item_id, refusal)
    return see_other(request, reverse("grid:ownership_item", args=[item_id]))


def _dispute(request: ActorRequest, run: OwnershipRound) -> None:
    named = request.POST.get("named", "")
    actions.dispute(
        run,
        request.POST.get("component", ""),
        by=request.actor,
        now=request.now,
        reason=request.POST.get("reason", ""),
        text=request.POST.get("text", ""),
        named=_unit(named) if named else None,
    )


def _unit(code: str) -> Unit:
    found = find_unit(code)
    if found is None:
        message = _("请选择单位")
        raise Refused("invalid", message, {"fields": {"unit": message}})
    return found


@permission_required("grid.own")
@require_GET
@never_cache
def ownership_disputes(request: ActorRequest) -> HttpResponse:
    """Disputes, the oldest undecided first."""
    return _disputes(request)


def _disputes(request: ActorRequest, refusal: Refused | None = None) -> HttpResponse:
    state = request.GET.get("state", "open")
    rows = selectors.visible_disputes(request.actor).filter(decided_at__isnull=state != "decided")
    page: Page[Any] = get_page(
        rows, order=("opened_at", "pk"), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "page": page,
        "state": state if state in STATES else "open",
        "units": list_units(on=city_date(request.now)),
        "is_judge": selectors.is_judge(request.actor),
        "own": selectors.units_of(request.actor),
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "grid/ownership_disputes.html", context, status=refusal.status if refusal else 200)


@permission_required("grid.own")
@require_POST
def ownership_dispute(request: ActorRequest, dispute_id: int, what: str) -> HttpResponse:
    """Decide a dispute, or take it back."""
    row = selectors.access_dispute(dispute_id, by=request.actor)
    try:
        if what == "withdraw":
            actions.withdraw(row, by=request.actor, now=request.now)
        else:
            unit = _unit(request.POST.get("unit", ""))
            basis = request.POST.get("basis", "")
            actions.decide(row, by=request.actor, now=request.now, unit=unit, basis=basis)
    except Refused as refusal:
        return _disputes(request, refusal)
    return see_other(request, reverse("grid:ownership_disputes"))
