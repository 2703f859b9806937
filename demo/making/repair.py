"""Closes the gaps of the extract.

The extract was saved by a tool that keeps only the first piece of a street open in both directions; the points of the
lost pieces are still in the file, without a way. Here every lone point and every loose end is joined to its neighbour
on the one side and to its neighbour on the opposite side (the nearest-neighbour crust of curve reconstruction), and the
new pieces take the name of the street they continue most straightly. Points are real; the joins are inferred and are
marked so.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import acos, degrees, hypot

import shapely
from shapely.geometry import LineString

from making.network import Way

Place = tuple[float, float]
FAR = 140.0  # metres between two points of one street
BEND = 65.0  # degrees by which a street may turn at a point
CONTINUES = 40.0  # degrees within which a piece is taken for the same street


def _turn(before: Place, at: Place, after: Place) -> float:
    """Degrees by which the way before → at → after leaves the straight line."""
    first = (at[0] - before[0], at[1] - before[1])
    second = (after[0] - at[0], after[1] - at[1])
    size = hypot(*first) * hypot(*second)
    if size == 0:
        return 180.0
    return degrees(acos(max(-1.0, min(1.0, (first[0] * second[0] + first[1] * second[1]) / size))))


def _near(at: Place, places: Iterable[Place]) -> list[tuple[float, Place]]:
    """Places within `FAR`, nearest first."""
    found = ((hypot(at[0] - other[0], at[1] - other[1]), other) for other in places)
    return sorted((away, other) for away, other in found if 0.5 < away <= FAR)


def _opposite(before: Place, at: Place, near: list[tuple[float, Place]]) -> Place | None:
    """The place that best continues the way from `before`: near and straight ahead."""
    ahead = [(away * (1 + _turn(before, at, to) / 60), to) for away, to in near if _turn(before, at, to) <= BEND]
    return min(ahead)[1] if ahead else None


def _joins(links: dict[Place, set[Place]], lone: set[Place]) -> set[frozenset[Place]]:
    places = sorted(set(links) | lone)
    joins = set()
    for at in places:
        near = _near(at, places)
        if not near or len(links.get(at, ())) > 1:
            continue
        if at in lone:
            first = near[0][1]
            joins.add(frozenset((at, first)))
        else:
            first = next(iter(links[at]))
        further = _opposite(first, at, near)
        if further:
            joins.add(frozenset((at, further)))
    return joins


def _without_crossings(joins: set[frozenset[Place]], kept: list[LineString]) -> list[LineString]:
    """Shorter joins first; one that crosses what is there already is dropped."""
    tree = shapely.STRtree(kept)
    chosen: list[LineString] = []
    for line in sorted((LineString(sorted(join)) for join in joins), key=lambda line: (line.length, line.coords[0])):
        inner = line.interpolate(0.02, normalized=True), line.interpolate(0.98, normalized=True)
        middle = LineString(inner)
        if any(middle.crosses(kept[index]) for index in tree.query(middle)):
            continue
        if any(middle.distance(other) < 1e-9 for other in chosen):
            continue
        chosen.append(line)
    return chosen


def _named(chosen: list[LineString], ways: list[Way]) -> list[Way]:
    """The new pieces with the name and class of what they continue, straightest first, until nothing changes."""
    at_end: dict[Place, list[tuple[Place, Way]]] = defaultdict(list)
    for way in ways:
        points = list(way.line.coords)
        for here, there in pairwise(points):
            at_end[here].append((there, way))
            at_end[there].append((here, way))
    waiting, found = list(chosen), []
    while waiting:
        options = []
        for index, line in enumerate(waiting):
            first, last = line.coords
            for at, other in ((first, last), (last, first)):
                options += [(_turn(before, at, other), index, way) for before, way in at_end[at] if way.name]
        options = [option for option in options if option[0] <= CONTINUES]
        if not options:
            break
        _, index, like = min(options, key=lambda option: option[:2])
        line = waiting.pop(index)
        way = Way(like.name, like.road_class, like.level, line, joined=True)
        found.append(way)
        first, last = line.coords
        at_end[first].append((last, way))
        at_end[last].append((first, way))
    return found


def _once(line: LineString) -> LineString:
    """A street that the tool has sent out and back, once."""
    points = list(line.coords)
    while len(points) > 2 and points[0] == points[-1] and points[1] == points[-2]:
        points = points[: len(points) // 2 + 1]
    return LineString(points)


def repair(ways: list[Way], places: set[Place]) -> list[Way]:
    """The ways with their gaps closed; `places` are all points of the extract."""
    ways = [Way(way.name, way.road_class, way.level, _once(way.line)) for way in ways]
    used = {at for way in ways for at in way.line.coords}
    links: dict[Place, set[Place]] = defaultdict(set)
    for way in ways:
        points = list(way.line.coords)
        if way.level == "ground" and not way.road_class.endswith("_link"):
            for here, there in pairwise(points):
                links[here].add(there)
                links[there].add(here)
    ground = [way.line for way in ways if way.level == "ground"]
    chosen = _without_crossings(_joins(links, places - used), ground)
    return ways + _named(chosen, [way for way in ways if way.level == "ground"])
