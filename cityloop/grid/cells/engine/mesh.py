"""A coverage as a mesh of directed edges: whoever owns an edge lies to its left, the neighbour owns the way back.

There is one copy of every border, so no gap or overlap can come in between: merging drops the edges that two faces
share, cutting adds a chord to both parts, and a new corner on a border is put into both neighbours at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, hypot, tau

from cityloop.grid.cells.engine.plane import Corner, Plane

SHIFT = 32
MASK = (1 << SHIFT) - 1

Ring = list[int]  # vertex numbers; the last joins the first


def edge(start: int, end: int) -> int:
    """The key of a directed edge."""
    return start << SHIFT | end


def back(key: int) -> int:
    """The same border as the other side owns it."""
    return (key & MASK) << SHIFT | key >> SHIFT


@dataclass(slots=True)
class Face:
    """One piece of ground: its community, its edges, m² and metres around."""

    community: int
    edges: set[int]
    area: float
    around: float


@dataclass(slots=True)
class Border:
    """What two faces share: metres, and metres weighted by how strong the line is."""

    metres: float = 0.0
    weight: float = 0.0


class Mesh:
    """Faces over shared corners. `planes` are those of the communities, `weights` what a metre of each line counts."""

    def __init__(self, planes: Sequence[Plane], weights: Sequence[float]) -> None:
        self.planes, self.weights = planes, weights
        self.corners: list[Corner] = []
        self.faces: dict[int, Face] = {}
        self.cut_by: dict[int, int] = {}  # the community whose cut put a corner there
        self.strength: dict[int, int] = {}  # of borders that are lines of the map, by the smaller key
        self._numbers: dict[Corner, int] = {}
        self._owner: dict[int, int] = {}
        self._next = 0

    def vertex(self, corner: Corner) -> int:
        """The number of a corner."""
        number = self._numbers.setdefault(corner, len(self.corners))
        if number == len(self.corners):
            self.corners.append(corner)
        return number

    def add(self, community: int, rings: Iterable[Ring]) -> int:
        """A face of these rings: the outline counter-clockwise, holes clockwise."""
        edges = {edge(a, b) for ring in rings for a, b in zip(ring, ring[1:] + ring[:1], strict=True)}
        area = around = 0.0
        plane = self.planes[community]
        left, low = self.corners[next(iter(edges)) >> SHIFT]
        for key in edges:
            (x, y), (to_x, to_y) = self.corners[key >> SHIFT], self.corners[key & MASK]
            area += (x - left) * (to_y - low) - (to_x - left) * (y - low)
            around += hypot((to_x - x) * plane.east, (to_y - y) * plane.north)
        number, self._next = self._next, self._next + 1
        self.faces[number] = Face(community, edges, area / 2 * plane.east * plane.north, around)
        self._owner.update(dict.fromkeys(edges, number))
        return number

    def mark(self, start: int, end: int, strength: int) -> None:
        """Say that a border is a line of the map."""
        self.strength[edge(min(start, end), max(start, end))] = strength

    def owner(self, key: int) -> int:
        """The face to the left of an edge."""
        return self._owner[key]

    def has_holes(self, number: int) -> bool:
        """Whether the face lies around another."""
        return len(self.rings(self.faces[number].edges)) > 1

    def has(self, one: int, other: int) -> bool:
        """Whether a border joins the two corners."""
        return edge(one, other) in self._owner or edge(other, one) in self._owner

    def strength_of(self, key: int) -> int:
        """How strong a line the border is; 0 for one of our making."""
        return self.strength.get(min(key, back(key)), 0)

    def length(self, key: int, plane: Plane) -> float:
        """Metres of an edge."""
        (x, y), (to_x, to_y) = self.corners[key >> SHIFT], self.corners[key & MASK]
        return hypot((to_x - x) * plane.east, (to_y - y) * plane.north)

    def neighbours(self, number: int) -> dict[int, Border]:
        """The faces of the same community along its border."""
        face = self.faces[number]
        plane, found = self.planes[face.community], defaultdict[int, Border](Border)
        for key in sorted(face.edges):
            other = self._owner.get(back(key))
            if other is not None and other != number and self.faces[other].community == face.community:
                metres = self.length(key, plane)
                found[other].metres += metres
                found[other].weight += metres * self.weights[self.strength_of(key)]
        return found

    def rings(self, edges: Iterable[int]) -> list[Ring]:
        """The edges as rings that touch no corner twice, walked with the ground to the left."""
        ahead: dict[int, list[int]] = defaultdict(list)
        left = dict.fromkeys(sorted(edges))
        for key in left:
            ahead[key >> SHIFT].append(key & MASK)
        found: list[Ring] = []
        while left:
            key = first = next(iter(left))
            ring: Ring = []
            while not ring or key != first:
                del left[key]
                ring.append(key >> SHIFT)
                before, at = key >> SHIFT, key & MASK
                options = ahead[at]
                key = edge(at, options[0] if len(options) == 1 else self._sharpest(before, at, options))
            found += _apart(ring)
        return found

    def _sharpest(self, before: int, at: int, options: Sequence[int]) -> int:
        """The next corner clockwise from where one came: the ground between belongs to the face."""
        x, y = self.corners[at]

        def turn(there: int) -> float:
            to_x, to_y = self.corners[there]
            return (come - atan2(to_y - y, to_x - x)) % tau or tau

        come = atan2(self.corners[before][1] - y, self.corners[before][0] - x)
        return min(options, key=lambda there: (turn(there), there))

    def signed(self, ring: Ring) -> int:
        """Twice the ring's area in units, negative if it runs clockwise."""
        points = [self.corners[number] for number in ring]
        return sum(x * to_y - to_x * y for (x, y), (to_x, to_y) in zip(points, points[1:] + points[:1], strict=True))

    def merged(self, one: int, other: int) -> list[Ring] | None:
        """The rings of two faces together, or None where they would make two pieces or a new hole."""
        first, second = self.faces[one].edges, self.faces[other].edges
        inner = {key for key in first if back(key) in second}
        both = (first | second) - inner - {back(key) for key in inner}
        rings = self.rings(both)
        before = max(len(self.rings(first)), len(self.rings(second)))
        return rings if len(rings) <= before and len([r for r in rings if self.signed(r) > 0]) == 1 else None

    def join(self, one: int, other: int, rings: Iterable[Ring]) -> int:
        """One face of these rings instead of the two."""
        community = self.faces[one].community
        self.drop(one)
        self.drop(other)
        return self.add(community, rings)

    def drop(self, number: int) -> Face:
        """Take a face out."""
        face = self.faces.pop(number)
        for key in face.edges:
            del self._owner[key]
        return face

    def insert(self, key: int, corner: Corner, by: int) -> int:
        """Put a corner on a border, into both neighbours, for a cut in that community; its number."""
        start, end = key >> SHIFT, key & MASK
        if corner not in self._numbers:
            self.cut_by[len(self.corners)] = by
        middle = self.vertex(corner)
        if middle in (start, end):
            return middle
        for way in (key, back(key)):
            owner = self._owner.pop(way, None)
            if owner is not None:
                a, b = way >> SHIFT, way & MASK
                self._replace(owner, way, (edge(a, middle), edge(middle, b)))
        strength = self.strength.pop(edge(min(start, end), max(start, end)), 0)
        if strength:
            self.mark(start, middle, strength)
            self.mark(middle, end, strength)
        return middle

    def _replace(self, owner: int, key: int, parts: tuple[int, int]) -> None:
        face, plane = self.faces[owner], self.planes[self.faces[owner].community]
        corners = [self.corners[number] for number in (key >> SHIFT, parts[0] & MASK, key & MASK)]
        (x, y), (by_x, by_y), (to_x, to_y) = corners
        bent = (by_x - x) * (to_y - y) - (to_x - x) * (by_y - y)  # a rounded corner moves the border by a hair
        face.area += bent / 2 * plane.east * plane.north
        face.around += sum(self.length(part, plane) for part in parts) - self.length(key, plane)
        face.edges.discard(key)
        face.edges.update(parts)
        self._owner.update(dict.fromkeys(parts, owner))

    def cut(self, number: int, chords: Iterable[Sequence[int]]) -> list[int]:
        """The face cut along chords (corners from border to border); the numbers of its parts."""
        face = self.drop(number)
        edges = set(face.edges)
        for chord in chords:
            for start, end in pairwise(chord):
                edges |= {edge(start, end), edge(end, start)}
        rings = self.rings(edges)
        outer = [ring for ring in rings if self.signed(ring) > 0]
        holes = [ring for ring in rings if self.signed(ring) < 0]
        parts = [[ring] for ring in outer]
        for hole in holes:
            next(part for part in parts if self.holds(part[0], hole[0])).append(hole)
        return [self.add(face.community, part) for part in parts]

    def holds(self, ring: Ring, number: int) -> bool:
        """Whether the corner lies inside the ring."""
        x, y = self.corners[number]
        points, inside = [self.corners[at] for at in ring], False
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
                inside = not inside
        return inside


def _apart(ring: Ring) -> list[Ring]:
    """A ring that touches itself as rings that do not."""
    found: list[Ring] = []
    path: Ring = []
    at: dict[int, int] = {}
    for number in ring:
        if number in at:
            start = at[number]
            found.append(path[start:])
            for gone in path[start:]:
                del at[gone]
            del path[start:]
        at[number] = len(path)
        path.append(number)
    return [*found, path]
