"""Pages of drafts: generate cells or duty grids, read the report on the map, publish from a day."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.base.time import city_date
from cityloop.grid.cells.drafting import discard_draft, draft_cells, publish_cells
from cityloop.grid.cells.duty import draft_duty, move_cell, publish_duty
from cityloop.grid.cells.forms import DutyForm, GenerateForm, PublishForm
from cityloop.grid.cells.inputs import list_cells
from cityloop.grid.cells.showing import picture_of_draft, picture_of_duty, problems_of
from cityloop.grid.models import Area, Draft, DraftKind, DraftState
from cityloop.grid.views.browse import tabs_of
from cityloop.org.access import ActorRequest, permission_required

SHOWN = 30  # drafts in the list


@permission_required("grid.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def cells_page(request: ActorRequest) -> HttpResponse:
    """What drafts there are; make one of cells or of duty grids."""
    if request.method != "POST":
        return _draw(request, GenerateForm(), DutyForm())
    is_duty = request.POST.get("kind") == DraftKind.DUTY_GRIDS
    generate = GenerateForm(None if is_duty else request.POST)
    duty = DutyForm(request.POST if is_duty else None)
    try:
        draft = _make(request, duty if is_duty else generate)
    except Refused as refusal:
        return _draw(request, generate, duty, refusal)
    return see_other(request, reverse("grid:cells_draft", args=[draft.pk]))


def _make(request: ActorRequest, form: forms.Form) -> Draft:
    check(form)
    area = form.cleaned_data["area_code"]
    if isinstance(form, DutyForm):
        return draft_duty(area, form.wish(), by=request.actor, now=request.now)
    assert isinstance(form, GenerateForm)
    return draft_cells(area, form.settings(), by=request.actor, now=request.now)


def check(form: forms.Form) -> None:
    """Refuse what the form does not take."""
    if not form.is_valid():
        fields = {name: "；".join(map(str, words)) for name, words in form.errors.items()}
        raise Refused("invalid", _("请检查填写的内容"), {"fields": fields})


def _draw(
    request: ActorRequest, generate: forms.Form, duty: forms.Form, refusal: Refused | None = None
) -> HttpResponse:
    today = city_date(request.now)
    context = {
        **tabs_of(request, "cells"),
        "drafts": Draft.objects.all()[:SHOWN],
        "areas": Area.objects.filter(valid_to=None).order_by("code").values("code", "name", "level"),
        "there_are": list_cells("", on=today).count(),
        "generate": generate,
        "duty": duty,
        "refusal": refusal,
    }
    return render(request, "grid/cells.html", context, status=refusal.status if refusal else 200)


@permission_required("grid.edit")
@require_http_methods(["GET", "HEAD"])
def draft_page(request: ActorRequest, pk: int) -> HttpResponse:
    """A draft with its report and its map."""
    return _draw_draft(request, pk)


def _draw_draft(
    request: ActorRequest, pk: int, refusal: Refused | None = None, posted: QueryDict | None = None
) -> HttpResponse:
    draft = Draft.objects.filter(pk=pk).first()
    if draft is None:
        raise Refused("not_found", _("没有此草案"))
    asked = posted or request.GET
    context: dict[str, Any] = {
        **tabs_of(request, "cells"),
        "draft": draft,
        "is_open": draft.state == DraftState.OPEN,
        "publish": PublishForm(posted if posted and "on" in posted else None, initial={"on": city_date(request.now)}),
        "refusal": refusal,
        "moving": asked.get("cell", ""),
        "to": asked.get("to", ""),
    }
    if draft.kind == DraftKind.CELLS:
        context |= {"picture": picture_of_draft(draft), "problems": problems_of(draft)}
        return render(request, "grid/cells_draft.html", context, status=refusal.status if refusal else 200)
    picture, rows = picture_of_duty(draft)
    context |= {"picture": picture, "rows": rows}
    return render(request, "grid/duty_draft.html", context, status=refusal.status if refusal else 200)


@permission_required("grid.edit")
@require_POST
def draft_publish(request: ActorRequest, pk: int) -> HttpResponse:
    """Publish the draft from the day given."""
    form = PublishForm(request.POST)
    try:
        check(form)
        draft = Draft.objects.filter(pk=pk).first()
        publish = publish_duty if draft and draft.kind == DraftKind.DUTY_GRIDS else publish_cells
        publish(pk, by=request.actor, now=request.now, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"])
    except Refused as refusal:
        return _draw_draft(request, pk, refusal, request.POST)
    return see_other(request, reverse("grid:cells_draft", args=[pk]))


@permission_required("grid.edit")
@require_POST
def draft_discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Put the draft aside."""
    draft = Draft.objects.filter(pk=pk).first()
    discard_draft(pk, draft.kind if draft else "", by=request.actor, now=request.now)
    return see_other(request, reverse("grid:cells"))


@permission_required("grid.edit")
@require_POST
def draft_move(request: ActorRequest, pk: int) -> HttpResponse:
    """Move a cell of a draft to another duty grid."""
    try:
        move_cell(pk, request.POST.get("cell", ""), request.POST.get("to", ""), by=request.actor, now=request.now)
    except Refused as refusal:
        return _draw_draft(request, pk, refusal, request.POST)
    return see_other(request, reverse("grid:cells_draft", args=[pk]))
