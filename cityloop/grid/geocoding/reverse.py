"""From a place to words: its address, whose ground it is, and where it lies as seen from what stands near."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.words import speak
from cityloop.grid.geocoding import sql
from cityloop.grid.geocoding.parse import Bearing
from cityloop.grid.geocoding.seeking import rows_of
from cityloop.grid.selectors import Location, locate
from cityloop.grid.written import write_step

MOST_NEAREST: Final = 4
AT: Final = 15.0  # metres within which one is at a place and not beside it
_ROUND: Final[tuple[Bearing, ...]] = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True, slots=True)
class Described:
    """A place in words. `nearest` are ways to say it by what stands near: 大世界东侧50米."""

    location: Location
    address: str
    nearest: tuple[str, ...]


def describe(place: LonLat, *, now: datetime) -> Described:
    """The place's address with its district, and what stands near; two statements."""
    found = locate(place, now=now)
    address = found.address_hint
    if found.is_inside and found.district_name and not address.startswith(found.district_name):
        address = f"{found.district_name}{address}"
    return Described(found, address, _nearest(place) if found.is_inside else ())


def _nearest(place: LonLat) -> tuple[str, ...]:
    rows = rows_of(sql.NEAREST_PLACES, {"lon": place.lon, "lat": place.lat, "limit": MOST_NEAREST})
    return tuple(words_for(row["name"], row["metres"], row["azimuth"]) for row in rows)


def words_for(name: str, metres: float, azimuth: float) -> str:
    """`大世界` at it, `大世界东侧50米` beside it; the azimuth is from there to here, in radians."""
    if metres <= AT:
        return name
    return write_step(name, _ROUND[round(azimuth / (math.pi / 4)) % 8], round(metres))


def read_near(text: str) -> LonLat | None:
    """`lon,lat` from outside; None where nothing was given."""
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 2:
        raise Refused("invalid", speak("位置应为 经度,纬度"), {"fields": {"near": text}})
    return read_lonlat(parts)
