"""Online update at the desk: the queue, one proposal against the present, a new one, and the yearly rate."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import get_page
from cityloop.base.time import city_date
from cityloop.codes.models import Minor
from cityloop.codes.selectors import catalogue, default_edition
from cityloop.grid.models import Component, Proposal, UpdateKind, UpdateState
from cityloop.grid.selectors import list_areas, middle_of_city
from cityloop.grid.updates import actions
from cityloop.grid.updates.forms import ProposalForm, kinds_for, send_form
from cityloop.grid.updates.policy import access_component, access_proposal, visible_proposals
from cityloop.grid.updates.proposing import WITH_PLACE
from cityloop.grid.updates.rates import definition, list_rates, percent_of, rate_book, totals
from cityloop.grid.updates.selectors import difference_of, find_pending, list_proposals
from cityloop.grid.views.browse import tabs_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.permissions import has_permission
from cityloop.org.views.upload import download_book


@permission_required("grid.propose")
@require_GET
def update_list(request: ActorRequest) -> HttpResponse:
    """Proposals under filters: for whoever decides those that wait, for others their own."""
    may_approve = has_permission(request.actor, "grid.approve")
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "area")}
    if may_approve and "state" not in request.GET:
        asked["state"] = UpdateState.OPEN.value
    page = get_page(
        list_proposals(request.actor, state=asked["state"], kind=asked["kind"], area=asked["area"]),
        order=("-id",),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        **tabs_of(request, "updates"),
        **asked,
        "page": page,
        "may_approve": may_approve,
        "states": UpdateState.choices,
        "kinds": UpdateKind.choices,
        "areas": list_areas("district"),
        "batch": may_approve and any(row.is_open and row.kind == UpdateKind.CONFIRMED for row in page.rows),
    }
    return render(request, "grid/updates/list.html", context)


@permission_required("grid.approve")
@require_POST
def update_batch(request: ActorRequest) -> HttpResponse:
    """Approve the ticked confirmations."""
    pks = [int(word) for word in request.POST.getlist("update") if word.isascii() and word.isdecimal()]
    done = actions.approve_confirmations(pks, by=request.actor, now=request.now)
    said = ngettext("已批准 %(count)s 件核对无误", "已批准 %(count)s 件核对无误", done.approved)
    if done.approved:
        messages.success(request, said % {"count": done.approved})
    for proposal, why in done.left:
        messages.warning(request, _("第 %(number)s 号未批准：%(why)s") % {"number": proposal.pk, "why": why})
    if not pks:
        messages.warning(request, _("没有勾选任何申请"))
    return HttpResponseRedirect(reverse("grid:updates"))


@permission_required("grid.propose")
@require_GET
def update_page(request: ActorRequest, update_id: int) -> HttpResponse:
    """One proposal against the present state of its component."""
    return _draw(request, access_proposal(update_id, by=request.actor))


def _draw(request: ActorRequest, proposal: Proposal, *, refusal: Refused | None = None) -> HttpResponse:
    mine = proposal.by_id == request.actor.person_id
    context = {
        **tabs_of(request, "updates"),
        "update": proposal,
        "difference": difference_of(proposal),
        "may_decide": proposal.is_open and not mine and has_permission(request.actor, "grid.approve"),
        "may_recall": proposal.is_open and mine,
        "answer": request.POST.get("answer", ""),
        "refusal": refusal,
    }
    return render(request, "grid/updates/one.html", context, status=refusal.status if refusal else 200)


@permission_required("grid.propose")
@require_POST
def update_act(request: ActorRequest, update_id: int, do: str) -> HttpResponse:
    """Approve, refuse or recall; a refusal is read above the proposal, drawn anew against the present."""
    revision, answer = request.POST.get("revision", ""), request.POST.get("answer", "")
    seen = int(revision) if revision.isascii() and revision.isdecimal() else None
    given: dict[str, Any] = {"by": request.actor, "now": request.now}
    acts: dict[str, tuple[Callable[[], Proposal], str]] = {
        "approve": (lambda: actions.approve(update_id, **given, revision=seen, answer=answer), _("已批准")),
        "refuse": (lambda: actions.refuse(update_id, **given, answer=answer), _("已退回")),
        "recall": (lambda: actions.recall(update_id, **given), _("已撤回")),
    }
    if do not in acts:
        raise Refused("not_found", _("没有找到"), {"rule": "do"})
    act, said = acts[do]
    try:
        act()
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        return _draw(request, access_proposal(update_id, by=request.actor), refusal=refusal)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("grid:update" if do == "recall" else "grid:updates", args=_args(do, update_id)))


def _args(do: str, update_id: int) -> list[int]:
    return [update_id] if do == "recall" else []


@permission_required("grid.propose")
@require_GET
def update_choose(request: ActorRequest) -> HttpResponse:
    """First: which component, and what about it; or the category of a new one."""
    context: dict[str, Any] = {**tabs_of(request, "updates"), "code": request.GET.get("component", "").strip()}
    if context["code"]:
        try:
            row = access_component(context["code"])
        except Refused as refusal:
            return render(request, "grid/updates/choose.html", {**context, "refusal": refusal}, status=refusal.status)
        pending = find_pending(row)
        may_see = pending is not None and visible_proposals(request.actor).filter(pk=pending.pk).exists()
        context |= {"row": row, "pending": pending, "may_see": may_see, "kinds": kinds_for(row)}
    else:
        majors = catalogue(default_edition().id, city_date(request.now), fileable_only=False)
        context["majors"] = [major for major in majors if major.kind == "component"]
    return render(request, "grid/updates/choose.html", context)


def subject_of(request: ActorRequest, kind: str) -> Component:
    """What the form is about: the named component, or one to be of the named category; refused as `not_found`."""
    if kind not in UpdateKind.values:
        raise Refused("not_found", _("没有找到"), {"rule": "kind"})
    if kind != UpdateKind.NEW:
        return access_component(request.GET.get("component", ""))
    number = request.GET.get("minor", "")
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    minor = Minor.objects.filter(pk=pk, kind="component").first()
    if minor is None:
        raise Refused("not_found", _("没有此部件小类"), {"rule": "minor"})
    return Component(minor=minor, name=minor.name, valid_from=city_date(request.now))


def initial_of(row: Component, kind: str) -> dict[str, Any]:
    """A fresh number, and for a move the place as it is registered."""
    place = {"lon": round(row.geom.x, 6), "lat": round(row.geom.y, 6)} if kind == UpdateKind.MOVED else {}
    return {"client_id": uuid4(), **place}


@permission_required("grid.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def update_new(request: ActorRequest, kind: str) -> HttpResponse:
    """Propose at the desk."""
    row = subject_of(request, kind)
    if row.pk and kind not in dict(kinds_for(row)):
        raise Refused("not_here", _("线状、面状部件的图形请由管理员修改"), {"rule": "point"})
    form = ProposalForm(kind, row, request.POST or None, initial=initial_of(row, kind))
    status = 200
    if request.method == "POST":
        proposal, status = send_form(form, by=request.actor, now=request.now)
        if proposal:
            messages.success(request, _("已提交，等待审批"))
            return HttpResponseRedirect(reverse("grid:update", args=[proposal.pk]))
    context = {
        **tabs_of(request, "updates"),
        "form": form,
        "row": row if row.pk else None,
        "of": row.minor,
        "kind_label": UpdateKind(kind).label,
        "picks": kind in WITH_PLACE,
        "centre": middle_of_city() if kind == UpdateKind.NEW else None,
    }
    return render(request, "grid/updates/new.html", context, status=status)


@permission_required("grid.browse")
@require_GET
def update_rates(request: ActorRequest) -> HttpResponse:
    """How current the register is, by category and by district."""
    area = request.GET.get("area", "")
    rates = list_rates(request.now, area=area)
    registered, updated = sum(one.registered for one in rates), sum(one.updated for one in rates)
    context = {
        **tabs_of(request, "update_rates"),
        "area": area,
        "areas": list_areas("district"),
        "categories": totals(rates, "code"),
        "districts": totals(rates, "district"),
        "registered": registered,
        "updated": updated,
        "percent": percent_of(updated, registered),
        "definition": definition(),
        "today": city_date(request.now),
    }
    return render(request, "grid/updates/rates.html", context)


@permission_required("grid.browse")
@require_GET
def rates_export(request: ActorRequest) -> HttpResponse:
    """The same as a workbook, by category and district."""
    rates = list_rates(request.now, area=request.GET.get("area", ""))
    return download_book(rate_book(rates, city_date(request.now)), _("年更新率"))
