"""When and where a photo says it was taken. What makes no sense is ignored: cameras write a great deal of it."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from cityloop.base.geometry import LonLat
from cityloop.base.time import city_zone

EXIF_FOLDER: Final = 0x8769
GPS_FOLDER: Final = 0x8825
CHANGED_AT: Final = 0x0132  # in the main folder; many phones write no other
# In the EXIF folder: the moment of the shot, of the scan, and the zone of each.
TIMES: Final = ((0x9003, 0x9011), (0x9004, 0x9012))
CHANGED_AT_ZONE: Final = 0x9010
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)  # a phone without a clock says 1970 or 1980
AHEAD: Final = timedelta(days=1)  # so far may a phone's clock be fast
ZONE: Final = re.compile(r"([+-])(\d\d):(\d\d)")


def is_plausible(moment: datetime, now: datetime) -> bool:
    """A digital photo can have been taken then."""
    return EARLIEST <= moment <= now + AHEAD


def find_moment(main: Mapping[int, Any], folder: Mapping[int, Any], now: datetime) -> datetime | None:
    """When it was taken, UTC; a time without a zone is the city's."""
    told = [(folder.get(time), folder.get(zone)) for time, zone in TIMES]
    told.append((main.get(CHANGED_AT), folder.get(CHANGED_AT_ZONE)))
    for time, zone in told:
        moment = _moment(time, zone)
        if moment and is_plausible(moment, now):
            return moment
    return None


def find_place(gps: Mapping[int, Any]) -> LonLat | None:
    """Where it was taken. The exact origin (0, 0) is what phones write before they have a fix."""
    lat = _degrees(gps.get(LATITUDE), gps.get(LATITUDE_REF), "N", "S", most=90)
    lon = _degrees(gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "E", "W", most=180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return LonLat(lon, lat)


def _moment(time: object, zone: object) -> datetime | None:
    if not isinstance(time, str):
        return None
    try:
        naive = datetime.strptime(time.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone is the next line
        return naive.replace(tzinfo=_zone(zone) or city_zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: object) -> timezone | None:
    match = ZONE.fullmatch(text.strip("\0 ")) if isinstance(text, str) else None
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-span if match[1] == "-" else span)


def _degrees(parts: object, ref: object, plus: str, minus: str, *, most: int) -> float | None:
    """Degrees, minutes and seconds with their letter, as signed degrees."""
    if not isinstance(parts, tuple | list) or len(parts) != 3 or not isinstance(ref, str):
        return None
    letter = ref.strip("\0 ").upper()
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    sound = min(degrees, minutes, seconds) >= 0 and minutes < 60 and seconds < 60
    if letter not in (plus, minus) or not math.isfinite(value) or not sound or value > most:
        return None
    return -value if letter == minus else value
