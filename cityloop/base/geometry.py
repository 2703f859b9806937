"""Points at the edge. Inside, everything is EPSG:4326; GIS types without stubs stay in this file."""

from typing import Any, NamedTuple

from django.contrib.gis.geos import Point as GeosPoint

from cityloop.base.errors import Refused


class LonLat(NamedTuple):
    """A place: degrees east and degrees north, EPSG:4326 (WGS 84; CGCS2000 differs by centimetres)."""

    lon: float
    lat: float


def as_point(place: LonLat) -> Any:
    """The place as a geometry that models store."""
    return GeosPoint(place.lon, place.lat, srid=4326)


def as_lonlat(point: Any) -> LonLat | None:
    """The stored geometry as a place, or None."""
    return None if point is None else LonLat(point.x, point.y)


def read_lonlat(value: object) -> LonLat:
    """A `[lon, lat]` pair from outside; refused as `invalid` if it is no place on Earth."""
    if isinstance(value, list | tuple) and len(value) == 2:
        try:
            place = LonLat(float(value[0]), float(value[1]))
        except (TypeError, ValueError):
            place = None
        if place and -180 <= place.lon <= 180 and -90 <= place.lat <= 90:
            return place
    raise Refused("invalid", "位置应为 [经度, 纬度]", {"fields": {"point": "[lon, lat]"}})
