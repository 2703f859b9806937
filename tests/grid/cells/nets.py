"""Street nets to cut: made up, and the demonstration city's real one."""

import json
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings

from cityloop.grid.cells.engine.linework import LANE, Line, Outline, strength_of

WEST, SOUTH = 121.4, 31.2
EAST_M, NORTH_M = 95_300.0, 110_870.0  # metres in a degree there
DEMO = Path(settings.BASE_DIR) / "demo" / "geography"

Place = tuple[float, float]


def degrees(place: Place) -> Place:
    """Metres east and north of the corner as degrees."""
    return WEST + place[0] / EAST_M, SOUTH + place[1] / NORTH_M


def ground(*places: Place) -> Any:
    """A polygon given in metres."""
    return shapely.Polygon([degrees(place) for place in places])


def box(left: float, low: float, right: float, high: float) -> Any:
    """A rectangle given in metres."""
    return ground((left, low), (right, low), (right, high), (left, high))


def line(*places: Place, strength: int = LANE) -> Line:
    """A street given in metres."""
    return Line(shapely.LineString([degrees(place) for place in places]), strength)


def community(number: int, shape: Any) -> Outline:
    """The community of that number."""
    return Outline(f"310101002{number:03d}", shape)


def features(name: str) -> list[dict[str, Any]]:
    """The features of one of the demonstration's files."""
    found: list[dict[str, Any]] = json.loads((DEMO / name).read_text(encoding="utf-8"))["features"]
    return found


def real_net() -> tuple[list[Outline], list[Line]]:
    """Communities of the demonstration city and the ground streets between which their cells lie."""
    outlines = [
        Outline(one["properties"]["code"], shapely.from_geojson(json.dumps(one["geometry"])))
        for one in features("areas.geojson")
        if one["properties"]["level"] == "community"
    ]
    streets = [
        Line(shapely.from_geojson(json.dumps(one["geometry"])), strength_of(one["properties"]["road_class"]))
        for one in features("streets.geojson")
        if one["properties"]["level"] == "ground" and strength_of(one["properties"]["road_class"])
    ]
    return outlines, streets
