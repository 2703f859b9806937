"""Which neighbours become one cell: whatever brings the cells nearest to what they should be.

A cell costs by how far its size is from the aim (a factor, not a difference: half and double are as bad) and by how far
it is from a square. Taking a border away costs by the line that runs there, so a main street is kept where it can be.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Final

from cityloop.grid.cells.engine.mesh import Border, Face, Mesh

URGENT: Final = 20.0  # added to the gain of what must go in any case, so that it goes first
FORCED: Final = 0.3  # added to the gain of what should go even where the form suffers
SHAPE: Final = 0.3  # what a form that is twice as stretched counts, against a factor e of size


@dataclass(frozen=True, slots=True)
class Sizes:
    """What cells should be, in m²: cut above `large`, merge whatever is below `small`, never merge beyond `most`."""

    aim: float = 10_000.0

    @property
    def large(self) -> float:
        """From here on two cells are better than one."""
        return 1.6 * self.aim

    @property
    def small(self) -> float:
        """Below this a cell joins a neighbour even where that makes a worse form."""
        return 0.5 * self.aim

    @property
    def crumb(self) -> float:
        """Below this it is no cell at all."""
        return 0.15 * self.aim

    @property
    def most(self) -> float:
        """No merging makes a cell larger than this."""
        return 1.8 * self.aim

    def cost(self, area: float, around: float) -> float:
        """How bad a cell of this size and form is; 0 for a square of the aim."""
        stretched = around * around / (16 * area) - 1
        return log(area / self.aim) ** 2 + SHAPE * max(0.0, stretched)


def gain(sizes: Sizes, one: Face, other: Face, border: Border) -> float:
    """How much better it is after merging the two."""
    area, around = one.area + other.area, one.around + other.around - 2 * border.metres
    before = sizes.cost(one.area, one.around) + sizes.cost(other.area, other.around)
    return before - sizes.cost(area, around) - border.weight / sqrt(sizes.aim)


def is_thin(sizes: Sizes, face: Face) -> bool:
    """A strip, such as lies between two carriageways."""
    return face.area / face.around < 0.08 * sqrt(sizes.aim)


def merge(mesh: Mesh, numbers: Iterable[int], sizes: Sizes, *, last: bool = False) -> list[int]:
    """Merge among these faces of one community as long as anything gains; the faces that are left.

    The `last` time nothing is cut afterwards: then strips make no cell of more than twice the aim.
    """
    merging = _Merging(mesh, sizes, set(numbers), 2 * sizes.aim if last else inf)
    merging.run()
    return sorted(merging.left)


class _Merging:
    """The pairs that wait, best first."""

    def __init__(self, mesh: Mesh, sizes: Sizes, left: set[int], bound: float) -> None:
        self.mesh, self.sizes, self.left, self.bound = mesh, sizes, left, bound
        self.waiting: list[tuple[float, int, int]] = []

    def run(self) -> None:
        """Until nothing gains."""
        for number in sorted(self.left):
            self._offer(number, {other for other in self.left if other > number})
        while self.waiting:
            _, one, other = heapq.heappop(self.waiting)
            if one in self.left and other in self.left:
                rings = self.mesh.merged(one, other)
                if rings is not None:
                    self.left -= {one, other}
                    made = self.mesh.join(one, other, rings)
                    self.left.add(made)
                    self._offer(made, self.left)

    def _offer(self, number: int, others: set[int]) -> None:
        face = self.mesh.faces[number]
        for other, border in self.mesh.neighbours(number).items():
            if other in others:
                worth = self._worth(face, self.mesh.faces[other], border)
                if worth > 0:
                    heapq.heappush(self.waiting, (-round(worth, 6), min(number, other), max(number, other)))

    def _worth(self, face: Face, other: Face, border: Border) -> float:
        gained = gain(self.sizes, face, other, border)
        thin = is_thin(self.sizes, face) + is_thin(self.sizes, other)
        least, whole = min(face.area, other.area), face.area + other.area
        # Crumbs and strips go at once; what becomes too large is cut again.
        if least < self.sizes.crumb or (thin == 1 and whole <= self.bound):
            return gained + URGENT
        if whole > self.sizes.most:
            return 0.0
        return gained + FORCED if least < self.sizes.small or thin else gained
