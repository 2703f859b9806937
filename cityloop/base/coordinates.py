"""Coordinates of other systems, always named: WGS 84 inside, everything else converted here and nowhere else.

CGCS2000 and WGS 84 differ by centimetres and are one system here. GCJ-02 and BD-09 are published shifts of WGS 84
without an inverse formula: theirs is found by iteration to well under a millimetre. The Gauss-Krüger zones of CGCS2000
go through PROJ by their EPSG number; no grid files are used.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import GEOSGeometry
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat

Shift = Callable[[float, float], tuple[float, float]]
CITY: Final = 4326
CGCS2000: Final = 4490
MERIDIANS: Final = range(75, 136, 3)
KRASOVSKY_A, KRASOVSKY_EE = 6378245.0, 0.00669342162296594323  # what the shift was published with
BD_TURN: Final = math.pi * 3000.0 / 180.0
CLOSE: Final = 1e-11  # degrees: a micrometre
MOST_ROUNDS: Final = 40


@dataclass(frozen=True)
class Crs:
    """A named system of coordinates. `srid` is its EPSG number when it is projected, 0 otherwise."""

    name: str
    label: str | Promise
    kind: Literal["degrees", "shifted", "projected"]
    srid: int = 0

    @property
    def is_metric(self) -> bool:
        """Whether coordinates are metres, east and north."""
        return self.kind == "projected"


@cache
def list_crs() -> dict[str, Crs]:
    """Every system we accept and give, by name."""
    found = [
        Crs("wgs84", "WGS 84", "degrees"),
        Crs("cgcs2000", gettext_lazy("CGCS2000 经纬度"), "degrees"),
        Crs("gcj02", gettext_lazy("GCJ-02（高德、腾讯地图）"), "shifted"),
        Crs("bd09", gettext_lazy("BD-09（百度地图）"), "shifted"),
    ]
    for place, meridian in enumerate(MERIDIANS):
        label = format_lazy(gettext_lazy("CGCS2000 高斯-克吕格 中央经线 {meridian}°（无带号）"), meridian=meridian)
        found.append(Crs(f"cgcs2000-gk-cm{meridian}", label, "projected", 4534 + place))
    for place, meridian in enumerate(MERIDIANS):
        label = format_lazy(gettext_lazy("CGCS2000 3° 带 第 {zone} 带（带号）"), zone=meridian // 3)
        found.append(Crs(f"cgcs2000-gk3-{meridian // 3}", label, "projected", 4513 + place))
    for zone in range(13, 24):
        label = format_lazy(gettext_lazy("CGCS2000 6° 带 第 {zone} 带（带号）"), zone=zone)
        found.append(Crs(f"cgcs2000-gk6-{zone}", label, "projected", 4491 + zone - 13))
    return {crs.name: crs for crs in found}


def get_crs(name: str) -> Crs:
    """The system of that name, in capitals or not; refused as `invalid`."""
    found = list_crs().get(name.strip().lower())
    if found is None:
        raise Refused("invalid", _("没有此坐标系：%(name)s") % {"name": name}, {"fields": {"crs": name}})
    return found


def find_by_epsg(code: int) -> Crs | None:
    """The system of an EPSG number, where a file names one that we know."""
    if code in (CITY, CGCS2000):
        return list_crs()["wgs84" if code == CITY else "cgcs2000"]
    if 4502 <= code <= 4512:  # 6° zones without prefix are the same coordinates as 3° zones of that meridian
        code = 4534 + (code - 4502) * 2
    return next((crs for crs in list_crs().values() if crs.srid == code), None)


def to_city(x: float, y: float, crs: Crs) -> LonLat:
    """A place given in that system."""
    if crs.kind == "projected":
        return LonLat(*_projected(f"POINT({x!r} {y!r})", crs.srid, CGCS2000).coords[:2])
    return LonLat(*INWARD[crs.name](x, y)) if crs.kind == "shifted" else LonLat(x, y)


def from_city(place: LonLat, crs: Crs) -> tuple[float, float]:
    """The place in that system: longitude and latitude, or metres east and north."""
    if crs.kind == "projected":
        x, y = _projected(f"POINT({place.lon!r} {place.lat!r})", CGCS2000, crs.srid).coords[:2]
        return x, y
    return OUTWARD[crs.name](place.lon, place.lat) if crs.kind == "shifted" else (place.lon, place.lat)


def shape_to_city(shape: Any, crs: Crs) -> Any:
    """A GEOS geometry of that system as one that is stored."""
    return _shape(shape, crs, INWARD, (crs.srid, CGCS2000))


def shape_from_city(shape: Any, crs: Crs) -> Any:
    """A stored geometry in that system; without SRID where the system has no number."""
    return _shape(shape, crs, OUTWARD, (CGCS2000, crs.srid))


def sql_to_city(column: str, crs: Crs) -> str:
    """SQL that turns a geometry column of that system into a stored one; shifted systems are turned row by row."""
    assert crs.kind != "shifted", crs.name
    if crs.kind == "degrees":
        return f"ST_SetSRID({column}, {CITY})"
    return f"ST_SetSRID(ST_Transform(ST_SetSRID({column}, {crs.srid}), {CGCS2000}), {CITY})"


def sql_from_city(column: str, crs: Crs) -> str:
    """The opposite of `sql_to_city`."""
    assert crs.kind != "shifted", crs.name
    if crs.kind == "degrees":
        return f"ST_SetSRID({column}, {CGCS2000 if crs.name == 'cgcs2000' else CITY})"
    return f"ST_Transform(ST_SetSRID({column}, {CGCS2000}), {crs.srid})"


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The published shift; places outside the rectangle of China are not shifted."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    north, east = _shift_north(lon - 105.0, lat - 35.0), _shift_east(lon - 105.0, lat - 35.0)
    angle = math.radians(lat)
    magic = 1 - KRASOVSKY_EE * math.sin(angle) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / (KRASOVSKY_A * (1 - KRASOVSKY_EE) / (magic * root) * math.pi)
    east = east * 180.0 / (KRASOVSKY_A / root * math.cos(angle) * math.pi)
    return lon + east, lat + north


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """The published second shift."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * BD_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * BD_TURN)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The place whose shift this is."""
    return _undone(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The place whose second shift this is."""
    return _undone(gcj02_to_bd09, lon, lat)


def _wgs84_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def _bd09_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


INWARD: Final[dict[str, Shift]] = {"gcj02": gcj02_to_wgs84, "bd09": _bd09_to_wgs84}
OUTWARD: Final[dict[str, Shift]] = {"gcj02": wgs84_to_gcj02, "bd09": _wgs84_to_bd09}


def _shift_north(x: float, y: float) -> float:
    found = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    found += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    found += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    return found + (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0


def _shift_east(x: float, y: float) -> float:
    found = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    found += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    found += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    return found + (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0


def _undone(shift: Shift, lon: float, lat: float) -> tuple[float, float]:
    """The place that this shift brings here: the shift changes so slowly that each round wins three digits."""
    x, y = lon, lat
    for _round in range(MOST_ROUNDS):
        to_lon, to_lat = shift(x, y)
        off_x, off_y = lon - to_lon, lat - to_lat
        x, y = x + off_x, y + off_y
        if abs(off_x) < CLOSE and abs(off_y) < CLOSE:
            break
    return x, y


def _shape(shape: Any, crs: Crs, shifts: dict[str, Shift], srids: tuple[int, int]) -> Any:
    if crs.kind == "projected":
        found = _projected(shape.wkt if shape.srid is None else shape, *srids)
        found.srid = CITY if srids[1] == CGCS2000 else srids[1]
        return found
    found = _each_vertex(shape, shifts[crs.name]) if crs.kind == "shifted" else shape.clone()
    found.srid = CITY
    return found


def _each_vertex(shape: Any, shift: Shift) -> Any:
    """The geometry with every vertex moved; heights are dropped."""
    if shape.geom_type == "Point":
        return type(shape)(*shift(shape.x, shape.y)) if not shape.empty else shape.clone()
    if shape.geom_type in ("LineString", "LinearRing"):
        return type(shape)([shift(*vertex[:2]) for vertex in shape.coords])
    return type(shape)(*(_each_vertex(part, shift) for part in shape))


def _projected(shape: Any, source: int, target: int) -> Any:
    found = GEOSGeometry(shape, srid=source) if isinstance(shape, str) else shape.clone()
    found.srid = source
    found.transform(_transform(source, target))
    return found


_own = threading.local()  # a transformation must not be used by two threads at once


def _transform(source: int, target: int) -> CoordTransform:
    known: dict[tuple[int, int], CoordTransform] = _own.__dict__.setdefault("known", {})
    if (source, target) not in known:
        known[source, target] = CoordTransform(SpatialReference(source), SpatialReference(target))
    return known[source, target]
