"""Points at the edge. Inside, everything is EPSG:4326; GIS types without stubs stay in this file."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiLineString, MultiPolygon
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


def read_geometry(value: Mapping[str, Any] | str) -> Any:
    """A stored geometry from a GeoJSON object or WKT, in degrees; refused as `invalid` if it is neither or broken."""
    try:
        text = value if isinstance(value, str) else json.dumps(value)
        shape = GEOSGeometry(text, srid=4326)
    except (GEOSException, GDALException, ValueError, TypeError):
        raise Refused("invalid", "图形无法识别", {"fields": {"geometry": str(value)[:80]}}) from None
    if shape.empty or not shape.valid:
        raise Refused("invalid", "图形为空或自相交", {"fields": {"geometry": str(value)[:80]}})
    return shape


def as_multi(shape: Any) -> Any:
    """A polygon or line as the collection that models store."""
    kinds = {"Polygon": MultiPolygon, "LineString": MultiLineString}
    return kinds[shape.geom_type](shape, srid=4326) if shape.geom_type in kinds else shape


def union_of(shapes: Iterable[Any]) -> Any:
    """The ground that polygons cover together, as a MultiPolygon."""
    return as_multi(MultiPolygon(*shapes, srid=4326).unary_union)
