"""The registration page: one call after the other, by keyboard; and the fragments that answer while one types."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.time import city_date
from cityloop.cases.actions import Outcome, perform, report
from cityloop.cases.adding import add_report
from cityloop.cases.models import Case
from cityloop.cases.selectors import access_case
from cityloop.codes import selectors as codes
from cityloop.grid.geocoding.finding import find_places, is_sure
from cityloop.grid.selectors import locate, nearest_components
from cityloop.intake import selectors
from cityloop.intake.forms import RegisterForm
from cityloop.intake.saved import Saved, saved_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.permissions import has_permission

FIRST_SOURCE = "hotline"
MOST_PLACES = 8
MOST_COMPONENTS = 4


@permission_required("intake.register")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register(request: ActorRequest) -> HttpResponse:
    """The form; a report sent from it is saved once however often it is sent, and the next form stands ready."""
    if request.method == "POST":
        return _save(request)
    return render(request, "intake/register.html", _empty(request, request.GET.get("source", FIRST_SOURCE)))


def _empty(request: ActorRequest, source: str, saved: Saved | None = None) -> dict[str, Any]:
    start = RegisterForm(initial={"source": source})
    return _context(request, start, saved)


def _context(request: ActorRequest, form: RegisterForm, saved: Saved | None = None) -> dict[str, Any]:
    today = city_date(request.now)
    return {
        "form": form,
        "saved": saved,
        "sources": selectors.list_typed_sources(today),
        "phrases": _phrases(request),
        "centre": selectors.centre_of(request.actor),
        "may_see_contacts": has_permission(request.actor, "cases.contacts"),
    }


def _phrases(request: ActorRequest) -> list[str]:
    rows = codes.snapshot().dictionaries.get("report_phrases", ())
    return [row.label for row in rows if row.is_in_force(city_date(request.now))][:9]


def _save(request: ActorRequest) -> HttpResponse:
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return render(request, "intake/registration.html", _context(request, form), status=422)
    try:
        outcome = _send(form, request)
    except Refused as refusal:
        context = {**_context(request, form), "refusal": refusal}
        return render(request, "intake/registration.html", context, status=refusal.status)
    case = access_case(outcome.number, by=request.actor)
    saved = saved_of(case, request.actor, request.now, attached=outcome.do != "report")
    return render(request, "intake/registration.html", _empty(request, form.cleaned_data["source"], saved))


def _send(form: RegisterForm, request: ActorRequest) -> Outcome:
    new, client_id = form.as_report(), form.cleaned_data["client_id"]
    number = form.cleaned_data["into"]
    if number:
        return add_report(Case(number=number), new, by=request.actor, now=request.now, client_id=client_id)
    return report(new, by=request.actor, now=request.now, client_id=client_id)


@permission_required("intake.register")
@require_POST
@never_cache
def act(request: ActorRequest, number: str, do: str) -> HttpResponse:
    """Take the next step on what was registered just now, without leaving the page; the card is shown anew."""
    case = access_case(number, by=request.actor)
    data = {name: words for name in ("leader", "instruction") if (words := request.POST.get(name, "").strip())}
    refusal = None
    try:
        perform(
            case,
            do,
            by=request.actor,
            now=request.now,
            client_id=_client_id(request),
            revision=_revision(request),
            data=data,
        )
    except Refused as said:
        refusal = said
    case = access_case(number, by=request.actor)
    context = {"saved": saved_of(case, request.actor, request.now), "refusal": refusal, "typed": data}
    return render(request, "intake/saved.html", context, status=refusal.status if refusal else 200)


def _client_id(request: ActorRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return None


def _revision(request: ActorRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else None


@permission_required("intake.register")
@require_GET
def categories(request: ActorRequest) -> HttpResponse:
    """Options of the category field, as a fragment."""
    found = selectors.list_minors(request.GET.get("q", "")[:40], city_date(request.now))
    return render(request, "intake/categories.html", {"found": found})


@permission_required("intake.register")
@require_GET
def places(request: ActorRequest) -> HttpResponse:
    """Options of the address field: the places that answer what was typed, and why."""
    found = find_places(request.GET.get("q", ""), limit=MOST_PLACES)
    return render(request, "intake/places.html", {"found": found, "is_sure": is_sure(found)})


@permission_required("intake.register")
@require_GET
def standards(request: ActorRequest) -> HttpResponse:
    """The filing standards of the category with the limits that hold at the place; components near by."""
    asked, minor_id = request.GET, _number(request.GET, "minor")
    place = _place(asked)
    if minor_id is None or minor_id not in codes.snapshot().minors:
        return render(request, "intake/standards.html", {})
    found = locate(place, now=request.now) if place else None
    minor = codes.get_minor(minor_id)
    near = nearest_components(place, minor_id=minor_id, limit=MOST_COMPONENTS) if place else []
    context = {
        "minor": minor,
        "area_class": (found and found.area_class) or "",
        "standards": selectors.list_standards(minor_id, (found and found.area_class) or "", city_date(request.now)),
        "chosen": _number(asked, "standard"),
        "components": near if minor.kind == "component" else [],
        "component": _number(asked, "component"),
    }
    return render(request, "intake/standards.html", context)


@permission_required("intake.register")
@require_GET
def place(request: ActorRequest) -> HttpResponse:
    """What lies at the place: area, cell, duty grid, inspector on duty."""
    wanted = _place(request.GET)
    found = locate(wanted, now=request.now) if wanted else None
    return render(request, "intake/place.html", {"found": found})


@permission_required("intake.register")
@require_GET
@never_cache
def similar(request: ActorRequest) -> HttpResponse:
    """Open cases that may be the same problem."""
    asked = request.GET
    minor_id, place, address = _number(asked, "minor"), _place(asked), asked.get("address", "")[:200]
    found = selectors.similar_cases(by=request.actor, now=request.now, minor_id=minor_id, place=place, address=address)
    is_asked = bool((minor_id and place) or address.strip())
    return render(request, "intake/similar.html", {"found": found, "is_asked": is_asked})


@permission_required("cases.contacts")
@require_POST
@never_cache
def caller(request: ActorRequest) -> HttpResponse:
    """Who calls: earlier reports under this number. By POST, so that no number stands in a log."""
    number = request.POST.get("phone", "")[:40]
    known = selectors.is_number(number)
    found = selectors.calls_from(number, by=request.actor, limit=6) if known else []
    return render(request, "intake/caller.html", {"found": found, "is_asked": known})


def _number(asked: Mapping[str, str], name: str) -> int | None:
    text = asked.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _place(asked: Mapping[str, str]) -> LonLat | None:
    lon, lat = asked.get("lon", ""), asked.get("lat", "")
    if not lon or not lat:
        return None
    return read_lonlat([lon, lat])
