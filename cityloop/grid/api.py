"""`/api/v1/locate` and `/api/v1/base-map`: what lies at a place, and the base data to draw."""

import hashlib
import json
from datetime import date
from functools import lru_cache
from typing import Annotated, Final, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema, UploadedFile

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.importing import Report
from cityloop.base.sheets import read_upload
from cityloop.grid import selectors
from cityloop.grid.duty_import import import_duty
from cityloop.grid.models import Imagery
from cityloop.grid.selectors import Location, NearComponent
from cityloop.grid.sql import BASE_MAP
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.api.admin import ReportOut

router = Router(auth=ApiAuth("grid.view"))

MOST_DEGREES: Final = 0.25  # of a box's longer side: some 25 km
MOST_FEATURES: Final = 3000  # of one layer
SOON: Final = 300  # seconds for which a browser need not ask again

Box = tuple[float, float, float, float]
Lon = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]


class InspectorOut(Schema):
    """An inspector of the duty grid; `on_shift` is false where nobody is and all holders are named."""

    person_id: int
    name: str
    on_shift: bool


class AreaOut(Schema):
    """An area by code and name."""

    code: str
    name: str


class LocationOut(Schema):
    """What lies at a place; empty where base data know nothing."""

    point: tuple[float, float]
    inside: bool
    district: AreaOut | None
    street: AreaOut | None
    community: AreaOut | None
    cell_code: str | None
    area_class: str | None
    duty_grid: AreaOut | None
    inspectors: list[InspectorOut]
    road: str | None
    road_metres: float | None
    crossing: str | None
    address_hint: str


class NearComponentOut(Schema):
    """A component near the place, and its distance in metres."""

    id: int
    code: str
    name: str
    minor_id: int
    place: str
    state: str
    metres: float
    point: tuple[float, float]


def area_out(code: str | None, name: str | None) -> AreaOut | None:
    """The area, if there is one."""
    return AreaOut(code=code, name=name or "") if code else None


def location_out(found: Location) -> LocationOut:
    """A location as the API tells it."""
    return LocationOut(
        point=(found.place.lon, found.place.lat),
        inside=found.is_inside,
        district=area_out(found.district_code, found.district_name),
        street=area_out(found.street_code, found.street_name),
        community=area_out(found.community_code, found.community_name),
        cell_code=found.cell_code,
        area_class=found.area_class,
        duty_grid=area_out(found.duty_grid_code, found.duty_grid_name),
        inspectors=[InspectorOut(person_id=i.person_id, name=i.name, on_shift=i.on_shift) for i in found.inspectors],
        road=found.road,
        road_metres=None if found.road_metres is None else round(found.road_metres, 1),
        crossing=found.crossing,
        address_hint=found.address_hint,
    )


def near_component_out(one: NearComponent) -> NearComponentOut:
    """A near component as the API tells it."""
    return NearComponentOut(
        id=one.id,
        code=one.code,
        name=one.name,
        minor_id=one.minor_id,
        place=one.place,
        state=one.state,
        metres=round(one.metres, 1),
        point=(one.at.lon, one.at.lat),
    )


@router.get("/locate", response=LocationOut, url_name="locate")
def locate(request: HttpRequest, lon: Lon, lat: Lat) -> LocationOut:
    """The areas, cell, duty grid, inspectors and address in words of a place (WGS 84 / CGCS2000 degrees)."""
    return location_out(selectors.locate(LonLat(lon, lat), now=cast(ActorRequest, request).now))


@router.get("/components/near", response=list[NearComponentOut], url_name="components_near")
def near_components(
    request: HttpRequest, lon: Lon, lat: Lat, minor: int | None = None, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> list[NearComponentOut]:
    """The components nearest to a place, of one minor category (its id) if given."""
    found = selectors.nearest_components(LonLat(lon, lat), minor_id=minor, limit=limit)
    return [near_component_out(one) for one in found]


class ImageryOut(Schema):
    """An image as a raster layer: `tiles` is its address with {z}, {x}, {y}; outside its bounds there are none."""

    id: int
    name: str
    taken_on: date | None
    attribution: str
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int
    tiles: str


@router.get("/imagery", response=list[ImageryOut], url_name="imagery")
def imagery(request: HttpRequest) -> list[ImageryOut]:
    """The imagery that maps may show, the newest first."""
    return [
        ImageryOut(
            id=row.pk,
            name=row.name,
            taken_on=row.taken_on,
            attribution=row.attribution,
            bounds=(row.west, row.south, row.east, row.north),
            min_zoom=row.min_zoom,
            max_zoom=row.max_zoom,
            tiles=f"{reverse('grid:imagery')}/{row.pk}/{{z}}/{{x}}/{{y}}",
        )
        for row in Imagery.objects.filter(is_shown=True)
    ]


@router.post(
    "/duty-grids/import",
    auth=ApiAuth("grid.manage"),
    response=ReportOut,
    summary="Import duty grids and their holders",
    url_name="duty_import",
)
def post_duty_import(request: ActorRequest, file: File[UploadedFile], dry_run: bool = True) -> Report:
    """Check a workbook and, with `dry_run=false` and nothing wrong, take it over."""
    return import_duty(read_upload(file), by=request.actor, now=request.now, dry_run=dry_run)


def read_box(text: str) -> Box:
    """`west,south,east,north` in degrees; refused as `invalid`, or as `too_large` beyond `MOST_DEGREES`."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1, 1, 0, 0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Refused("invalid", _("范围应为 西,南,东,北（度）"), {"fields": {"bbox": text[:80]}})
    if max(east - west, north - south) > MOST_DEGREES:
        raise Refused("too_large", _("范围过大"), {"fields": {"bbox": text[:80]}, "most_degrees": MOST_DEGREES})
    return west, south, east, north


def read_layers(text: str) -> tuple[str, ...]:
    """Names of layers separated by commas, in our order; refused as `invalid` if one is unknown."""
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    unknown = wanted - set(BASE_MAP)
    if unknown or not wanted:
        raise Refused("invalid", _("没有此图层"), {"fields": {"layers": sorted(unknown)}, "layers": list(BASE_MAP)})
    return tuple(layer for layer in BASE_MAP if layer in wanted)


@lru_cache(maxsize=16)
def render(stamp: str, attribution: str, box: Box, layers: tuple[str, ...]) -> bytes:
    """The base map as GeoJSON; kept, since every desk of a district asks for the same."""
    found = selectors.base_map(box, layers, limit=MOST_FEATURES)
    cut = [layer for layer, features in found.items() if len(features) > MOST_FEATURES]
    head = json.dumps(
        {"type": "FeatureCollection", "attribution": attribution, "truncated": cut, "version": stamp},
        ensure_ascii=False,
    )
    features = ",\n".join(one for layer in layers for one in found[layer][:MOST_FEATURES])
    return f'{head[:-1]}, "features": [\n{features}\n]}}'.encode()


class FeatureOut(Schema):
    """A GeoJSON feature; `properties.layer` is the name of its layer."""

    type: Literal["Feature"]
    id: str
    properties: dict[str, str | None]
    geometry: dict[str, object]


class BaseMapOut(Schema):
    """A GeoJSON FeatureCollection; `attribution` must be shown, `truncated` names layers with more than is given."""

    type: Literal["FeatureCollection"]
    attribution: str
    truncated: list[str]
    version: str
    features: list[FeatureOut]


@router.get("/base-map", response=BaseMapOut, url_name="base_map")
def base_map(
    request: HttpRequest,
    bbox: Annotated[str, Query(max_length=100)],
    layers: Annotated[str, Query(max_length=100)] = "streets,cells,duty_grids",
) -> HttpResponse:
    """Streets, cells, duty grids, areas and components within a box, as GeoJSON.

    The answer has an ETag: ask again with `If-None-Match` and get 304 while base data have not changed.
    """
    box, wanted = read_box(bbox), read_layers(layers)
    stamp, attribution = selectors.grid_version()
    key = hashlib.sha256(repr((stamp, box, wanted)).encode()).hexdigest()[:32]
    headers = {"ETag": f'"{key}"', "Cache-Control": f"private, max-age={SOON}"}
    asked = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if headers["ETag"] in asked:
        return HttpResponse(status=304, headers=headers)
    body = render(stamp, attribution, box, wanted)
    return HttpResponse(body, content_type="application/geo+json", headers=headers)
