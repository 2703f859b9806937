"""Reads of base data: what lies at a place, what is near it, who patrols it."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.time import city_time
from cityloop.grid import sql
from cityloop.grid.models import Area, Cell, Change, DutyGrid, DutyHolder, GridVersion, Level
from cityloop.grid.ranges import Range
from cityloop.org.selectors import active_between

AT_THE_DOOR = 20.0  # metres within which somebody is at a door or landmark
BESIDE = 60.0  # metres within which a landmark says more than the next crossing


@dataclass(frozen=True, slots=True)
class Inspector:
    """Who patrols a duty grid. `on_shift` is false for one named only because nobody is on shift."""

    person_id: int
    name: str
    on_shift: bool


@dataclass(frozen=True, slots=True)
class Location:
    """What base data say of a place. Every field is empty outside the city's areas.

    On a border the lowest code wins. `road` is the nearest named street on the ground within half a kilometre,
    `crossing` the street that meets it nearest to the place; metres are along the ellipsoid. `door` and `landmark` are
    the nearest ones, if they are near enough to say where somebody is.
    """

    place: LonLat
    district_code: str | None = None
    district_name: str | None = None
    street_code: str | None = None
    street_name: str | None = None
    community_code: str | None = None
    community_name: str | None = None
    cell_id: int | None = None
    cell_code: str | None = None
    area_class: str | None = None
    duty_grid_id: int | None = None
    duty_grid_code: str | None = None
    duty_grid_name: str | None = None
    inspectors: tuple[Inspector, ...] = ()
    road: str | None = None
    road_metres: float | None = None
    crossing: str | None = None
    door: str | None = None
    door_metres: float | None = None
    landmark: str | None = None
    landmark_metres: float | None = None

    @property
    def is_inside(self) -> bool:
        """In some area of the city."""
        return self.district_code is not None

    @property
    def area_code(self) -> str:
        """The deepest code known: cell, community, 街道, district, or empty."""
        return self.cell_code or self.community_code or self.street_code or self.district_code or ""

    @property
    def inspector_ids(self) -> tuple[int, ...]:
        """Those on shift, else all who hold the duty grid."""
        return tuple(inspector.person_id for inspector in self.inspectors)

    @property
    def address_hint(self) -> str:
        """The place in words: 南京东路123号, 南京东路（近河南中路）, or the areas' names where nothing is near."""
        if self.door and (self.door_metres or 0) <= AT_THE_DOOR:
            return self.door
        if self.landmark and (self.landmark_metres or 0) <= (AT_THE_DOOR if self.road else BESIDE):
            return self.landmark
        if self.door:
            return _("%(place)s旁") % {"place": self.door}
        if self.road and self.landmark and (self.landmark_metres or 0) <= BESIDE:
            return _("%(road)s（近%(crossing)s）") % {"road": self.road, "crossing": self.landmark}
        if self.road and self.crossing:
            return _("%(road)s（近%(crossing)s）") % {"road": self.road, "crossing": self.crossing}
        return self.road or "".join(filter(None, (self.district_name, self.street_name, self.community_name)))


@dataclass(frozen=True, slots=True)
class NearComponent:
    """A component near a place, and how far its outline is from there, in metres."""

    id: int
    code: str
    name: str
    minor_id: int
    place: str
    state: str
    metres: float
    at: LonLat


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """How many duty grids there are, how many of them nobody holds today, and how many shifts hold today."""

    grids: int
    vacant: int
    shifts: int


@dataclass(frozen=True, slots=True)
class NearStreet:
    """A street near a place and its distance in metres."""

    name: str
    road_class: str
    metres: float


def locate(place: LonLat, *, now: datetime) -> Location:
    """Areas, cell, duty grid, inspectors and address of a place, in one statement."""
    row = _rows(sql.LOCATE, {"lon": place.lon, "lat": place.lat, **_moment(now)})[0]
    if row["district_code"] is None:
        return Location(place)
    row["inspectors"] = _inspectors(row["inspectors"] or [])
    return Location(place, **row)


def inspectors_of(duty_grid_id: int, *, now: datetime) -> tuple[Inspector, ...]:
    """Those on shift at `now`; if there is none, all who hold the duty grid that day."""
    rows = _rows(sql.INSPECTORS, {"duty_grid": duty_grid_id, **_moment(now)})
    return _inspectors([[row["person_id"], row["name"], row["on_shift"]] for row in rows])


def inspectors_over(cell_id: int, *, now: datetime) -> tuple[Inspector, ...]:
    """Those who patrol a cell: as `inspectors_of` its duty grid; nobody where it has none."""
    lasting = active_between(city_time(now).date(), "valid_from", "valid_to")
    grid = DutyGrid.objects.filter(lasting, cells=cell_id).order_by("code").values_list("pk", flat=True).first()
    return inspectors_of(grid, now=now) if grid else ()


def nearest_components(place: LonLat, *, minor_id: int | None = None, limit: int = 5) -> list[NearComponent]:
    """Components in use, of that minor if given, nearest first."""
    given = {"lon": place.lon, "lat": place.lat, "minor": minor_id, "limit": limit}
    rows = _rows(sql.NEAREST_COMPONENTS_OF_MINOR if minor_id else sql.NEAREST_COMPONENTS, given)
    return [NearComponent(**{**row, "at": LonLat(*row["at"])}) for row in rows]


def nearest_streets(place: LonLat, *, limit: int = 5) -> list[NearStreet]:
    """Named streets on the ground, each name once, nearest first."""
    # Carriageways and classes of one street are several rows: look at some more of them than are wanted.
    given = {"lon": place.lon, "lat": place.lat, "limit": limit, "rows": limit * 4}
    return [NearStreet(**row) for row in _rows(sql.NEAREST_STREETS, given)]


def middle_of_city() -> LonLat | None:
    """The middle of the box around all districts, where an empty map begins."""
    box = Area.objects.filter(level=Level.DISTRICT, valid_to=None).aggregate(box=Extent("geom"))["box"]
    return LonLat((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else None


def revision_of(kind: str, code: str) -> int:
    """The number of a row's latest change, 0 if it never changed: what an edit compares itself with."""
    last = Change.objects.filter(kind=kind, code=code).order_by("-id").values_list("id", flat=True).first()
    return last or 0


def list_cells(ranges: Iterable[Range]) -> list[Cell]:
    """The lasting cells of these codes and ranges, by code; refused as `invalid` if a part has none."""
    parts = list(ranges)
    wanted = Q(code__in=[part.first for part in parts if part.is_single])
    for part in parts:
        if not part.is_single:
            wanted |= Q(code__gte=part.first, code__lte=part.last)
    found = list(Cell.objects.filter(wanted, valid_to=None).order_by("code"))
    codes = [cell.code for cell in found]
    for part in parts:
        place = bisect_left(codes, part.first)
        if place == len(codes) or codes[place] > part.last:
            said = part.first if part.is_single else f"{part.first}-{part.last[12:]}"
            message = _("没有此单元网格：%(code)s") % {"code": said}
            raise Refused("invalid", message, {"fields": {"cells": message}})
    return found


def get_duty_grid(code: str) -> DutyGrid:
    """The duty grid of that code; refused as `not_found`."""
    found = DutyGrid.objects.filter(code=code).first()
    if found is None:
        raise Refused("not_found", _("没有此责任网格：%(code)s") % {"code": code}, {"duty_grid": code})
    return found


def count_duty(*, now: datetime) -> DutyCounts:
    """The duty grids and the shifts of the city's today."""
    today = city_time(now).date()
    holders = DutyHolder.objects.filter(active_between(today, "valid_from", "valid_to"), duty_grid__valid_to=None)
    grids = DutyGrid.objects.filter(valid_to=None)
    vacant = grids.exclude(pk__in=holders.values("duty_grid"))
    return DutyCounts(grids.count(), vacant.count(), holders.count())


def find_cell(code: str) -> Cell | None:
    """The cell of that code, retired ones included."""
    return Cell.objects.filter(code=code).first()


def list_duty_grids_of(person_id: int, *, now: datetime) -> QuerySet[DutyGrid]:
    """Duty grids that this person holds today, on whatever shift."""
    today = city_time(now).date()
    held = Q(holders__person_id=person_id, holders__valid_from__lte=today)
    lasting = Q(holders__valid_to=None) | Q(holders__valid_to__gte=today)
    return DutyGrid.objects.filter(held & lasting).distinct()


def list_duty_grids(*, on: date) -> QuerySet[DutyGrid]:
    """Duty grids in force on that day, by code, without their outlines."""
    lasting = Q(valid_to=None) | Q(valid_to__gte=on)
    return DutyGrid.objects.filter(lasting, valid_from__lte=on).defer("geom").order_by("code")


def list_areas(level: str, *, under: str = "") -> QuerySet[Area]:
    """Areas of that level whose code begins with `under`, by code, without their outlines."""
    return Area.objects.filter(level=level, code__startswith=under).defer("geom").order_by("code")


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by code, of those that exist."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))


def grid_version() -> tuple[str, str]:
    """The stamp of base data, and the attribution that maps must show."""
    found = GridVersion.objects.values_list("stamp", "attribution").first()
    return found or ("", "")


def find_extent() -> tuple[float, float, float, float] | None:
    """The city's west, south, east and north; None before it has areas."""
    found = Area.objects.filter(valid_to=None, level__in=("city", "district")).aggregate(extent=Extent("geom"))
    extent: tuple[float, float, float, float] | None = found["extent"]
    return extent


def _moment(now: datetime) -> dict[str, Any]:
    """The city's day, weekday and hour as the statements want them; the day before for shifts past midnight."""
    here = city_time(now)
    before = here - timedelta(days=1)
    return {
        "today": here.date(),
        "yesterday": before.date(),
        "weekday": 1 << here.weekday(),
        "weekday_before": 1 << before.weekday(),
        "time": here.time().replace(tzinfo=None),
    }


def _inspectors(rows: Iterable[Any]) -> tuple[Inspector, ...]:
    found = [Inspector(*row) for row in rows]
    return tuple([one for one in found if one.on_shift] or found)


def _rows(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        assert cursor.description is not None
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
