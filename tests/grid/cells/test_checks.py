"""Each check finds what it is for, and nothing in sound cells."""

from typing import Any

import pytest
import shapely

from cityloop.grid.cells.engine.checks import FAULTS, NOTICES, CellShape, Limits, check
from cityloop.grid.cells.engine.report import SENTENCES, as_json, as_lines, report_of
from tests.grid.cells.nets import box, community

ONE, TWO = community(1, box(0, 0, 200, 100)), community(2, box(200, 0, 300, 100))
SOUND = {"001": box(0, 0, 100, 100), "002": box(100, 0, 200, 100)}


def cells(**changed: Any) -> list[CellShape]:
    """The sound cells of the two communities, some of them changed or dropped."""
    own = {f"{ONE.code}{number}": shape for number, shape in SOUND.items()} | {f"{TWO.code}001": TWO.shape}
    own |= {key.removeprefix("c"): shape for key, shape in changed.items()}
    return [CellShape(code, shape) for code, shape in own.items() if shape is not None]


FIRST, SECOND, OTHER = f"{ONE.code}001", f"{ONE.code}002", f"{TWO.code}001"
BROKEN = shapely.Polygon([(121.4, 31.2), (121.401, 31.201), (121.401, 31.2), (121.4, 31.201)])
HOLED = box(0, 0, 100, 100).difference(box(20, 20, 60, 60))


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({}, set()),
        ({FIRST: None}, {"uncovered"}),
        ({FIRST: box(0, 0, 110, 100)}, {"overlap"}),
        ({FIRST: box(-10, 0, 100, 100)}, {"crossing"}),
        ({SECOND: box(100, 0, 210, 100)}, {"crossing", "overlap"}),
        ({FIRST: BROKEN}, {"broken", "uncovered"}),
        ({FIRST: box(0, 0, 50, 100).union(box(60, 0, 100, 100))}, {"parts", "uncovered"}),
        ({FIRST: HOLED}, {"hole", "uncovered"}),
        ({FIRST: None, f"{ONE.code}0": SOUND["001"]}, {"code"}),
        ({FIRST: None, "310101002009001": SOUND["001"]}, {"code"}),
        ({FIRST: SOUND["002"], SECOND: SOUND["001"]}, {"order"}),
        ({FIRST: box(0, 0, 30, 100), SECOND: box(30, 0, 200, 100)}, {"small"}),
        ({FIRST: box(0, 0, 100, 100.05)}, set()),  # drawn a hand's breadth apart
    ],
)
def test_checks(changed: dict[str, Any], kinds: set[str]) -> None:
    assert {problem.kind for problem in check(cells(**changed), [ONE, TWO])} == kinds


def test_a_large_cell_and_a_code_given_twice() -> None:
    whole = [CellShape(FIRST, ONE.shape), CellShape(OTHER, TWO.shape)]
    kinds = {problem.kind: problem for problem in check(whole, [ONE, TWO], Limits(large=15_000))}
    assert set(kinds) == {"large"}
    assert kinds["large"].m2 == pytest.approx(20_000, rel=0.01)
    assert {problem.kind for problem in check([*whole, whole[1]], [ONE, TWO], Limits(large=30_000))} == {
        "twice",
        "overlap",
    }


def test_a_report_says_what_was_found() -> None:
    assert set(SENTENCES) == {*FAULTS, *NOTICES}
    found = report_of(
        {FIRST: 10_000.0, OTHER: 30_000.0}, check(cells(**{FIRST: None}), [ONE, TWO]), Limits(), plane="x"
    )
    data = as_json(found)
    assert (data["whole"]["count"], data["whole"]["fitting"], data["faults"]) == (2, 0.5, 1)
    assert data["communities"][ONE.code]["most"] == 10_000
    assert any(ONE.code in line and "10" in line for line in as_lines(found))
