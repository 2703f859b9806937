"""`/api/v1/geocode` and `/api/v1/reverse`: words → places, and a place in words; many at once."""

from typing import Annotated, Final, cast

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from cityloop.base.geometry import LonLat
from cityloop.base.words import speak
from cityloop.grid.api import AreaOut, InspectorOut, Lat, Lon, NearComponentOut, area_out, near_component_out
from cityloop.grid.geocoding import finding, reverse
from cityloop.grid.geocoding.finding import Found
from cityloop.grid.geocoding.likeness import WORDS
from cityloop.grid.ground import grounds_of
from cityloop.grid.selectors import nearest_components
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("grid.view"))

MOST_TEXTS: Final = 500  # of one batch
LONGEST: Final = 120


class ReasonOut(Schema):
    """Why a place answers: a stable code, and its words."""

    code: str
    words: str


class FoundOut(Schema):
    """A place that answers a text; `address` is how an address field takes it."""

    label: str
    address: str
    kind: str
    score: float
    why: list[ReasonOut]
    point: tuple[float, float]
    road: str
    crossing: str
    code: str
    area_code: str


class TextsIn(Schema):
    """Addresses as they are spoken."""

    texts: list[Annotated[str, Field(max_length=LONGEST)]] = Field(max_length=MOST_TEXTS)


class AnswerOut(Schema):
    """The best place for one text, with the cell it lies in; none where nothing answers."""

    text: str
    best: FoundOut | None
    area_code: str


class ReverseOut(Schema):
    """A place in words, whose ground it is, and what stands near."""

    point: tuple[float, float]
    inside: bool
    address: str
    nearest: list[str]
    district: AreaOut | None
    street: AreaOut | None
    community: AreaOut | None
    cell_code: str | None
    duty_grid: AreaOut | None
    inspectors: list[InspectorOut]
    components: list[NearComponentOut]


def found_out(one: Found) -> FoundOut:
    """A found place as the API tells it."""
    from_words = [ReasonOut(code=why.value, words=speak(WORDS[why])) for why in one.why]
    return FoundOut(
        label=one.label,
        address=one.address,
        kind=one.kind,
        score=one.score,
        why=from_words,
        point=(one.place.lon, one.place.lat),
        road=one.road,
        crossing=one.crossing,
        code=one.code,
        area_code=one.area_code,
    )


@router.get("/geocode", response=list[FoundOut], url_name="geocode")
def geocode(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=LONGEST)],
    limit: Annotated[int, Query(ge=1, le=50)] = 12,
    near: Annotated[str, Query(max_length=40)] = "",
) -> list[FoundOut]:
    """Places for an address as it is spoken, ranked; `near` (lon,lat) puts the nearer first where two fit alike."""
    return [found_out(one) for one in finding.find_places(q, limit=limit, around=reverse.read_near(near))]


@router.post("/geocode", response=list[AnswerOut], url_name="geocode_many")
def geocode_many(request: HttpRequest, body: TextsIn) -> list[AnswerOut]:
    """The best place for each text, in their order."""
    best = [next(iter(finding.find_places(text, limit=3)), None) for text in body.texts]
    grounds = iter(grounds_of([one.place for one in best if one]))
    return [
        AnswerOut(text=text, best=found_out(one) if one else None, area_code=next(grounds).area_code if one else "")
        for text, one in zip(body.texts, best, strict=True)
    ]


@router.get("/reverse", response=ReverseOut, url_name="reverse")
def reverse_geocode(
    request: HttpRequest, lon: Lon, lat: Lat, limit: Annotated[int, Query(ge=0, le=50)] = 5
) -> ReverseOut:
    """The address of a place in words, its cell, duty grid and inspectors, and the components nearest to it."""
    place = LonLat(lon, lat)
    found = reverse.describe(place, now=cast(ActorRequest, request).now)
    at = found.location
    return ReverseOut(
        point=(lon, lat),
        inside=at.is_inside,
        address=found.address,
        nearest=list(found.nearest),
        district=area_out(at.district_code, at.district_name),
        street=area_out(at.street_code, at.street_name),
        community=area_out(at.community_code, at.community_name),
        cell_code=at.cell_code,
        duty_grid=area_out(at.duty_grid_code, at.duty_grid_name),
        inspectors=[InspectorOut(person_id=i.person_id, name=i.name, on_shift=i.on_shift) for i in at.inspectors],
        components=[near_component_out(one) for one in nearest_components(place, limit=limit)] if limit else [],
    )
