"""From street lines to closed cells of about 10,000 m²: faces of the network, slivers merged, large blocks cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi

import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon
from shapely.ops import polygonize, split

AIM, LARGE, SMALL, MOST = 10_000.0, 16_000.0, 5_500.0, 17_000.0


@dataclass
class Block:
    """A piece of ground inside one 街道."""

    shape: Polygon
    region: str


def is_thin(shape: Polygon) -> bool:
    """A strip, such as what lies between two carriageways."""
    return bool(shape.area / shape.length < 7.5)


def faces(pieces: Iterable[LineString]) -> list[Polygon]:
    """The closed faces of noded lines, in a fixed order."""
    return sorted(polygonize(list(pieces)), key=lambda face: face.centroid.coords[0])


def shared(one: Polygon, other: Polygon) -> float:
    """Metres of border between two blocks."""
    return float(one.boundary.intersection(other.boundary).length) if one.distance(other) < 0.01 else 0.0


def _neighbours(blocks: list[Block], at: int) -> list[tuple[int, float]]:
    block = blocks[at]
    return [
        (index, length)
        for index, other in enumerate(blocks)
        if index != at and other.region == block.region and (length := shared(block.shape, other.shape)) > 1.0
    ]


def _join(blocks: list[Block], at: int, into: int) -> None:
    merged = shapely.union(blocks[at].shape, blocks[into].shape)
    assert isinstance(merged, Polygon), merged
    blocks[into] = Block(Polygon(merged.exterior), blocks[into].region)
    del blocks[at]


def merge_slivers(blocks: list[Block]) -> None:
    """Strips and crumbs go to the neighbour with which they share most, the smallest first."""
    while True:
        waste = [i for i, block in enumerate(blocks) if is_thin(block.shape) or block.shape.area < 1_500]
        waste.sort(key=lambda i: (blocks[i].shape.area, i))
        for at in waste:
            options = _neighbours(blocks, at)
            if options:
                _join(blocks, at, max(options, key=lambda option: (option[1], -option[0]))[0])
                break
        else:
            return


def _roundness(shape: Polygon) -> float:
    """1 for a circle, near 0 for a strip."""
    return float(4 * pi * shape.area / shape.length**2)


def merge_small(blocks: list[Block]) -> None:
    """Small blocks join the neighbour with which they make the roundest cell that is not too large."""
    stuck: set[bytes] = set()
    while True:
        small = [i for i, b in enumerate(blocks) if b.shape.area < SMALL and b.shape.wkb not in stuck]
        if not small:
            return
        at = min(small, key=lambda i: (blocks[i].shape.area, i))
        options = [
            (_roundness(shapely.union(blocks[at].shape, blocks[i].shape)), i)
            for i, length in _neighbours(blocks, at)
            if blocks[i].shape.area + blocks[at].shape.area <= MOST and length > 15
        ]
        if options:
            _join(blocks, at, max(options)[1])
        else:
            stuck.add(blocks[at].shape.wkb)


def _cut_across(shape: Polygon, share: float) -> list[Polygon]:
    """Two or more parts by a line across the longer side, the first with about this share of the area."""
    frame = shape.minimum_rotated_rectangle
    corners = list(frame.exterior.coords)
    sides = [LineString(corners[i : i + 2]) for i in (0, 1)]
    along = max(sides, key=lambda side: side.length)
    low, high = 0.02, 0.98
    parts: list[Polygon] = [shape]
    for _ in range(24):
        middle = (low + high) / 2
        at = along.interpolate(middle, normalized=True)
        turned = affinity.rotate(along, 90, origin=at)
        line = affinity.scale(affinity.translate(turned), 20, 20, origin=at)
        parts = list(split(shape, line).geoms)
        first = sum(part.area for part in parts if _before(part, along, middle))
        low, high = (middle, high) if first < share * shape.area else (low, middle)
    return parts


def _before(part: Polygon, along: LineString, share: float) -> bool:
    start, end = along.coords
    at = part.representative_point()
    step = (end[0] - start[0], end[1] - start[1])
    return ((at.x - start[0]) * step[0] + (at.y - start[1]) * step[1]) / along.length**2 < share


def cut_large(shape: Polygon) -> list[Polygon]:
    """The block cut until no part is larger than `LARGE`, into parts near `AIM`."""
    if shape.area <= LARGE:
        return [shape]
    count = max(2, round(shape.area / AIM))
    parts = _cut_across(shape, (count // 2) / count)
    if len(parts) < 2:
        return [shape]
    return [piece for part in parts for piece in cut_large(part)]


def make_cells(blocks: list[Block]) -> list[Block]:
    """Blocks to cells."""
    merge_slivers(blocks)
    merge_small(blocks)
    cells = [Block(part, block.region) for block in blocks for part in cut_large(block.shape)]
    merge_slivers(cells)
    merge_small(cells)
    return cells


def snap(cells: list[Polygon]) -> list[Polygon]:
    """The same cells (in degrees) with every corner on a grid of a millionth degree, borders shared point by point."""
    lines = shapely.union_all([cell.boundary for cell in cells], grid_size=1e-6)
    tree = shapely.STRtree(cells)
    gathered: dict[int, list[Polygon]] = {}
    for face in polygonize(shapely.get_parts(lines)):
        owners = tree.query(face.representative_point(), predicate="within")
        gathered.setdefault(int(min(owners)) if len(owners) else int(tree.nearest(face)), []).append(face)
    assert len(gathered) == len(cells)
    return [shapely.normalize(shapely.union_all(gathered[index], grid_size=1e-6)) for index in range(len(cells))]
