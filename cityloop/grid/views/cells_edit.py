"""The page on which cells are split, merged and drawn anew by hand: try first, then carry out from a day."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.base.time import city_date
from cityloop.grid.cells.editing import Edit, apply_edit, get_cells, plan_edit, shared_border
from cityloop.grid.cells.engine.report import line_of
from cityloop.grid.cells.following import words_of
from cityloop.grid.cells.forms import EditForm
from cityloop.grid.cells.inputs import list_cells
from cityloop.grid.cells.showing import picture_of_cells
from cityloop.grid.models import Area, Level
from cityloop.grid.views.browse import tabs_of
from cityloop.grid.views.cells import check
from cityloop.org.access import ActorRequest, permission_required


@permission_required("grid.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: ActorRequest) -> HttpResponse:
    """Choose cells, draw, try, carry out."""
    if request.method != "POST":
        return _draw(request, EditForm(initial=_initial(request)))
    form = EditForm(request.POST)
    try:
        check(form)
        found = form.cleaned_data
        edit = plan_edit(found["act"], found["codes"], found["line"], now=request.now)
        if "try" in request.POST:
            return _draw(request, form, edit=edit)
        done = apply_edit(edit, by=request.actor, now=request.now, on=found["on"], reason=found["reason"])
    except Refused as refusal:
        return _draw(request, form, refusal=refusal)
    messages.success(request, words_of(done.followed))
    address = reverse("grid:cells_edit")
    return see_other(request, f"{address}?codes={','.join(cell.code for cell in edit.made)}")


def _initial(request: ActorRequest) -> dict[str, Any]:
    asked = request.GET
    return {"codes": asked.get("codes", ""), "act": asked.get("act", "split"), "on": city_date(request.now)}


def _draw(
    request: ActorRequest, form: EditForm, *, edit: Edit | None = None, refusal: Refused | None = None
) -> HttpResponse:
    on = city_date(request.now)
    codes = str(form["codes"].value() or "").replace(",", " ").split()
    area = (codes[0] if codes else request.GET.get("area", ""))[:12]
    cells = list(list_cells(area, on=on)) if len(area) == 12 else []
    communities = Area.objects.filter(level=Level.COMMUNITY, valid_to=None).order_by("code")
    context = {
        **tabs_of(request, "cells"),
        "form": form,
        "act": form["act"].value(),
        "codes": codes,
        "chosen": [cell for cell in cells if cell.code in codes],
        "cells": cells,
        "area": area,
        "communities": communities.values("code", "name"),
        "picture": picture_of_cells(cells, codes),
        "line": form["line"].value() or _border(codes, form["act"].value(), request),
        "edit": edit,
        "made": picture_of_made(edit),
        "notices": [line_of(one) for one in edit.notices] if edit else [],
        "refusal": refusal,
    }
    return render(request, "grid/cells_edit.html", context, status=refusal.status if refusal else 200)


def picture_of_made(edit: Edit | None) -> list[dict[str, Any]]:
    """The cells that would begin, as outlines for the map."""
    return [
        {"code": cell.code, "area_m2": cell.area_m2, "ring": json.dumps([list(at) for at in cell.geom.coords[0]])}
        for cell in (edit.made if edit else ())
    ]


def _border(codes: Sequence[str], act: Any, request: ActorRequest) -> str:
    """The border to drag, where two neighbours are chosen."""
    if act != "border" or len(codes) != 2:
        return ""
    try:
        one, other = get_cells(codes, on=city_date(request.now))
        return json.dumps(shared_border(one, other))
    except Refused:
        return ""
