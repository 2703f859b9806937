"""Pages of units: the tree, one unit."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.org import actions
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.forms import LastDayForm, UnitForm, add_refusal
from cityloop.org.models import Unit
from cityloop.org.permissions import has_permission
from cityloop.org.selectors import get_unit, list_posts, list_units, search_units

GET_POST = ["GET", "HEAD", "POST"]


@permission_required("org.view")
@require_GET
def unit_list(request: ActorRequest) -> HttpResponse:
    """All units as a tree, or those that match the words."""
    words, today = request.GET.get("q", ""), city_date(request.now)
    found = search_units(words, on=today) if words.strip() else list_units()
    rows = [{"unit": unit, "depth": 0 if words.strip() else unit.path.count("/") - 1} for unit in _as_tree(list(found))]
    may = has_permission(request.actor, "org.manage_units")
    return render(request, "org/unit_list.html", {"rows": rows, "q": words, "today": today, "may_manage": may})


def _as_tree(units: list[Unit]) -> list[Unit]:
    """Parents before children, brothers in the order of lists."""
    place = {unit.pk: (unit.position, unit.pk) for unit in units}

    def key(unit: Unit) -> list[tuple[int, int]]:
        return [place.get(int(pk), (0, int(pk))) for pk in unit.path.strip("/").split("/")]

    return sorted(units, key=key)


@permission_required("org.manage_units")
@require_http_methods(GET_POST)
def unit_new(request: ActorRequest) -> HttpResponse:
    """A new unit."""
    form = UnitForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if form.is_valid():
        data = form.cleaned_data
        try:
            unit = actions.create_unit(data.pop("code"), by=request.actor, now=request.now, **data)
            return HttpResponseRedirect(reverse("org:unit", args=[unit.pk]))
        except Refused as refusal:
            add_refusal(form, refusal)
    return render(request, "org/unit.html", {"form": form}, status=422 if form.errors else 200)


@permission_required("org.view")
@require_GET
def unit_page(request: ActorRequest, unit_id: int) -> HttpResponse:
    """One unit: its fields, its posts of today."""
    return _unit_page(request, get_unit(unit_id))


@permission_required("org.manage_units")
@require_POST
def unit_change(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Change the fields; a changed parent moves the branch."""
    unit = get_unit(unit_id)
    form = UnitForm(request.POST, instance=unit)
    if form.is_valid():
        data = form.cleaned_data
        parent = data.pop("parent")
        try:
            actions.change_unit(unit, by=request.actor, now=request.now, parent=parent, **data)
            return HttpResponseRedirect(reverse("org:unit", args=[unit.pk]))
        except Refused as refusal:
            add_refusal(form, refusal)
    return _unit_page(request, get_unit(unit_id), form=form)


@permission_required("org.manage_units")
@require_POST
def unit_retire(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Take the unit out of use."""
    unit, form = get_unit(unit_id), LastDayForm(request.POST)
    if form.is_valid():
        try:
            actions.retire_unit(unit, by=request.actor, now=request.now, last_day=form.cleaned_data["last_day"])
            return HttpResponseRedirect(reverse("org:unit", args=[unit.pk]))
        except Refused as refusal:
            add_refusal(form, refusal)
    return _unit_page(request, unit, retire=form)


def _unit_page(
    request: ActorRequest, unit: Unit, *, form: UnitForm | None = None, retire: LastDayForm | None = None
) -> HttpResponse:
    posts = list_posts(on=city_date(request.now)).filter(unit=unit).select_related("person")
    context = {
        "unit": unit,
        "form": form or UnitForm(instance=unit),
        "retire": retire or LastDayForm(),
        "posts": posts,
        "may_manage": has_permission(request.actor, "org.manage_units"),
    }
    wrong = any(shown is not None and shown.errors for shown in (form, retire))
    return render(request, "org/unit.html", context, status=422 if wrong else 200)
