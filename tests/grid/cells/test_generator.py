"""Cells of made-up and real street nets: everything covered once, no community crossed, sizes near the aim."""

import json
import random
from collections import Counter
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityloop.grid.cells.engine.checks import CellShape, check
from cityloop.grid.cells.engine.generator import Generated, Settings, generate
from cityloop.grid.cells.engine.linework import MAIN, Line, Outline
from cityloop.grid.cells.engine.numbering import NumbersExhausted
from tests.grid.cells.nets import box, community, features, ground, line, real_net

SIDE = 600.0
PLACES = st.tuples(st.integers(-50, 650), st.integers(-50, 650))
STREETS = st.lists(st.lists(PLACES, min_size=2, max_size=4, unique=True), max_size=8)


def shapes(made: Generated) -> list[CellShape]:
    """The cells as the checks take them."""
    return [CellShape(cell.code, cell.shape) for cell in made.cells]


def faults(made: Generated, outlines: list[Outline]) -> list[Any]:
    """What would keep these cells from being published."""
    return [problem for problem in check(shapes(made), outlines) if problem.is_fault]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streets=STREETS, border=st.tuples(st.integers(150, 450), st.integers(150, 450)), around=st.booleans())
def test_any_net_is_covered_once(streets: list[list[Any]], border: tuple[int, int], around: bool) -> None:
    low, high = border
    west = ground((0, 0), (low, 0), (high, SIDE), (0, SIDE))
    outlines = [community(1, west), community(2, ground((low, 0), (SIDE, 0), (SIDE, SIDE), (high, SIDE)))]
    if around:  # a community inside another
        inner = box(40, 40, 140, 140)
        outlines = [community(1, west.difference(inner)), outlines[1], community(3, inner)]
    lines = [line(*street) for street in streets]
    made = generate(outlines, lines)
    assert shapely.coverage_is_valid([cell.shape for cell in made.cells])
    assert not faults(made, outlines)
    whole = sum(outline.shape.area for outline in outlines)
    assert sum(cell.shape.area for cell in made.cells) == pytest.approx(
        whole, rel=1e-4
    )  # corners are put on a grid of a centimetre
    for outline in outlines:
        inside = sum(cell.shape.area for cell in made.cells if cell.community == outline.code)
        assert inside == pytest.approx(outline.shape.area, rel=1e-4)
    assert all(cell.area_m2 <= 20_000 for cell in made.cells)
    random.Random(1).shuffle(lines)
    assert generate(list(reversed(outlines)), lines).cells == made.cells


def test_the_real_network() -> None:
    outlines, lines = real_net()
    made = generate(outlines, lines)
    problems = check(shapes(made), outlines)
    assert not [problem for problem in problems if problem.is_fault or problem.kind == "order"]
    areas = sorted(cell.area_m2 for cell in made.cells)
    assert 9_000 < areas[len(areas) // 2] < 11_000
    assert all(5_000 <= area <= 20_000 for area in areas)
    assert shapely.union_all([cell.shape for cell in made.cells]).geom_type == "Polygon"
    shipped = {one["properties"]["code"]: one for one in features("cells.geojson")}
    assert [cell.code for cell in made.cells] == sorted(shipped)  # the demonstration's cells are the generator's
    for cell in made.cells:
        assert cell.shape.equals_exact(shapely.from_geojson(json.dumps(shipped[cell.code]["geometry"])), 1e-9)


def test_a_community_alone_gets_the_cells_it_gets_among_all() -> None:
    outlines, lines = real_net()
    among = generate(outlines, lines).cells
    for own in outlines[::9]:
        around = [other for other in outlines if other is not own and other.shape.distance(own.shape) < 1e-5]
        alone = {cell.code: cell.shape for cell in generate([own], lines, around=around).cells}
        expected = {cell.code: cell.shape for cell in among if cell.community == own.code}
        assert set(alone) == set(expected)
        for code, shape in alone.items():
            assert shape.symmetric_difference(expected[code]).area < 0.001 * shape.area


GRID = [line((x, -10), (x, SIDE + 10)) for x in range(100, 600, 100)]
GRID += [line((-10, y), (SIDE + 10, y)) for y in range(100, 600, 100)]


def test_blocks_of_a_hectare_are_the_cells() -> None:
    made = generate([community(1, box(0, 0, SIDE, SIDE))], GRID)
    assert len(made.cells) == 36
    assert {round(cell.area_m2, -2) for cell in made.cells} == {10_000}
    first, second, seventh = made.cells[0].shape.centroid, made.cells[1].shape.centroid, made.cells[6].shape.centroid
    assert first.x < second.x
    assert seventh.y < first.y


@pytest.mark.parametrize(
    ("drawn", "count"),
    [
        ([], 4),  # nothing to follow: cut into equal parts
        ([line((0, 100), (200, 100)), line((0, 112), (200, 112))], 4),  # two carriageways
        ([line((0, 90), (197, 90))], 4),  # a street that ends just short
        ([line((100, -5), (100, 205)), line((-5, 100), (205, 100))], 4),
    ],
)
def test_small_grounds(drawn: list[Line], count: int) -> None:
    outlines = [community(1, box(0, 0, 200, 200))]
    made = generate(outlines, drawn)
    assert len(made.cells) == count
    assert not faults(made, outlines)


def test_a_cut_follows_a_street_that_ends_inside() -> None:
    made = generate([community(1, box(0, 0, 100, 200))], [line((0, 92), (70, 96))])
    assert len(made.cells) == 2
    assert {cell.strength for cell in made.cells} == {1}


def test_a_main_street_is_kept_where_a_lane_is_not() -> None:
    blocks = [line((65, 0), (65, 100), strength=MAIN), line((130, 0), (130, 100))]
    made = generate([community(1, box(0, 0, 195, 100))], blocks)
    assert sorted(round(cell.area_m2, -2) for cell in made.cells) == [6_500, 13_000]


@pytest.mark.parametrize(("gap", "closed"), [(0.5, True), (8.0, False)])
def test_a_gap_between_outlines(gap: float, closed: bool) -> None:
    outlines = [community(1, box(0, 0, 100, 200)), community(2, box(100 + gap, 0, 200, 200))]
    outlines.append(community(3, box(0, 200, 200, 300)))
    outlines.append(community(4, box(0, -100, 200, 0)))
    made = generate(outlines, [])
    whole = shapely.union_all([cell.shape for cell in made.cells])
    assert (len(whole.interiors) == 0) is closed
    assert (made.gap_m2 > 0) is closed


def test_ground_of_two_communities_goes_to_the_lower_code() -> None:
    outlines = [community(2, box(90, 0, 200, 100)), community(1, box(0, 0, 100, 100))]
    made = generate(outlines, [])
    assert made.overlap_m2 == pytest.approx(1_000, rel=0.01)
    assert Counter(cell.community[-1] for cell in made.cells) == {"1": 1, "2": 1}
    assert made.cells[0].area_m2 == pytest.approx(10_000, rel=0.01)


def test_numbers_go_on_after_those_ever_given() -> None:
    outlines = [community(1, box(0, 0, 200, 200))]
    assert [cell.code[-3:] for cell in generate(outlines, [], after={outlines[0].code: 17}).cells] == [
        "018",
        "019",
        "020",
        "021",
    ]
    with pytest.raises(NumbersExhausted):
        generate(outlines, [], after={outlines[0].code: 999})


def test_a_community_too_large_for_its_numbers_gets_larger_cells() -> None:
    outlines = [community(1, box(0, 0, 3000, 3000))]
    made = generate(outlines, [], Settings(aim_m2=5_000))
    assert len(made.cells) <= 999
    assert made.coarse[outlines[0].code] > 5_000
