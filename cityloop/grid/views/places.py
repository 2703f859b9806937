"""Pages of places: list and search, register, change, retire; names; geocoding one address or a table."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_lonlat
from cityloop.base.pages import get_page
from cityloop.base.sheets import read_upload
from cityloop.grid import place_actions as actions
from cityloop.grid.browsing import list_changes
from cityloop.grid.geocoding.batch import MOST_ON_PAGE, answer, read_asked, write_answers
from cityloop.grid.geocoding.finding import find_places
from cityloop.grid.models import Place, PlaceName
from cityloop.grid.place_forms import BatchForm, NameForm, PlaceFilter, PlaceForm, RetirePlaceForm
from cityloop.grid.places_read import Asked, bearer_of, find_bearers, get_any_place, list_places, names_of
from cityloop.grid.selectors import middle_of_city, revision_of
from cityloop.grid.showing import stories
from cityloop.grid.views.browse import area_choices, tabs_of
from cityloop.grid.views.edit import GET_POST
from cityloop.grid.views.edit import answer as answer_form
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.forms import add_refusal
from cityloop.org.views.upload import download_book

TAB: Final = "places"


@permission_required("grid.browse")
@require_GET
def place_list(request: ActorRequest) -> HttpResponse:
    """The places under filters, and streets and areas whose names fit what is sought."""
    form = PlaceFilter(area_choices(), request.GET)
    context = {**tabs_of(request, TAB), "form": form}
    if not form.is_valid():
        return render(request, "grid/places.html", context, status=422)
    data = form.cleaned_data
    rows = list_places(Asked(data["q"], data["kind"], data["area"]))
    page = get_page(rows, order=("code",), after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context |= {"page": page, "is_filtered": any(data.values()), "bearers": find_bearers(data["q"])}
    return render(request, "grid/places.html", context)


@permission_required("grid.browse")
@require_GET
def place_page(request: ActorRequest, code: str) -> HttpResponse:
    """One place: its facts, its names, where it is, what became of it."""
    place = get_any_place(code)
    changes = get_page(list_changes("place", code), order=("-id",), size=20, after=request.GET.get("after", ""))
    context = {
        **tabs_of(request, TAB),
        "place": place,
        "at": as_lonlat(place.point),
        "names": names_of(place),
        "page": changes,
        "stories": stories(changes.rows),
    }
    return render(request, "grid/place.html", context)


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def place_new(request: ActorRequest) -> HttpResponse:
    """Register a place."""
    form = PlaceForm(request.POST or None, is_new=True, initial={"kind": request.GET.get("kind", "poi")})

    def act() -> str:
        made = actions.create_place(form.as_new(), by=request.actor, now=request.now)
        messages.success(request, _("已登记：%(code)s") % {"code": made.code})
        return reverse("grid:place", args=[made.code])

    context = {"heading": _("登记地名"), "submit": _("登记"), "picks": True, "centre": middle_of_city()}
    return answer_form(request, form, act, "grid/place_edit.html", {**tabs_of(request, TAB), **context})


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def place_change(request: ActorRequest, code: str) -> HttpResponse:
    """Change what is registered of a place; its other names are changed on its page."""
    place = actions.get_place(code)
    form = PlaceForm(request.POST or None, is_new=False, initial=_shown(place))

    def act() -> str:
        data = form.as_new(place.kind)
        actions.change_place(code, data, by=request.actor, now=request.now, revision=form.cleaned_data["revision"])
        messages.success(request, _("已保存"))
        return reverse("grid:place", args=[code])

    context = {"heading": _("修改"), "submit": _("保存"), "picks": True, "place": place}
    return answer_form(request, form, act, "grid/place_edit.html", {**tabs_of(request, TAB), **context})


def _shown(place: Place) -> dict[str, Any]:
    names = ("name", "category", "street", "number", "inner", "source", "note")
    at = as_lonlat(place.point)
    assert at is not None
    revision = revision_of("place", place.code)
    return {**{name: getattr(place, name) for name in names}, "lon": at.lon, "lat": at.lat, "revision": revision}


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def place_retire(request: ActorRequest, code: str) -> HttpResponse:
    """Take a place out of use."""
    place = actions.get_place(code)
    form = RetirePlaceForm(request.POST or None, initial={"revision": revision_of("place", code)})

    def act() -> str:
        data = form.cleaned_data
        actions.retire_place(code, by=request.actor, now=request.now, reason=data["reason"], revision=data["revision"])
        messages.success(request, _("已停用"))
        return reverse("grid:place", args=[code])

    context = {"heading": _("停用"), "submit": _("停用"), "place": place, "refuse": True}
    return answer_form(request, form, act, "grid/place_edit.html", {**tabs_of(request, TAB), **context})


@permission_required("grid.browse")
@require_http_methods(GET_POST)
def names_page(request: ActorRequest, bearer: str, ref: str) -> HttpResponse:
    """The names of a place, an area or a street, and a form for one more."""
    found = bearer_of(bearer, ref)
    form = NameForm(request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        actions.add_name(found.row, data["name"], kind=data["kind"], by=request.actor, now=request.now)
        messages.success(request, _("已保存"))
        return reverse("grid:names", args=[bearer, ref])

    context = {"bearer": found, "names": names_of(found.row)}
    return answer_form(request, form, act, "grid/names.html", {**tabs_of(request, TAB), **context})


@permission_required("grid.edit")
@require_POST
def name_end(request: ActorRequest, name_id: int) -> HttpResponse:
    """Let one of the other names go."""
    row = PlaceName.objects.select_related("place", "area").filter(pk=name_id, valid_to=None).first()
    if row is None:
        raise Refused("not_found", _("没有找到"), {"rule": "name"})
    actions.end_name(row, by=request.actor, now=request.now)
    messages.success(request, _("已停用"))
    kind = "place" if row.place else "area" if row.area else "street"
    ref = row.place.code if row.place else row.area.code if row.area else row.street
    return HttpResponseRedirect(reverse("grid:names", args=[kind, ref]))


@permission_required("grid.browse")
@require_http_methods(GET_POST)
def geocode_page(request: ActorRequest) -> HttpResponse:
    """Try one address, or send a table and get the workbook with the answers."""
    text = request.GET.get("q", "")[:120]
    form = BatchForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = read_asked(
                read_upload(form.cleaned_data["file"]), reverse=form.cleaned_data["reverse"], most=MOST_ON_PAGE
            )
            book = write_answers([answer(one, now=request.now) for one in asked])
            return download_book(book, _("地理编码结果"))
        except Refused as refusal:
            add_refusal(form, refusal)
    found = find_places(text, limit=10) if text else []
    context = {"q": text, "found": found, "form": form, "most": MOST_ON_PAGE}
    status = 422 if form.errors else 200
    return render(request, "grid/geocode.html", {**tabs_of(request, "geocode"), **context}, status=status)
