"""Duty grids with equal load: adjacent cells in as many groups as wanted, along streets and communities where possible.

First the ground is halved again and again by the straight line that parts the load rightly and cuts the fewest metres;
then single cells at the borders move to the neighbour as long as loads become more equal. A group never falls apart.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

import numpy as np

from cityloop.grid.cells.engine.borders import Graph

DIRECTIONS: Final = 24
TIES: Final = 0.25  # what keeping a whole border is worth against an evenness of one
ROUNDS: Final = 40


Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts as load: a kilometre of street, a hundred components, a hundred past cases, a cell as such."""

    street_km: float = 1.0
    components: float = 1.0
    cases: float = 1.0
    cell: float = 0.1

    def load(self, street_m: float, components: int, cases: int) -> float:
        """The load of one cell."""
        counted = self.components * components / 100 + self.cases * cases / 100
        return self.street_km * street_m / 1000 + counted + self.cell


@dataclass(frozen=True, slots=True)
class Balance:
    """How equal groups are: the heaviest over the mean, and how many are in one piece."""

    groups: int
    mean: float
    most: float
    least: float
    contiguous: int

    @property
    def ratio(self) -> float:
        """The heaviest over the mean; 1 is perfect."""
        return self.most / self.mean if self.mean else 1.0


def is_connected(graph: Graph, members: Collection[int]) -> bool:
    """One can walk between any two of them without leaving them."""
    return len(pieces_of(graph, members)) <= 1


def pieces_of(graph: Graph, members: Collection[int]) -> list[set[int]]:
    """The members in pieces that hang together, the largest first."""
    left, found = set(members), []
    while left:
        start = min(left)
        seen, stack = {start}, [start]
        while stack:
            for there in graph[stack.pop()]:
                if there in left and there not in seen:
                    seen.add(there)
                    stack.append(there)
        left -= seen
        found.append(seen)
    return sorted(found, key=lambda piece: (-len(piece), min(piece)))


def count_for(loads: Sequence[float], *, groups: int = 0, target: float = 0.0) -> int:
    """How many groups: as wanted, or so many that each has about the target load; at least one, at most one a cell."""
    wanted = groups or (round(sum(loads) / target) if target > 0 else 1)
    return max(1, min(wanted, len(loads)))


def share_out(totals: Mapping[str, float], groups: int, most: Mapping[str, int]) -> dict[str, int]:
    """So many groups to each part by its load, at least one and no more than it has cells (largest average first)."""
    found = dict.fromkeys(sorted(totals), 1)
    while sum(found.values()) < groups:
        open_ = [part for part in found if found[part] < most[part]]
        if not open_:
            break
        found[max(open_, key=lambda part: (totals[part] / found[part], part))] += 1
    return found


def divide(
    graph: Graph, places: Sequence[Place], loads: Sequence[float], members: Sequence[int], *, parts: int
) -> list[list[int]]:
    """The members in that many contiguous groups of nearly equal load.

    Members that do not hang together are parted where they do not: then groups are as equal as that allows.
    """
    pieces = pieces_of(graph, members)
    if len(pieces) > 1 and parts >= len(pieces):
        names = {str(at): piece for at, piece in enumerate(pieces)}
        totals = {name: sum(loads[i] for i in piece) for name, piece in names.items()}
        counts = share_out(totals, parts, {name: len(piece) for name, piece in names.items()})
        return [
            group
            for name, piece in names.items()
            for group in divide(graph, places, loads, sorted(piece), parts=counts[name])
        ]
    groups = _halve(graph, places, loads, sorted(members), parts)
    return even_out(graph, loads, groups)


def _halve(
    graph: Graph, places: Sequence[Place], loads: Sequence[float], members: list[int], parts: int
) -> list[list[int]]:
    if parts <= 1 or len(members) <= 1:
        return [members]
    left = parts // 2
    first, second = _best_cut(graph, places, loads, members, (left, parts))
    return _halve(graph, places, loads, first, left) + _halve(graph, places, loads, second, parts - left)


def _best_cut(
    graph: Graph, places: Sequence[Place], loads: Sequence[float], members: list[int], share: tuple[int, int]
) -> tuple[list[int], list[int]]:
    left, parts = share
    whole = sum(loads[i] for i in members)
    fair = whole * left / parts
    options = []
    for step in range(DIRECTIONS):
        angle = 2 * pi * step / DIRECTIONS
        order = sorted(members, key=lambda i: (places[i][0] * cos(angle) + places[i][1] * sin(angle), i))
        running = np.cumsum([loads[i] for i in order])
        middle = int(np.abs(running - fair).argmin()) + 1
        for size in sorted({middle - 1, middle, middle + 1}):
            if left <= size <= len(order) - (parts - left):
                first, second = order[:size], order[size:]
                first, second = _whole(graph, first, second)
                if len(first) < left or len(second) < parts - left:
                    continue
                taken = set(second)
                cost = sum(value for i in first for j, value in graph[i].items() if j in taken)
                uneven = abs(sum(loads[i] for i in first) - fair) / (whole / parts or 1.0)
                options.append((cost * (1 + 2 * uneven) + 1e4 * max(0.0, uneven - 0.5), step, size, first, second))
    if not options:
        order = sorted(members)
        return order[:left], order[left:]
    return min(options)[3:]


def _whole(graph: Graph, first: list[int], second: list[int]) -> tuple[list[int], list[int]]:
    """Both sides in one piece: what hangs off one goes to the other."""
    for _ in range(3):
        kept, *loose = pieces_of(graph, first)
        second = sorted({*second, *(i for piece in loose for i in piece)})
        first = sorted(kept)
        kept, *loose = pieces_of(graph, second)
        first = sorted({*first, *(i for piece in loose for i in piece)})
        second = sorted(kept)
        if not loose:
            break
    return first, second


def even_out(graph: Graph, loads: Sequence[float], groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Move cells at borders from the heavier to the lighter neighbour while that evens loads; groups stay whole."""
    made = [set(group) for group in groups]
    home = {i: at for at, group in enumerate(made) for i in group}
    totals = [sum(loads[i] for i in group) for group in made]
    mean = sum(totals) / max(1, len(totals))
    border = sum(sum(graph[i].values()) for i in home) / max(1, len(home)) or 1.0
    for _ in range(ROUNDS):
        moved = False
        for at in sorted(range(len(made)), key=lambda at: (-totals[at], at)):
            moved |= _give_away(_Evening(graph, loads, made, home, totals, mean, border), at)
        if not moved:
            break
    return [sorted(group) for group in made]


@dataclass(slots=True)
class _Evening:
    graph: Graph
    loads: Sequence[float]
    groups: list[set[int]]
    home: dict[int, int]
    totals: list[float]
    mean: float
    border: float


def _give_away(state: _Evening, at: int) -> bool:
    """Give the best cell of this group to a neighbour; whether that was good for anything."""
    options = []
    for i in sorted(state.groups[at]):
        for to in sorted({state.home[j] for j in state.graph[i] if j in state.home} - {at}):
            worth = _worth(state, i, at, to)
            if worth > 1e-9:
                options.append((-worth, i, to))
    for _, i, to in sorted(options)[:12]:
        rest = state.groups[at] - {i}
        if rest and is_connected(state.graph, rest):
            move(state.groups, state.home, i, to)
            state.totals[at] -= state.loads[i]
            state.totals[to] += state.loads[i]
            return True
    return False


def _worth(state: _Evening, i: int, at: int, to: int) -> float:
    """How much evener and cheaper all is when the cell moves."""
    if state.mean <= 0:
        return 0.0
    before = (state.totals[at] - state.mean) ** 2 + (state.totals[to] - state.mean) ** 2
    load = state.loads[i]
    after = (state.totals[at] - load - state.mean) ** 2 + (state.totals[to] + load - state.mean) ** 2
    own = sum(cost for j, cost in state.graph[i].items() if state.home.get(j) == at)
    new = sum(cost for j, cost in state.graph[i].items() if state.home.get(j) == to)
    evener = (before - after) / state.mean**2
    return evener + TIES * 0.2 * (new - own) / state.border if evener > 0.0005 else 0.0


def move(groups: Sequence[set[int]], home: dict[int, int], i: int, to: int) -> None:
    """Put one cell into another group."""
    groups[home[i]].discard(i)
    groups[to].add(i)
    home[i] = to


def balance_of(graph: Graph, loads: Sequence[float], groups: Sequence[Collection[int]]) -> Balance:
    """How equal these groups are."""
    totals = [float(sum(loads[i] for i in group)) for group in groups if group]
    if not totals:
        return Balance(0, 0.0, 0.0, 0.0, 0)
    whole = sum(is_connected(graph, group) for group in groups if group)
    return Balance(len(totals), sum(totals) / len(totals), max(totals), min(totals), whole)


def propose(
    graph: Graph,
    places: Sequence[Place],
    loads: Sequence[float],
    areas: Sequence[str],
    *,
    groups: int = 0,
    target: float = 0.0,
) -> list[list[int]]:
    """Duty grids for all cells: as many as wanted, or of the target load, none across two of the `areas`."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, area in enumerate(areas):
        members[area].append(at)
    totals = {area: sum(loads[i] for i in found) for area, found in members.items()}
    wanted = max(count_for(loads, groups=groups, target=target), len(members))
    counts = share_out(totals, wanted, {area: len(found) for area, found in members.items()})
    return [
        group
        for area in sorted(members)
        for group in divide(graph, places, loads, members[area], parts=counts[area])
        if group
    ]
