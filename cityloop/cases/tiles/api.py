"""`/api/v1/map/heat`: the numbers behind the classes of the heat layer."""

from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema

from cityloop.base.maps import LEAST_ZOOM, MOST_ZOOM, Tile, Wanted
from cityloop.cases.tiles.heat import CELLS_FROM, COLOURS, find_breaks
from cityloop.cases.tiles.layers import HEAT, key_of
from cityloop.grid.tiles.serving import read_filter
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("cases.view"))


class HeatClassOut(Schema):
    """A class: cells or squares with `least` to `most` cases look so."""

    value: int
    least: int
    most: int
    colour: str


class HeatOut(Schema):
    """The classes at one zoom, of `cells` or of `squares` of 32 pixels. None where there is no case."""

    unit: str
    classes: list[HeatClassOut]


@router.get("/map/heat", response=HeatOut, url_name="map_heat")
def heat(
    request: HttpRequest,
    zoom: Annotated[int, Query(ge=LEAST_ZOOM, le=MOST_ZOOM)] = 12,
    of: Annotated[str, Query(max_length=200)] = "",
) -> HeatOut:
    """The classes of the heat layer at this zoom, over all cases that this person may see there."""
    asked = cast(ActorRequest, request)
    wanted = Wanted(Tile(min(zoom, HEAT.max_zoom), 0, 0), asked.actor, asked.now, read_filter(HEAT, of))
    breaks, most = find_breaks(wanted, key_of(wanted))
    tops = [*(top for top in breaks if top < most), most] if most else []
    floors = [1, *(top + 1 for top in tops)]
    classes = [
        HeatClassOut(value=place + 1, least=floors[place], most=top, colour=COLOURS[place])
        for place, top in enumerate(tops)
    ]
    return HeatOut(unit="cells" if wanted.tile.z >= CELLS_FROM else "squares", classes=classes)
