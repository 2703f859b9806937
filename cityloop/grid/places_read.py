"""What pages and API show of places and names."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.spelling import key_of
from cityloop.grid.geocoding import seeking
from cityloop.grid.geocoding.parse import parse
from cityloop.grid.models import Area, Place, PlaceName, Street

MOST_BEARERS: Final = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of places is asked for; empty is everything in use."""

    q: str = ""
    kind: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears names: a place, an area, or the street of that name (`row` is its name then)."""

    kind: str
    ref: str
    label: str
    row: "Place | Area | str"


def list_places(asked: Asked) -> "QuerySet[Place]":
    """Places in use: by code, by name in any spelling, or doors of a street and number."""
    rows = Place.objects.filter(valid_to=None).select_related("cell")
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.area:
        rows = rows.filter(area_code__startswith=asked.area)
    return rows.filter(_answers(asked.q.strip())) if asked.q.strip() else rows


def _answers(text: str) -> Q:
    matches = [*seeking.find_names([text])[text], *seeking.find_scattered(text)]
    wanted = Q(code=text) | Q(code__in=[match.code for match in matches if match.place_kind])
    for reading in parse(text).readings:
        if reading.kind == "door":
            wanted |= Q(kind="door", street_key=key_of(reading.names[0]), number=reading.number)
    return wanted | Q(kind="door", street_key=key_of(text))


def find_bearers(text: str) -> list[Bearer]:
    """Streets and areas whose names fit, so that their other names can be kept too."""
    if not text.strip():
        return []
    matches = [match for match in seeking.find_names([text])[text] if not match.place_kind]
    return [
        Bearer("street", match.street, match.street, match.street)
        if match.street
        else Bearer("area", match.code, match.name.bearer, match.name.bearer)
        for match in matches[:MOST_BEARERS]
    ]


def bearer_of(kind: str, ref: str) -> Bearer:
    """The bearer of that kind and code, or name; refused as `not_found`."""
    if kind == "place":
        place = get_any_place(ref)
        return Bearer(kind, ref, place.name, place)
    if kind == "area":
        area = Area.objects.filter(code=ref, valid_to=None).first()
        if area:
            return Bearer(kind, ref, area.name, area)
    if kind == "street" and Street.objects.filter(name=ref, valid_to=None).exists():
        return Bearer(kind, ref, ref, ref)
    raise Refused("not_found", _("没有找到"), {"rule": "bearer"})


def get_any_place(code: str) -> Place:
    """The place of that code, retired or not; refused as `not_found`."""
    found = Place.objects.select_related("cell").filter(code=code).first()
    if found is None:
        raise Refused("not_found", _("没有此地名：%(code)s") % {"code": code}, {"place": code})
    return found


def names_of(bearer: "Place | Area | str") -> "QuerySet[PlaceName]":
    """All its names, those in use first, the standard one at the head."""
    given: dict[str, Any] = {"street": bearer} if isinstance(bearer, str) else {}
    if isinstance(bearer, Place):
        given = {"place": bearer}
    elif isinstance(bearer, Area):
        given = {"area": bearer}
    return PlaceName.objects.filter(**given).order_by("-valid_to", "-kind", "name")
