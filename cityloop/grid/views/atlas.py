"""The grid atlas: choose what goes into it, get the PDF."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.atlas.making import make_atlas
from cityloop.grid.atlas.plates import MOST_PLATES, count_plates
from cityloop.grid.models import Area
from cityloop.grid.selectors import list_duty_grids
from cityloop.org.access import ActorRequest, permission_required


@permission_required("grid.view")
@require_GET
@never_cache
def atlas_page(request: ActorRequest) -> HttpResponse:
    """What there is to choose from: districts and streets with how many duty grids each has."""
    return render(request, "grid/atlas.html", _choices(request))


@permission_required("grid.view")
@require_GET
@never_cache
def atlas_file(request: ActorRequest) -> HttpResponse:
    """The atlas of an area, or one duty grid's page; a refusal is read on the page where one chose."""
    area, grid = request.GET.get("area", ""), request.GET.get("grid", "")
    try:
        content = make_atlas(area=area, codes=[grid] if grid else [], on=city_date(request.now))
    except Refused as refusal:
        context = {**_choices(request), "refusal": refusal.message}
        return render(request, "grid/atlas.html", context, status=refusal.status)
    name = f"{_('网格图集')}-{grid or area or _('全市')}.pdf"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _choices(request: ActorRequest) -> dict[str, Any]:
    today = city_date(request.now)
    areas = Area.objects.filter(level__in=("district", "street")).order_by("code").values("code", "name", "level")
    counted = [{**area, "count": count_plates(area["code"], today)} for area in areas]
    return {
        "areas": [area for area in counted if area["count"]],
        "total": count_plates("", today),
        "most": MOST_PLATES,
        "grids": list_duty_grids(on=today),
        "asked": request.GET,
    }
