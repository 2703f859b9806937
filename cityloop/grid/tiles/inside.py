"""What lies inside a circle or a polygon, layer by layer: counted, and listed page by page."""

import math
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import METRES_PER_DEGREE, LonLat, read_geometry, read_lonlat
from cityloop.base.maps import Found, Layer, Listing, Wanted
from cityloop.base.pages import get_page

MOST_METRES: Final = 20_000.0  # of a circle's radius
MOST_CORNERS: Final = 200
MOST_DEGREES: Final = 0.5  # of a shape's longer side: some 50 km
MOST_COUNTED: Final = 10_000  # beyond it "10,000 and more"
CORNERS: Final = 64  # by which a circle is drawn: right to a thousandth of its radius
FINGER: Final = 12  # pixels around a click


def read_shape(circle: str, polygon: str) -> Any:
    """The area that `circle=lon,lat,metres` or `polygon=lon lat,lon lat,…` describes; refused as `invalid`."""
    if bool(circle) == bool(polygon):
        raise Refused("invalid", _("请画一个圆或一个多边形"), {"fields": {"circle": "or polygon"}})
    return _read_circle(circle) if circle else _read_polygon(polygon)


def circle_around(place: LonLat, metres: float) -> Any:
    """A circle as a polygon."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(place.lat)), 0.01)
    turns = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    ring = [[place.lon + wide * math.cos(turn), place.lat + high * math.sin(turn)] for turn in turns]
    return read_geometry({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def finger(place: LonLat, zoom: float) -> Any:
    """The circle that a click at this zoom means."""
    metres_a_pixel = METRES_PER_DEGREE * 360 / 512 / 2**zoom * math.cos(math.radians(place.lat))
    return circle_around(place, FINGER * metres_a_pixel)


def _numbers(text: str, separator: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(separator)]
    except ValueError:
        found = []
    return found if all(math.isfinite(number) for number in found) else []


def _read_circle(text: str) -> Any:
    numbers = _numbers(text, ",")
    if len(numbers) != 3 or not 0 < numbers[2] <= MOST_METRES:
        raise Refused(
            "invalid", _("圆应为 经度,纬度,半径（米）"), {"fields": {"circle": text[:80]}, "most": MOST_METRES}
        )
    return circle_around(read_lonlat(numbers[:2]), numbers[2])


def _read_polygon(text: str) -> Any:
    corners = [_numbers(part.strip(), " ") for part in text.split(",")]
    if not 3 <= len(corners) <= MOST_CORNERS or any(len(corner) != 2 for corner in corners):
        message = _("多边形应为 3 至 %(most)d 个 “经度 纬度”，以逗号分隔") % {"most": MOST_CORNERS}
        raise Refused("invalid", message, {"fields": {"polygon": text[:80]}})
    ring = [list(read_lonlat(corner)) for corner in corners]
    shape = read_geometry({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    west, south, east, north = shape.extent
    if max(east - west, north - south) > MOST_DEGREES:
        raise Refused("too_large", _("范围过大"), {"fields": {"polygon": text[:80]}, "most_degrees": MOST_DEGREES})
    return shape


def rows_inside(listing: Listing, wanted: Wanted, shape: Any) -> Any:
    """The rows of a layer that touch the shape and that this person may see."""
    return listing.rows(wanted).filter(**{f"{listing.column}__intersects": shape})


def count_inside(layers: Iterable[Layer], wanted: Wanted, shape: Any) -> dict[str, int]:
    """How many of each layer, at most one more than `MOST_COUNTED`."""
    return {
        layer.name: rows_inside(layer.listing, wanted, shape).order_by()[: MOST_COUNTED + 1].count()
        for layer in layers
        if layer.listing is not None
    }


def list_inside(
    layer: Layer, wanted: Wanted, shape: Any, *, after: str = "", size: int
) -> tuple[list[Found], str | None]:
    """A page of one layer's objects, and the key of the next page."""
    listing = layer.listing
    assert listing is not None, layer.name
    page = get_page(rows_inside(listing, wanted, shape), order=listing.order, after=after, size=size)
    return [listing.tell(row) for row in page.rows], page.following
