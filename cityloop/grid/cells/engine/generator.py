"""Cells of whole communities: blocks of the street net, merged where small, cut where large, numbered.

The same input gives the same cells. Communities are done one after the other over one mesh, so that a border between
two of them has the same corners on both sides.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from cityloop.grid.cells.engine.cutting import Path, cut_down
from cityloop.grid.cells.engine.linework import Line, Net, Outline, in_degrees, make_net
from cityloop.grid.cells.engine.merging import Sizes, merge
from cityloop.grid.cells.engine.mesh import Mesh
from cityloop.grid.cells.engine.numbering import MOST_NUMBERS, number_cells, row_of

ROUNDS: Final = 3  # of merging and cutting; more change nothing that is seen


@dataclass(frozen=True, slots=True)
class Settings:
    """What the city wants: m² of a cell, what a border along a lane, street or main street is worth, closed gaps."""

    aim_m2: float = 10_000.0
    lane: float = 0.25
    street: float = 0.5
    main: float = 1.2
    gap_m: float = 1.0

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """By the strength of a line."""
        return (0.0, self.lane, self.street, self.main)


@dataclass(frozen=True, slots=True)
class MadeCell:
    """A cell: code, ground in degrees, m², and the strongest line of the map on its border."""

    code: str
    shape: Any
    area_m2: float
    strength: int

    @property
    def community(self) -> str:
        """The twelve digits of its community."""
        return self.code[:12]


@dataclass(frozen=True, slots=True)
class Generated:
    """The cells in the order of their codes, and what the generator had to say of the input."""

    cells: tuple[MadeCell, ...]
    planes: Mapping[str, str]  # the plane by community
    overlap_m2: float  # ground that two outlines claim
    gap_m2: float  # gaps between outlines that were closed
    coarse: Mapping[str, float] = field(default_factory=dict)  # communities whose cells must be larger, and how large


def generate(
    outlines: Sequence[Outline],
    lines: Sequence[Line],
    settings: Settings | None = None,
    *,
    after: Mapping[str, int] | None = None,
    around: Sequence[Outline] = (),
) -> Generated:
    """Cells for these communities; `after` is the highest number that each has ever given.

    With the communities `around` them the cells are those that come out when all are made together.
    Raises `NumbersExhausted` where a community has too few numbers left.
    """
    wanted = settings or Settings()
    used = after or {}
    net = make_net(outlines, lines, wanted.weights, gap_m=wanted.gap_m, around=around)
    starts = _starts(net.dangles)
    members: dict[int, list[int]] = defaultdict(list)
    for number, face in net.mesh.faces.items():
        members[face.community].append(number)
    cells: list[MadeCell] = []
    coarse: dict[str, float] = {}
    for community, code in enumerate(net.codes):
        sizes = _sizes(net.mesh, members[community], wanted.aim_m2, MOST_NUMBERS - used.get(code, 0))
        if sizes.aim > wanted.aim_m2:
            coarse[code] = sizes.aim
        _settle(net.mesh, members[community], sizes, starts)
    members.clear()
    for number, face in net.mesh.faces.items():
        members[face.community].append(number)
    for community, code in enumerate(net.codes):
        aim = coarse.get(code, wanted.aim_m2)
        cells += _numbered(net, community, members[community], used.get(code, 0), row_of(aim))
    planes = {code: plane.name for code, plane in zip(net.codes, net.mesh.planes, strict=True)}
    return Generated(tuple(cells), planes, net.overlap_m2, net.gap_m2, coarse)


def _starts(dangles: Sequence[Sequence[int]]) -> dict[int, list[Path]]:
    """Ends of streets by both their ends: only one of them lies on a border."""
    found: dict[int, list[Path]] = defaultdict(list)
    for path in dangles:
        found[path[0]].append(tuple(path))
        found[path[-1]].append(tuple(reversed(path)))
    return found


def _sizes(mesh: Mesh, numbers: Sequence[int], aim: float, free: int) -> Sizes:
    """The city's size, or a larger one where the community would run out of numbers."""
    whole = sum(mesh.faces[number].area for number in numbers)
    return Sizes(max(aim, whole / (0.8 * free))) if free > 0 else Sizes(aim)


def _settle(mesh: Mesh, numbers: Sequence[int], sizes: Sizes, starts: Mapping[int, Sequence[Path]]) -> None:
    left = list(numbers)
    for _ in range(ROUNDS):
        left = merge(mesh, left, sizes)
        parts = [part for number in left for part in cut_down(mesh, number, sizes, starts)]
        if len(parts) == len(left):
            return
        left = parts
    merge(mesh, left, sizes, last=True)


def _numbered(net: Net, community: int, numbers: Sequence[int], after: int, row: float) -> list[MadeCell]:
    mesh, plane = net.mesh, net.mesh.planes[community]
    shapes = [_polygon(mesh, number) for number in numbers]
    middles = shapely.get_coordinates(shapely.centroid(np.array(shapes, dtype=object))) * (plane.east, plane.north)
    places = [(float(x), float(y)) for x, y in middles]
    codes = number_cells(net.codes[community], places, after=after, row=row)
    found = [
        MadeCell(code, in_degrees(shape), mesh.faces[number].area, _strongest(mesh, number))
        for code, shape, number in zip(codes, shapes, numbers, strict=True)
    ]
    return sorted(found, key=lambda cell: cell.code)


def _polygon(mesh: Mesh, number: int) -> Any:
    rings = mesh.rings(mesh.faces[number].edges)
    outer = [ring for ring in rings if mesh.signed(ring) > 0]
    holes = [[mesh.corners[at] for at in ring] for ring in rings if mesh.signed(ring) < 0]
    return shapely.normalize(shapely.Polygon([mesh.corners[at] for at in outer[0]], holes))


def _strongest(mesh: Mesh, number: int) -> int:
    return max((mesh.strength_of(key) for key in mesh.faces[number].edges), default=0)
