"""Choosing a category: recent ones, a search by name or pinyin initials, or the tree down to the filing condition."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from cityloop.base.time import city_date
from cityloop.codes import selectors as codes
from cityloop.codes.catalogue import MajorNode, MinorNode
from cityloop.org.access import ActorRequest, permission_required
from cityloop.patrol import selectors
from cityloop.patrol.selectors import Choice
from cityloop.patrol.views.shell import show

MOST_FOUND = 30


@permission_required("patrol.use")
@require_GET
def categories(request: ActorRequest) -> HttpResponse:
    """One level of the tree, or what a search finds. Scripts show the same inside the report."""
    on = city_date(request.now)
    majors = codes.catalogue(codes.default_edition().id, on)
    words = request.GET.get("q", "").strip()[:40]
    context: dict[str, Any] = {"q": words, "tab": "report"}
    if request.GET.get("minor", "").isdecimal():
        context |= _conditions(majors, int(request.GET["minor"]))
    elif words:
        found = codes.search(codes.default_edition().id, words, on, limit=MOST_FOUND)
        context |= {"minors": [_minor(minor) for minor in found], "searched": True}
    elif request.GET.get("major", "").isdecimal():
        major = next((row for row in majors if row.id == int(request.GET["major"])), None)
        if major is None:
            raise Http404
        context |= {"major": major, "minors": [_minor(minor) for minor in major.minors]}
    else:
        context |= {
            "recent": [_choice(choice) for choice in selectors.recent_choices(request.actor, on)],
            "events": [major for major in majors if major.kind == "event"],
            "components": [major for major in majors if major.kind == "component"],
        }
    return show(request, "categories", context)


def _conditions(majors: tuple[MajorNode, ...], minor_id: int) -> dict[str, Any]:
    for major in majors:
        for minor in major.minors:
            if minor.id == minor_id:
                rows = [_choice(Choice(minor, standard)) for standard in minor.standards]
                return {"major": major, "minor": minor, "choices": rows, "unsure": _choice(Choice(minor, None))}
    raise Http404


def _minor(minor: MinorNode) -> dict[str, Any]:
    """A minor; one with a single condition is chosen at once."""
    only = minor.standards[0] if len(minor.standards) == 1 else None
    return {"minor": minor, "only": _choice(Choice(minor, only)) if only else None}


def _choice(choice: Choice) -> dict[str, Any]:
    standard = choice.standard.id if choice.standard else ""
    query = urlencode({"standard": standard, "minor": choice.minor.id})
    return {
        "standard": standard,
        "minor": choice.minor.id,
        "kind": choice.minor.kind,
        "label": choice.label,
        "name": choice.minor.label,
        "condition": choice.standard.condition if choice.standard else "",
        "url": f"{reverse('patrol:report')}?{query}",
    }
