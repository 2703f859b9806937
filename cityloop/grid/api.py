"""`/api/v1/locate` and what is told beside it: what lies at a place, who is on duty there, which imagery there is."""

from datetime import date
from typing import Annotated, cast

from django.http import HttpRequest
from django.urls import reverse
from ninja import File, Query, Router, Schema, UploadedFile

from cityloop.base.geometry import LonLat
from cityloop.base.importing import Report
from cityloop.base.sheets import read_upload
from cityloop.grid import selectors
from cityloop.grid.duty_import import import_duty
from cityloop.grid.models import Imagery
from cityloop.grid.selectors import Location, NearComponent
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.api.admin import ReportOut

router = Router(auth=ApiAuth("grid.view"))

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
