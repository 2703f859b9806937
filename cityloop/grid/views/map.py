"""The map page: its frame. Everything in it comes from `/api/v1/map/…` and the tiles."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cityloop.org.access import ActorRequest, permission_required


@permission_required("grid.view")
@require_GET
def map_page(request: ActorRequest) -> HttpResponse:
    """The map with its layers and its list."""
    return render(request, "grid/map.html", {"metres": (100, 200, 500, 1000, 2000, 5000)})
