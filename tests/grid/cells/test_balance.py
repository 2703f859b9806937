"""Duty grids with equal load: in one piece, none across two areas, as many as wanted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityloop.grid.cells.engine.balance import Weights, balance_of, even_out, is_connected, propose
from cityloop.grid.cells.engine.borders import border_graph
from cityloop.grid.cells.engine.generator import generate
from tests.grid.cells.nets import box, line, real_net

WIDE, HIGH = 8, 6
SQUARES = [box(x * 100, y * 100, x * 100 + 100, y * 100 + 100) for y in range(HIGH) for x in range(WIDE)]
PLACES = [(x * 100.0, y * 100.0) for y in range(HIGH) for x in range(WIDE)]
GRAPH = border_graph(SQUARES, ["a"] * len(SQUARES))


def test_neighbours_share_a_border_not_a_corner() -> None:
    assert sorted(GRAPH[0]) == [1, WIDE]
    assert sum(len(found) for found in GRAPH.values()) == 2 * (WIDE * (HIGH - 1) + HIGH * (WIDE - 1))


def test_a_border_is_cheaper_along_a_street_and_between_communities() -> None:
    two = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    plain = border_graph(two, ["a", "a"])[0][1]
    street = border_graph(two, ["a", "a"], [line((100, -10), (100, 110)).shape])[0][1]
    between = border_graph(two, ["a", "b"])[0][1]
    assert plain == pytest.approx(300, rel=0.01)
    assert street == pytest.approx(100, rel=0.01)
    assert between == pytest.approx(150, rel=0.01)


def test_cells_drawn_apart_are_neighbours_too() -> None:
    assert list(border_graph([box(0, 0, 100, 100), box(100.02, 50, 200, 150)], ["a", "a"])[0]) == [1]


@settings(max_examples=40, deadline=None)
@given(
    loads=st.lists(st.floats(0.2, 5.0), min_size=len(SQUARES), max_size=len(SQUARES)),
    groups=st.integers(1, 12),
    split=st.integers(0, WIDE),
)
def test_proposals_are_whole_and_respect_areas(loads: list[float], groups: int, split: int) -> None:
    areas = ["west" if at % WIDE < split else "east" for at in range(len(SQUARES))]
    found = propose(GRAPH, PLACES, loads, areas, groups=groups)
    assert sorted(i for group in found for i in group) == list(range(len(SQUARES)))
    assert len(found) == max(groups, len(set(areas)))
    for group in found:
        assert is_connected(GRAPH, group)
        assert len({areas[i] for i in group}) == 1


def test_equal_loads_are_shared_equally() -> None:
    loads = [1.0] * len(SQUARES)
    by_number = propose(GRAPH, PLACES, loads, ["a"] * len(SQUARES), groups=6)
    assert balance_of(GRAPH, loads, by_number).ratio == pytest.approx(1.0)
    assert propose(GRAPH, PLACES, loads, ["a"] * len(SQUARES), target=8.0) == by_number


def test_nothing_to_do_is_shared_too() -> None:
    loads = [0.0] * len(SQUARES)
    found = propose(GRAPH, PLACES, loads, ["a"] * len(SQUARES), groups=5)
    assert len(found) == 5
    assert all(is_connected(GRAPH, group) for group in found)


def test_evening_moves_cells_from_the_heavier_to_the_lighter() -> None:
    start = [[at for at in range(len(SQUARES)) if at % WIDE < 2], [at for at in range(len(SQUARES)) if at % WIDE >= 2]]
    loads = [1.0] * len(SQUARES)
    assert balance_of(GRAPH, loads, even_out(GRAPH, loads, start)).ratio < balance_of(GRAPH, loads, start).ratio


def test_the_real_city() -> None:
    outlines, lines = real_net()
    cells = generate(outlines, lines).cells
    graph = border_graph([c.shape for c in cells], [c.community for c in cells], [street.shape for street in lines])
    loads = [Weights().load(street_m=400.0, components=10, cases=at % 5) for at in range(len(cells))]
    places = [(c.shape.centroid.x * 95_300, c.shape.centroid.y * 110_870) for c in cells]
    found = propose(graph, places, loads, [c.code[:6] for c in cells], groups=50)
    balance = balance_of(graph, loads, found)
    assert (balance.groups, balance.contiguous) == (50, 50)
    assert balance.ratio < 1.2
