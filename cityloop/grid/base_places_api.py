"""`/api/v1/base/places` and `/api/v1/base/names`: what the pages of places do, through the same actions."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Schema, Status, UploadedFile

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_lonlat, read_lonlat
from cityloop.base.pages import get_page
from cityloop.base.sheets import read_upload
from cityloop.grid import place_actions as actions
from cityloop.grid.geocoding.batch import MOST_ON_PAGE, answer, read_asked, write_answers
from cityloop.grid.geocoding.parse import level_inner
from cityloop.grid.models import Place, PlaceName
from cityloop.grid.place_actions import NewPlace
from cityloop.grid.places_read import Asked, bearer_of, get_any_place, list_places, names_of
from cityloop.grid.selectors import revision_of
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.views.upload import download_book

router = Router(auth=ApiAuth("grid.browse"))
editing = ApiAuth("grid.edit")

Name = Annotated[str, Field(max_length=120)]
Word = Annotated[str, Field(max_length=60)]


class PlaceIn(Schema):
    """What is registered of a place; `inner` is what follows a door's number: 弄5号."""

    name: Name = ""
    category: Annotated[str, Field(max_length=40)] = ""
    street: Word = ""
    number: Annotated[int, Field(ge=1, le=99_999)] | None = None
    inner: Annotated[str, Field(max_length=40)] = ""
    point: tuple[float, float]
    source: Word = ""
    note: Annotated[str, Field(max_length=200)] = ""

    def as_new(self, kind: str, code: str = "", aliases: tuple[str, ...] = ()) -> NewPlace:
        """The place described."""
        given = self.model_dump(include={"name", "category", "street", "number", "source", "note"})
        point, inner = read_lonlat(self.point), level_inner(self.inner)
        return NewPlace(**given, kind=kind, code=code, aliases=aliases, point=point, inner=inner)


class PlaceNewIn(PlaceIn):
    """A new place; without a code it gets one."""

    kind: Literal["tract", "quarter", "door", "landmark", "poi"]
    code: Annotated[str, Field(max_length=30)] = ""
    aliases: Annotated[list[Name], Field(max_length=20)] = []


class PlaceChangeIn(PlaceIn):
    """New values; with the revision that was read, refused as `stale` if somebody was faster."""

    revision: int | None = None


class RetireIn(Schema):
    """Why a place ends."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    revision: int | None = None


class PlaceOut(Schema):
    """A place with its revision."""

    code: str
    kind: str
    name: str
    category: str
    street: str
    number: int | None
    inner: str
    area_code: str
    cell_code: str | None
    point: tuple[float, float]
    source: str
    note: str
    invented: bool
    valid_from: date
    valid_to: date | None
    revision: int


class PlacesOut(Schema):
    """A page of places; `after` asks for the next one."""

    rows: list[PlaceOut]
    after: str | None


class NameIn(Schema):
    """Another name of a place, an area or a street."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["alias", "former", "short"] = "alias"


class NameOut(Schema):
    """A name, what it is to its bearer, and the day it ended."""

    id: int
    name: str
    kind: str
    pinyin: str
    valid_to: date | None


class PlacesQuery(Schema):
    """Filters of a list."""

    q: Annotated[str, Field(max_length=80)] = ""
    kind: Annotated[str, Field(max_length=10)] = ""
    area: Annotated[str, Field(max_length=12)] = ""
    after: Annotated[str, Field(max_length=200)] = ""


def place_out(row: Place, *, revision: int) -> PlaceOut:
    """A place as the API tells it."""
    names = ("code", "kind", "name", "category", "street", "number", "inner", "area_code", "source", "note")
    point = as_lonlat(row.point)
    assert point is not None
    return PlaceOut(
        **{name: getattr(row, name) for name in names},
        cell_code=row.cell.code if row.cell else None,
        point=(point.lon, point.lat),
        invented=row.invented,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revision=revision,
    )


def _one(row: Place) -> PlaceOut:
    return place_out(row, revision=revision_of("place", row.code))


@router.get("/base/places", response=PlacesOut, url_name="base_places")
def get_places(request: ActorRequest, query: Query[PlacesQuery]) -> PlacesOut:
    """Places in use, by code; the revision of each is told by its own address."""
    rows = list_places(Asked(query.q, query.kind, query.area))
    page = get_page(rows, order=("code",), after=query.after, size=100)
    return PlacesOut(rows=[place_out(row, revision=0) for row in page.rows], after=page.following)


@router.post("/base/places", auth=editing, response={201: PlaceOut}, url_name="base_places")
def post_place(request: ActorRequest, body: PlaceNewIn) -> Status[PlaceOut]:
    """Register a place."""
    new = body.as_new(body.kind, body.code, tuple(body.aliases))
    return Status(201, _one(actions.create_place(new, by=request.actor, now=request.now)))


@router.get("/base/places/{code}", response=PlaceOut, url_name="base_place")
def get_place(request: ActorRequest, code: str) -> PlaceOut:
    """One place."""
    return _one(get_any_place(code))


@router.post("/base/places/{code}/change", auth=editing, response=PlaceOut, url_name="base_place_change")
def post_change(request: ActorRequest, code: str, body: PlaceChangeIn) -> PlaceOut:
    """Give a place these values; its other names stay."""
    new = body.as_new(actions.get_place(code).kind)
    return _one(actions.change_place(code, new, by=request.actor, now=request.now, revision=body.revision))


@router.post("/base/places/{code}/retire", auth=editing, response=PlaceOut, url_name="base_place_retire")
def post_retire(request: ActorRequest, code: str, body: RetireIn) -> PlaceOut:
    """Take a place out of use; today is its last day."""
    row = actions.retire_place(code, by=request.actor, now=request.now, reason=body.reason, revision=body.revision)
    return _one(row)


@router.get("/base/names/{bearer}/{ref}", response=list[NameOut], url_name="base_names")
def get_names(request: ActorRequest, bearer: Literal["place", "area", "street"], ref: str) -> list[PlaceName]:
    """The names of a place or an area (by code) or of a street (by name)."""
    return list(names_of(bearer_of(bearer, ref).row))


@router.post("/base/names/{bearer}/{ref}", auth=editing, response={201: NameOut}, url_name="base_names")
def post_name(
    request: ActorRequest, bearer: Literal["place", "area", "street"], ref: str, body: NameIn
) -> Status[PlaceName]:
    """Give it another name."""
    row = bearer_of(bearer, ref).row
    return Status(201, actions.add_name(row, body.name, kind=body.kind, by=request.actor, now=request.now))


@router.post("/base/name/{name_id}/end", auth=editing, response={204: None}, url_name="base_name_end")
def post_name_end(request: ActorRequest, name_id: int) -> Status[None]:
    """Let one of the other names go."""
    row = PlaceName.objects.select_related("place", "area").filter(pk=name_id, valid_to=None).first()
    if row is None:
        raise Refused("not_found", _("没有找到"), {"rule": "name"})
    actions.end_name(row, by=request.actor, now=request.now)
    return Status(204, None)


@router.post("/geocode/table", url_name="geocode_table")
def post_table(request: ActorRequest, file: File[UploadedFile], reverse: bool = False) -> HttpResponse:
    """A workbook or CSV file of addresses (or with `reverse` of places); answers the workbook of what was found."""
    asked = read_asked(read_upload(file), reverse=reverse, most=MOST_ON_PAGE)
    return download_book(write_answers([answer(one, now=request.now) for one in asked]), _("地理编码结果"))
