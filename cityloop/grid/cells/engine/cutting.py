"""Where a cell that is too large is cut: along the end of a street that runs into it, else straight across.

Straight cuts keep to the directions of the cell's own borders, so that they meet streets squarely, and lie where they
leave the wanted share on one side. Of all cuts the one is taken whose parts are best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, log, pi
from typing import Any, Final

import numpy as np

from cityloop.grid.cells.engine.merging import Sizes
from cityloop.grid.cells.engine.mesh import MASK, SHIFT, Face, Mesh, Ring
from cityloop.grid.cells.engine.plane import Corner, Plane

NEAR: Final = 2.0  # metres: a cut that would end this near a corner ends in it
BINS: Final = 18  # directions are told apart by five degrees
HALVINGS: Final = 18
TIED: Final = 3  # decimals of a cost; what differs less is a tie, and the first direction is taken
STREET_BONUS: Final = 0.4  # what a cut along the end of a street may be worse

Vector = Any  # numpy array
Frame = tuple[Vector, Vector, Vector, Vector]
Path = tuple[int, ...]  # the corners of a street's end, from the border inwards


@dataclass(frozen=True, slots=True)
class _Sides:
    """The edges of a face in metres from its first corner."""

    keys: list[int]
    start: Vector
    end: Vector
    origin: Corner

    def in_units(self, at: Vector, plane: Plane) -> Corner:
        """The corner nearest to a place."""
        return self.origin[0] + round(at[0] / plane.east), self.origin[1] + round(at[1] / plane.north)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A way to cut: its ends (edge and place, in pairs), what it costs, and the street's end that it goes on from."""

    ends: tuple[tuple[int, Vector], ...]
    cost: float
    path: tuple[int, ...] = ()


def cut_down(mesh: Mesh, number: int, sizes: Sizes, dangles: Mapping[int, Sequence[Path]]) -> list[int]:
    """Cut the face until no part is too large; the numbers of the parts.

    `dangles` are ends of streets inside blocks, by the corner at which they begin.
    """
    waiting, done = [number], []
    while waiting:
        at = waiting.pop()
        parts = cut_once(mesh, at, sizes, dangles) if _is_due(mesh, at, sizes) else [at]
        if len(parts) > 1:
            waiting += parts
        else:
            done += parts
    return sorted(done)


def _is_due(mesh: Mesh, number: int, sizes: Sizes) -> bool:
    face = mesh.faces[number]
    return face.area > sizes.large or mesh.has_holes(number)


def cut_once(mesh: Mesh, number: int, sizes: Sizes, dangles: Mapping[int, Sequence[Path]]) -> list[int]:
    """The face cut once, or the face itself where no cut is possible."""
    face = mesh.faces[number]
    sides = _sides(mesh, face)
    rings = mesh.rings(face.edges)
    holes = [ring for ring in rings if mesh.signed(ring) < 0]
    options = _straight(mesh, face, sides, sizes, holes)
    if not holes:
        options += along_streets(mesh, rings[0], sides, sizes, dangles)
    for cut in sorted(options, key=lambda option: round(option.cost, TIED)):
        chords = _chords(mesh, sides, cut, face.community)
        if chords:
            return mesh.cut(number, chords)
    return [number]


def _chords(mesh: Mesh, sides: _Sides, cut: _Cut, community: int) -> list[list[int]]:
    """The cut's chords, their ends put on the borders; none where a chord would touch anything else."""
    for near in (NEAR, 0.0):
        corners = [_corner(mesh, sides, end, community, near) for end in cut.ends]
        if cut.path:
            trail = [*(mesh.corners[at] for at in cut.path), corners[0]]
            pairs = list(pairwise(trail))
        else:
            pairs = list(zip(corners[::2], corners[1::2], strict=True))
        if all(_is_clear(mesh, sides, one, other) for one, other in pairs):
            numbers = [mesh.insert(key, corner, community) for (key, _), corner in zip(cut.ends, corners, strict=True)]
            if cut.path:
                return [[*cut.path, numbers[0]]]
            return [[a, b] for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
    return []


def _corner(mesh: Mesh, sides: _Sides, end: tuple[int, Vector], community: int, near: float) -> Corner:
    """The corner in which a cut ends: one that is near, or a new one on the border.

    Corners that another community's cuts made are passed over: what comes out must not depend on who else is cut.
    """
    key, at = end
    plane = mesh.planes[community]
    corner = sides.in_units(at, plane)
    reach = [
        (hypot((x - corner[0]) * plane.east, (y - corner[1]) * plane.north), (x, y))
        for number in (key >> SHIFT, key & MASK)
        if mesh.cut_by.get(number, community) == community
        for x, y in (mesh.corners[number],)
    ]
    return min(reach)[1] if reach and min(reach)[0] < near else corner


def _is_clear(mesh: Mesh, sides: _Sides, one: Corner, other: Corner) -> bool:
    """Whether nothing of the border lies on the way between two corners, their own edges apart."""
    starts = np.array([mesh.corners[key >> SHIFT] for key in sides.keys]) - one
    ends = np.array([mesh.corners[key & MASK] for key in sides.keys]) - one
    way = np.array(other) - one
    first, second = way[0] * starts[:, 1] - way[1] * starts[:, 0], way[0] * ends[:, 1] - way[1] * ends[:, 0]
    along = ends - starts
    third = along[:, 0] * -starts[:, 1] - along[:, 1] * -starts[:, 0]
    fourth = along[:, 0] * (way[1] - starts[:, 1]) - along[:, 1] * (way[0] - starts[:, 0])
    slack = np.abs(along).sum(axis=1)  # an end that was rounded lies up to a unit beside its edge
    here, there = np.abs(third) <= slack, np.abs(fourth) <= slack
    crossing = (np.sign(first) * np.sign(second) <= 0) & (np.sign(third) * np.sign(fourth) <= 0) & ~(here | there)
    ahead = starts @ way
    on_the_way = (np.abs(first) <= np.abs(way).sum()) & (ahead > 0) & (ahead < way @ way)
    middle = way / 2 - starts
    share = (middle * along).sum(axis=1) / (along * along).sum(axis=1)
    upon = here & there & (share > 0) & (share < 1)  # along a border, not across
    return one != other and not bool((crossing | on_the_way | upon).any())


def _sides(mesh: Mesh, face: Face) -> _Sides:
    keys = sorted(face.edges)
    plane = mesh.planes[face.community]
    scale = np.array([plane.east, plane.north])
    origin = mesh.corners[keys[0] >> SHIFT]
    start = (np.array([mesh.corners[key >> SHIFT] for key in keys]) - origin) * scale
    end = (np.array([mesh.corners[key & MASK] for key in keys]) - origin) * scale
    return _Sides(keys, start, end, origin)


def _directions(sides: _Sides) -> Vector:
    """Angles of cuts: the three commonest directions of the borders and what is square to them."""
    step = sides.end - sides.start
    angle = np.arctan2(step[:, 1], step[:, 0]) % (pi / 2)
    nearest = np.round(angle / (pi / 2) * BINS)
    beside = angle - nearest * (pi / 2) / BINS
    bins = nearest.astype(int) % BINS
    length = np.hypot(step[:, 0], step[:, 1])
    weight = np.bincount(bins, weights=length, minlength=BINS)
    common = [at for at in np.argsort(-np.round(weight), kind="stable")[:3] if weight[at] > 0]
    means = [at * (pi / 2) / BINS + float((beside * length)[bins == at].sum() / weight[at]) for at in common]
    return np.array([mean + turn for mean in means for turn in (0.0, pi / 2)])


def _heights(sides: _Sides, angles: Vector) -> Frame:
    """Of every edge (rows) and direction (columns): along and up at its start, along and up at its end."""
    along, up = np.array([np.cos(angles), np.sin(angles)]), np.array([-np.sin(angles), np.cos(angles)])
    return sides.start @ along, sides.start @ up, sides.end @ along, sides.end @ up


def _area_below(frame: Frame, level: Vector) -> Vector:
    """The ground below a level in each direction, from `_slopes`: the chord at the level adds nothing."""
    along, up, slope, to_up = frame
    low, high = np.minimum(up, level), np.minimum(to_up, level)
    return ((along + slope * ((low + high) / 2 - up)) * (high - low)).sum(axis=0)


def _slopes(frame: Frame) -> Frame:
    """The same with each edge's slope for where it ends: what does not change with the level, reckoned once."""
    along, up, to_along, to_up = frame
    rise = to_up - up
    return along, up, np.divide(to_along - along, rise, out=np.zeros_like(rise), where=rise != 0), to_up


def _levels(frame: Frame, wanted: float) -> Vector:
    """In each direction the level below which lies the wanted area, from `_slopes`."""
    low, high = frame[1].min(axis=0), frame[1].max(axis=0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        under = _area_below(frame, middle) < wanted
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2


def _straight(mesh: Mesh, face: Face, sides: _Sides, sizes: Sizes, holes: Sequence[Ring]) -> list[_Cut]:
    """Straight cuts into shares that come out near the aim, or through the middle of a hole."""
    angles = _directions(sides)
    frame = _heights(sides, angles)
    count = max(2, round(face.area / sizes.aim))
    shares = sorted({(count // 2) / count, (count - count // 2) / count})
    sloped = _slopes(frame)
    levels = [_levels(sloped, share * face.area) for share in shares]
    if holes:
        plane = mesh.planes[face.community]
        middle = (np.mean([mesh.corners[at] for at in holes[0]], axis=0) - sides.origin) * (plane.east, plane.north)
        levels = [middle @ np.array([-np.sin(angles), np.cos(angles)])]
    found = [
        _crossing(sides, face, [part[:, at] for part in frame], float(level[at]))
        for level in levels
        for at in range(len(angles))
    ]
    return [cut for cut in found if cut is not None and (not holes or len(cut.ends) > 2)]


def _crossing(sides: _Sides, face: Face, frame: Sequence[Vector], level: float) -> _Cut | None:
    """The cut at a level: where it enters and leaves the face, and what the parts would be."""
    along, up, to_along, to_up = frame
    crossed = np.flatnonzero((up > level) != (to_up > level))
    if len(crossed) < 2 or len(crossed) % 2:
        return None
    share = (level - up[crossed]) / (to_up[crossed] - up[crossed])
    where = along[crossed] + share * (to_along[crossed] - along[crossed])
    order = np.argsort(where, kind="stable")
    places = sides.start[crossed] + share[:, None] * (sides.end[crossed] - sides.start[crossed])
    chords = float((where[order][1::2] - where[order][::2]).sum())
    sloped = _slopes((along[:, None], up[:, None], to_along[:, None], to_up[:, None]))
    below = float(_area_below(sloped, np.array([level]))[0])
    if not 0 < below < face.area:
        return None
    length = np.hypot(to_along - along, to_up - up)
    lower = np.divide(
        np.clip(level - np.minimum(up, to_up), 0, np.abs(to_up - up)),
        np.abs(to_up - up),
        out=(up <= level).astype(float),
        where=to_up != up,
    )
    under = float((length * lower).sum())
    cost = 0.1 * (len(crossed) // 2 - 1) + sum(
        _form(area, around + chords) for area, around in ((below, under), (face.area - below, face.around - under))
    )
    return _Cut(tuple((sides.keys[crossed[at]], places[at]) for at in order), cost)


def _form(area: float, around: float) -> float:
    return around * around / (16 * area) - 1


def along_streets(
    mesh: Mesh, ring: Ring, sides: _Sides, sizes: Sizes, dangles: Mapping[int, Sequence[Path]]
) -> list[_Cut]:
    """Cuts that follow a street which ends inside the face, and go straight on to the other side."""
    found = []
    corners = set(ring)
    for start in ring:
        for path in dangles.get(start, ()):
            if not corners & set(path[1:]) and all(mesh.holds(ring, number) for number in path[1:]):
                cut = _onward(mesh, ring, sides, sizes, path)
                found += [cut] if cut else []
    return found


def _onward(mesh: Mesh, ring: Ring, sides: _Sides, sizes: Sizes, path: Path) -> _Cut | None:
    plane = mesh.planes[mesh.faces[mesh.owner(sides.keys[0])].community]
    scale = np.array([plane.east, plane.north])
    before, last = ((np.array(mesh.corners[at]) - sides.origin) * scale for at in path[-2:])
    way = last - before
    reached = _ray(sides, last, way)
    if reached is None:
        return None
    key, at = reached
    trail = [(np.array(mesh.corners[number]) - sides.origin) * scale for number in path] + [at]
    first, second = ring.index(path[0]), ring.index(key & MASK)
    part = ring[second : first + 1] if second <= first else ring[second:] + ring[: first + 1]
    points = np.array([*((np.array(mesh.corners[number]) - sides.origin) * scale for number in part), *trail[1:]])
    area = _shoelace(points)
    face = mesh.faces[mesh.owner(sides.keys[0])]
    if not 0.6 * sizes.aim < area < face.area - 0.6 * sizes.aim:
        return None
    chord = float(np.hypot(*np.diff(np.array(trail), axis=0).T).sum())
    around = float(np.hypot(*np.diff(points, axis=0).T).sum()) + float(np.hypot(*(points[0] - points[-1])))
    rest = face.around - around + 2 * chord
    cost = sum(
        _form(size, length) + log(size / sizes.aim / max(1, round(size / sizes.aim))) ** 2
        for size, length in ((area, around), (face.area - area, rest))
    )
    return _Cut((reached,), cost - STREET_BONUS, path)


def _ray(sides: _Sides, origin: Vector, way: Vector) -> tuple[int, Vector] | None:
    """The edge that a ray meets first, and where."""
    along = sides.end - sides.start
    across = way[0] * along[:, 1] - way[1] * along[:, 0]
    to = sides.start - origin
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (to[:, 0] * along[:, 1] - to[:, 1] * along[:, 0]) / across
        share = (to[:, 0] * way[1] - to[:, 1] * way[0]) / across
    hit = np.flatnonzero((across != 0) & (far > 0) & (share >= 0) & (share <= 1))
    if not len(hit):
        return None
    nearest = hit[np.argmin(far[hit])]
    return sides.keys[nearest], origin + far[nearest] * way


def _shoelace(points: Vector) -> float:
    x, y = points.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
