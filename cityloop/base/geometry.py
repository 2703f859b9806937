"""Points at the edge. Inside, everything is EPSG:4326; GIS types without stubs stay in this file."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiLineString, MultiPolygon, Polygon
from django.contrib.gis.geos import Point as GeosPoint
from django.contrib.gis.measure import D

from cityloop.base.errors import Refused
from cityloop.base.words import speak


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
    raise Refused("invalid", speak("位置应为 [经度, 纬度]"), {"fields": {"point": "[lon, lat]"}})


def read_geometry(value: Mapping[str, Any] | str) -> Any:
    """A stored geometry from a GeoJSON object or WKT, in degrees; refused as `invalid` if it is neither or broken."""
    try:
        text = value if isinstance(value, str) else json.dumps(value)
        shape = GEOSGeometry(text, srid=4326)
    except (GEOSException, GDALException, ValueError, TypeError):
        raise Refused("invalid", speak("图形无法识别"), {"fields": {"geometry": str(value)[:80]}}) from None
    if shape.empty or not shape.valid:
        raise Refused("invalid", speak("图形为空或自相交"), {"fields": {"geometry": str(value)[:80]}})
    return shape


def as_multi(shape: Any) -> Any:
    """A polygon or line as the collection that models store."""
    kinds = {"Polygon": MultiPolygon, "LineString": MultiLineString}
    return kinds[shape.geom_type](shape, srid=4326) if shape.geom_type in kinds else shape


def inner_point(shape: Any) -> Any:
    """A point that surely lies on the shape: itself, somewhere on a line, inside an area."""
    return shape if shape.geom_type == "Point" else shape.point_on_surface


def lies_on_earth(shape: Any) -> bool:
    """Whether all its coordinates are degrees."""
    west, south, east, north = shape.extent
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def union_of(shapes: Iterable[Any]) -> Any:
    """The ground that polygons cover together, as a MultiPolygon."""
    return as_multi(MultiPolygon(*shapes, srid=4326).unary_union)


METRES_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator


def box_around(place: LonLat, metres: float) -> Any:
    """A square that holds everything within so many metres of the place: an index finds it fast."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(place.lat)), 0.01)
    return Polygon.from_bbox((place.lon - wide, place.lat - high, place.lon + wide, place.lat + high))


def distance_to(place: LonLat, column: str = "point") -> Any:
    """The distance of a column's geometry from a place, as an expression for `annotate`."""
    return Distance(column, as_point(place))


def metres(count: float) -> Any:
    """A distance to compare `distance_to` with."""
    return D(m=count)


def metres_between(one: LonLat, other: LonLat) -> float:
    """How far two places are apart, on a sphere: right to half a percent, enough to put tasks in order."""
    lat = math.radians((one.lat + other.lat) / 2)
    east = (other.lon - one.lon) * math.cos(lat)
    return math.hypot(east, other.lat - one.lat) * METRES_PER_DEGREE


def as_wkb(shape: Any) -> bytes:
    """A stored geometry as bytes that other libraries read."""
    return bytes(shape.wkb)


def from_wkb(content: bytes) -> Any:
    """A geometry to store (degrees) from bytes that another library wrote."""
    return GEOSGeometry(memoryview(content), srid=4326)
