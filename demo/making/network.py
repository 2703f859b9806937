"""The real street network: read, put into metres, and asked for ways along named streets."""

import gzip
import heapq
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians, sin, sqrt
from pathlib import Path

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

# The local plane: metres east and north of this point, scaled by WGS 84's radii of curvature there. Over 2.4 km the
# error of an area is below one in ten thousand.
ORIGIN = (121.4611, 31.2196)
GROUND = ("primary", "secondary", "tertiary", "residential", "living_street", "unclassified")
MAJOR = ("primary", "secondary")
REACH = 160.0  # metres: a street that ends this near the outline was cut off by it and is drawn on to it


def _scale(latitude: float) -> tuple[float, float]:
    """Metres per degree of longitude and of latitude."""
    axis, flat = 6378137.0, 1 / 298.257223563
    square = flat * (2 - flat)
    bend = sqrt(1 - square * sin(radians(latitude)) ** 2)
    north = axis * (1 - square) / bend**3
    east = axis / bend * cos(radians(latitude))
    return radians(1) * east, radians(1) * north


SCALE = _scale(31.2304)


def to_metres(shape: BaseGeometry) -> BaseGeometry:
    """Degrees to the local plane."""
    return shapely.transform(shape, lambda at: (at - ORIGIN) * SCALE)


def to_degrees(shape: BaseGeometry) -> BaseGeometry:
    """The local plane to degrees."""
    return shapely.transform(shape, lambda at: at / SCALE + ORIGIN)


@dataclass(frozen=True)
class Way:
    """One way of OpenStreetMap, in metres."""

    name: str
    road_class: str
    level: str  # ground, elevated, tunnel
    line: LineString
    joined: bool = False  # a gap of the extract, closed by inference

    @property
    def is_ground(self) -> bool:
        """A named street on the ground: what blocks and addresses follow."""
        return self.level == "ground" and bool(self.name) and self.road_class in GROUND


def _level(tags: dict[str, str]) -> str:
    if "tunnel" in tags or "隧道" in tags.get("name", ""):
        return "tunnel"
    if "bridge" in tags or tags["highway"].startswith("trunk") or "高架" in tags.get("name", ""):
        return "elevated"
    return "ground"


def read_ways(path: Path) -> tuple[list[Way], set[tuple[float, float]]]:
    """All ways in the order of the file, and all points, in metres."""
    with gzip.open(path) as file:
        root = ET.parse(file).getroot()
    nodes = {node.attrib["id"]: (float(node.attrib["lon"]), float(node.attrib["lat"])) for node in root.iter("node")}
    ways = []
    for way in root.iter("way"):
        tags = {tag.attrib["k"]: tag.attrib["v"] for tag in way.iter("tag")}
        line = to_metres(LineString([nodes[ref.attrib["ref"]] for ref in way.iter("nd")]))
        ways.append(Way(tags.get("name", ""), tags["highway"], _level(tags), line))
    points = to_metres(shapely.MultiPoint(list(nodes.values())))
    return ways, {(at.x, at.y) for at in points.geoms}


def draw_on(lines: list[LineString], outline: Polygon) -> list[LineString]:
    """Straight pieces that carry streets cut off near the outline on to it."""
    ends: dict[tuple[float, float], list[tuple[float, float]]] = defaultdict(list)
    for line in lines:
        points = list(line.coords)
        ends[points[0]].append(points[1])
        ends[points[-1]].append(points[-2])
    pieces = []
    for end, inner in sorted(ends.items()):
        if len(inner) != 1 or outline.exterior.distance(Point(end)) > REACH:
            continue
        away = (end[0] - inner[0][0], end[1] - inner[0][1])
        stretch = REACH / (hypot(*away) or 1.0)
        ray = LineString([end, (end[0] + away[0] * stretch, end[1] + away[1] * stretch)])
        if ray.crosses(outline.exterior):
            pieces.append(ray)
    return pieces


def node(lines: Iterable[BaseGeometry]) -> list[LineString]:
    """The lines cut at each other, on a grid of a decimetre."""
    return [part for part in shapely.get_parts(shapely.union_all(list(lines), grid_size=0.1)) if part.length > 0]


def _nearest(places: Collection[tuple[float, float]], target: tuple[float, float]) -> tuple[float, float]:
    return min(places, key=lambda at: (hypot(at[0] - target[0], at[1] - target[1]), at))


def path_along(
    pieces: list[LineString], named: BaseGeometry, start: tuple[float, float], end: tuple[float, float]
) -> LineString:
    """The way through the network from near `start` to near `end` that keeps to the `named` streets."""
    graph: dict[tuple[float, float], list[tuple[tuple[float, float], float]]] = defaultdict(list)
    near = named.buffer(1.0)
    for piece in pieces:
        cost = piece.length * (1 if near.covers(piece) else 12)
        first, last = piece.coords[0], piece.coords[-1]
        graph[first].append((last, cost))
        graph[last].append((first, cost))
    begin, goal = _nearest(graph, start), _nearest(graph, end)
    best: dict[tuple[float, float], tuple[float, tuple[float, float] | None]] = {}
    queue: list[tuple[float, tuple[float, float], tuple[float, float] | None]] = [(0.0, begin, None)]
    while queue and goal not in best:
        cost, place, before = heapq.heappop(queue)
        if place in best:
            continue
        best[place] = (cost, before)
        for there, more in graph[place]:
            if there not in best:
                heapq.heappush(queue, (cost + more, there, place))
    trail: list[tuple[float, float]] = []
    at: tuple[float, float] | None = goal
    while at is not None:
        trail.append(at)
        at = best[at][1]
    return _on_pieces(pieces, trail)


def _on_pieces(pieces: list[LineString], trail: list[tuple[float, float]]) -> LineString:
    """The bends of the pieces between the junctions of a trail."""
    between: dict[frozenset[tuple[float, float]], LineString] = {}
    for piece in pieces:
        key = frozenset((piece.coords[0], piece.coords[-1]))
        if key not in between or piece.length < between[key].length:
            between[key] = piece
    points = [trail[0]]
    for here, there in pairwise(trail):
        bend = list(between[frozenset((here, there))].coords)
        points += bend[1:] if bend[0] == here else bend[-2::-1]
    return LineString(points)
