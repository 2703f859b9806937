"""`/api/v1/map/…`: which layers there are for this person, what lies where, and what is under a click."""

from typing import Annotated, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.maps import GROUPS, Found, Layer, Part, Wanted, get_layer, list_layers
from cityloop.base.maps import Tile as Address
from cityloop.base.tiles import version_of
from cityloop.grid.selectors import find_extent, grid_version
from cityloop.grid.tiles.inside import MOST_COUNTED, count_inside, finger, list_inside, read_shape
from cityloop.grid.tiles.serving import read_filter
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.actor import Actor
from cityloop.org.permissions import has_permission

router = Router(auth=ApiAuth("grid.view"))

Lon = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
FOLLOWING_SECONDS = 8  # between two looks at the stamps of layers that follow
UNDER_A_CLICK = 5  # objects of each layer


class MarkOut(Schema):
    """One line of a legend."""

    value: str | int
    label: str
    colour: str
    shape: str
    group: str


class PartOut(Schema):
    """A source layer within a layer's tiles. `property` is what the legend's values are values of."""

    name: str
    label: str
    geometry: str
    min_zoom: int
    max_zoom: int
    property: str
    legend: list[MarkOut]


class LayerOut(Schema):
    """A layer: `tiles` is a template of addresses, good for `version`; `list_url` the page that lists the same."""

    name: str
    label: str
    group: str
    min_zoom: int
    max_zoom: int
    shown: bool
    follows: bool
    listed: bool
    filtered: bool
    tiles: str
    version: str
    list_url: str | None
    parts: list[PartOut]


class GroupOut(Schema):
    """A group of layers."""

    name: str
    label: str


class BaseMapOut(Schema):
    """An outside base map: `xyz` and `wmts` are pictures by template, `pmtiles` is one file."""

    kind: str
    url: str
    attribution: str


class LayersOut(Schema):
    """The map of this person. `extent` is the city's: west, south, east, north."""

    attribution: str
    extent: tuple[float, float, float, float] | None
    base_map: BaseMapOut | None
    following_seconds: int
    groups: list[GroupOut]
    layers: list[LayerOut]


class VersionsOut(Schema):
    """The version of each layer's tiles: another one means that tiles may look otherwise."""

    versions: dict[str, str]


class FoundOut(Schema):
    """An object of a layer."""

    layer: str
    id: int
    code: str
    title: str
    detail: str
    state: str
    point: tuple[float, float]
    url: str


class CountOut(Schema):
    """How many of a layer; `more` if there are more than were counted."""

    layer: str
    label: str
    count: int
    more: bool


class InsideOut(Schema):
    """What lies inside: counts of every layer asked for, and a page of one."""

    counts: list[CountOut]
    rows: list[FoundOut]
    next: str | None


class IdentifyOut(Schema):
    """What is under a click, the layers in the panel's order."""

    rows: list[FoundOut]


def _own_layers(request: ActorRequest) -> list[Layer]:
    return list_layers(lambda permission: has_permission(request.actor, permission))


def _version(layer: Layer, request: ActorRequest) -> str:
    return version_of(layer.stamp(request.now), layer.scope(request.actor))


def _part_out(part: Part, actor: Actor) -> PartOut:
    marks = [
        MarkOut(value=mark.value, label=str(mark.label), colour=mark.colour, shape=mark.shape, group=str(mark.group))
        for mark in part.legend(actor)
    ]
    return PartOut(
        name=part.name,
        label=str(part.label),
        geometry=part.geometry,
        min_zoom=part.min_zoom,
        max_zoom=part.max_zoom,
        property=part.property,
        legend=marks,
    )


def _may_list(layer: Layer, actor: Actor) -> bool:
    """Whether he may open the layer's list, and the pages of its objects."""
    return has_permission(actor, layer.list_permission or layer.permission)


def _layer_out(layer: Layer, request: ActorRequest) -> LayerOut:
    version = _version(layer, request)
    return LayerOut(
        name=layer.name,
        label=str(layer.label),
        group=layer.group,
        min_zoom=layer.min_zoom,
        max_zoom=layer.max_zoom,
        shown=layer.shown,
        follows=layer.follows,
        listed=layer.listing is not None,
        filtered=layer.may_filter is not None,
        tiles=f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt?v={version}",
        version=version,
        list_url=layer.list_url if _may_list(layer, request.actor) else None,
        parts=[_part_out(part, request.actor) for part in layer.parts],
    )


@router.get("/map/layers", response=LayersOut, url_name="map_layers")
def layers(request: HttpRequest) -> LayersOut:
    """The layers that this person may see, with legends, and what the map is drawn upon."""
    asked = cast(ActorRequest, request)
    kind, url = settings.BASE_MAP or ("", "")
    outside = BaseMapOut(kind=kind, url=url, attribution=settings.BASE_MAP_ATTRIBUTION) if url else None
    return LayersOut(
        attribution=grid_version()[1],
        extent=find_extent(),
        base_map=outside,
        following_seconds=FOLLOWING_SECONDS,
        groups=[GroupOut(name=name, label=str(label)) for name, label in GROUPS.items()],
        layers=[_layer_out(layer, asked) for layer in _own_layers(asked)],
    )


@router.get("/map/versions", response=VersionsOut, url_name="map_versions")
def versions(request: HttpRequest) -> VersionsOut:
    """The version of each layer's tiles: asked again and again while a map is open."""
    asked = cast(ActorRequest, request)
    return VersionsOut(versions={layer.name: _version(layer, asked) for layer in _own_layers(asked)})


def _named(request: ActorRequest, names: str) -> list[Layer]:
    """The listed layers of those names, all of them if none is named; refused as `not_found` if one is unknown."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    found = [get_layer(name, lambda permission: has_permission(request.actor, permission)) for name in wanted]
    return [layer for layer in (found or _own_layers(request)) if layer.listing is not None]


def _wanted(request: ActorRequest, of: tuple[str, ...] = ()) -> Wanted:
    return Wanted(Address(0, 0, 0), request.actor, request.now, of)


def _found_out(layer: Layer, row: Found, actor: Actor) -> FoundOut:
    return FoundOut(
        layer=layer.name,
        id=row.id,
        code=row.code,
        title=str(row.title),
        detail=str(row.detail),
        state=str(row.state),
        point=row.point,
        url=row.url if _may_list(layer, actor) else "",
    )


class InsideIn(Schema):
    """`circle=lon,lat,metres` or `polygon=lon lat,lon lat,…`; layers to count; one to list, filtered by `of`."""

    circle: str = Field("", max_length=80)
    polygon: str = Field("", max_length=8000)
    layers: str = Field("", max_length=200)
    layer: str = Field("", max_length=40)
    of: str = Field("", max_length=200)
    after: str = Field("", max_length=200)
    size: int = Field(50, ge=1, le=200)


@router.get("/map/inside", response=InsideOut, url_name="map_inside")
def inside(request: HttpRequest, given: Query[InsideIn]) -> InsideOut:
    """What lies inside `circle=lon,lat,metres` or `polygon=lon lat,lon lat,…`.

    Every layer of `layers` (all, if none is named) is counted; `layer` is listed page by page, filtered by `of`.
    """
    asked = cast(ActorRequest, request)
    shape = read_shape(given.circle, given.polygon)
    if given.layer and not _named(asked, given.layer):
        raise Refused("invalid", _("此图层没有列表"), {"fields": {"layer": given.layer}})
    counted = [] if given.after else _named(asked, given.layers)
    counts = count_inside(counted, _wanted(asked), shape)
    rows: list[FoundOut] = []
    following = None
    for listed in _named(asked, given.layer) if given.layer else []:
        wanted = _wanted(asked, read_filter(listed, given.of))
        found, following = list_inside(listed, wanted, shape, after=given.after, size=given.size)
        rows = [_found_out(listed, row, asked.actor) for row in found]
    return InsideOut(counts=[_count_out(one, counts[one.name]) for one in counted], rows=rows, next=following)


def _count_out(layer: Layer, count: int) -> CountOut:
    return CountOut(layer=layer.name, label=str(layer.label), count=min(count, MOST_COUNTED), more=count > MOST_COUNTED)


@router.get("/map/identify", response=IdentifyOut, url_name="map_identify")
def identify(
    request: HttpRequest,
    lon: Lon,
    lat: Lat,
    zoom: Annotated[float, Query(ge=0, le=24)] = 18,
    layers: Annotated[str, Query(max_length=200)] = "",
) -> IdentifyOut:
    """What is under a click: a few objects of each layer within a finger's width."""
    asked = cast(ActorRequest, request)
    shape = finger(LonLat(lon, lat), zoom)
    found: list[FoundOut] = []
    for layer in _named(asked, layers):
        rows, _following = list_inside(layer, _wanted(asked), shape, size=UNDER_A_CLICK)
        found.extend(_found_out(layer, row, asked.actor) for row in rows)
    return IdentifyOut(rows=found)
