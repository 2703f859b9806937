"""Components on the phone: those near, those to be looked at, and saying what has changed."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.geometry import read_lonlat
from cityloop.base.pages import see_other
from cityloop.base.time import city_date
from cityloop.codes import selectors as codes
from cityloop.codes.models import Minor
from cityloop.grid.models import Component, Proposal, UpdateKind
from cityloop.grid.selectors import nearest_components
from cityloop.grid.showing import facts_of, middle_of
from cityloop.grid.subjects import KINDS
from cityloop.grid.updates import actions
from cityloop.grid.updates.forms import ON_THE_SPOT, ProposalForm, kinds_for, send_form
from cityloop.grid.updates.policy import access_component, access_proposal
from cityloop.grid.updates.proposing import WITH_PHOTO, WITH_PLACE
from cityloop.grid.updates.selectors import asked_of, difference_of, find_pending, list_proposals
from cityloop.org.access import ActorRequest, permission_required
from cityloop.patrol import present
from cityloop.patrol.uploads import keep_photos
from cityloop.patrol.views.shell import show

NEAR_METRES = 200.0
FEW = 10
MOST_NEAR = 12
HIDDEN = ("client_id", "photos", "lon", "lat")


@permission_required("grid.propose")
@require_GET
def component_list(request: ActorRequest) -> HttpResponse:
    """What I am asked to look at, what is near, and what became of my proposals."""
    context = {
        "asked": [_line(one) for one in asked_of(request.actor)[:MOST_NEAR]],
        "mine": [_line(one) for one in list_proposals(request.actor, own=True).order_by("-id")[:FEW]],
        "tab": "home",
    }
    return show(request, "components", context)


def _line(proposal: Proposal) -> dict[str, Any]:
    row = proposal.component
    return {
        "pk": proposal.pk,
        "code": row.code if row else "",
        "title": row.name if row else proposal.minor.label,
        "place": row.place if row else "",
        "kind": proposal.get_kind_display(),
        "state": proposal.get_state_display(),
        "refused": proposal.state == "refused",
        "open": proposal.is_open,
        "answer": proposal.answer,
        "case": proposal.case_number,
        "at": present.moment(proposal.at),
    }


@permission_required("grid.propose")
@require_GET
def nearby(request: ActorRequest) -> HttpResponse:
    """A fragment: the components around a place, nearest first."""
    place = read_lonlat([request.GET.get("lon"), request.GET.get("lat")])
    near = [one for one in nearest_components(place, limit=MOST_NEAR) if one.metres <= NEAR_METRES]
    lines = [(one, codes.get_minor(one.minor_id).label, present.metres_words(one.metres)) for one in near]
    return show(request, "components_nearby", {"near": lines})


@permission_required("grid.propose")
@require_GET
def find(request: ActorRequest) -> HttpResponse:
    """Open the component whose code was typed."""
    try:
        row = access_component(request.GET.get("code", "").strip())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(request, reverse("patrol:components"))
    return see_other(request, reverse("patrol:component", args=[row.code]))


@permission_required("grid.propose")
@require_GET
def component_page(request: ActorRequest, code: str) -> HttpResponse:
    """What is registered, and what may be said of it."""
    row = access_component(code)
    pending = find_pending(row)
    context = {
        "row": row,
        "facts": [fact for fact in facts_of(KINDS["component"], row) if fact[1] not in ("", "—")],
        "at": middle_of(row),
        "kinds": kinds_for(row) if row.valid_to is None and not (pending and pending.is_open) else [],
        "pending": pending,
        "pending_at": present.moment(pending.at) if pending else "",
        "tab": "home",
    }
    return show(request, "component", context)


@permission_required("grid.propose")
@require_GET
def choose(request: ActorRequest) -> HttpResponse:
    """The category of a new component."""
    majors = codes.catalogue(codes.default_edition().id, city_date(request.now), fileable_only=False)
    found = [major for major in majors if major.kind == "component"]
    return show(request, "component_choose", {"majors": found, "tab": "home"})


@permission_required("grid.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def propose_new(request: ActorRequest, minor_id: int) -> HttpResponse:
    """Say that there is a component which nobody has registered."""
    minor = Minor.objects.filter(pk=minor_id, kind="component").first()
    if minor is None:
        raise Refused("not_found", _("没有此部件小类"), {"rule": "minor"})
    row = Component(minor=minor, name=minor.name, valid_from=city_date(request.now))
    return _form(request, row, UpdateKind.NEW)


@permission_required("grid.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def propose_page(request: ActorRequest, code: str, kind: str) -> HttpResponse:
    """Say something of a component."""
    row = access_component(code)
    if kind not in dict(kinds_for(row)):
        raise Refused("not_found", _("没有找到"), {"rule": "kind"})
    return _form(request, row, kind)


def _form(request: ActorRequest, row: Component, kind: str) -> HttpResponse:
    values, status = request.POST.copy() if request.method == "POST" else None, 200
    refusal: Refused | None = None
    if values is not None:
        try:
            _keep_files(request, values)
        except Refused as found:
            refusal = found
    form = ProposalForm(kind, row, values, only=ON_THE_SPOT, initial={"client_id": uuid4()})
    if values is not None and refusal is None:
        proposal, status = send_form(form, by=request.actor, now=request.now)
        if proposal:
            messages.success(request, _("已提交，等待审批"))
            return see_other(request, reverse("patrol:update", args=[proposal.pk]))
    context = {
        "form": form,
        "row": row,
        "is_new": not row.pk,
        "label": UpdateKind(kind).label,
        "kind": kind,
        "shown": [bound for bound in form.visible_fields() if bound.name not in HIDDEN],
        "must_photo": kind in WITH_PHOTO,
        "places": kind in WITH_PLACE,
        "at": middle_of(row) if row.pk else None,
        "refusal": refusal,
        "tab": "home",
    }
    return show(request, "component_update", context, status=refusal.status if refusal else status)


def _keep_files(request: ActorRequest, values: Any) -> None:
    """Photos that came with the form, where no script sent them before."""
    try:
        client_id = UUID(values.get("client_id", ""))
    except ValueError:
        return
    ids = keep_photos(
        request.FILES, "files:photos", purpose="other", client_id=client_id, by=request.actor, now=request.now
    )
    values["photos"] = ",".join([*filter(None, values.get("photos", "").split(",")), *ids])


@permission_required("grid.propose")
@require_GET
def update_page(request: ActorRequest, update_id: int) -> HttpResponse:
    """One proposal: mine with its answer, or one that asks me to look, which leads to the component."""
    proposal = access_proposal(update_id, by=request.actor)
    if proposal.state == "asked" and proposal.component:
        return see_other(request, reverse("patrol:component", args=[proposal.component.code]))
    mine = proposal.by_id == request.actor.person_id
    context = {
        "update": proposal,
        "line": _line(proposal),
        "difference": difference_of(proposal),
        "may_recall": mine and proposal.is_open,
        "tab": "home",
    }
    return show(request, "component_proposal", context)


@permission_required("grid.propose")
@require_POST
def recall_page(request: ActorRequest, update_id: int) -> HttpResponse:
    """Take my proposal back."""
    try:
        actions.recall(update_id, by=request.actor, now=request.now)
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已撤回"))
    return see_other(request, reverse("patrol:components"))
