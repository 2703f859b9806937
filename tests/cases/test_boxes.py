"""Every post finds its work in its boxes, and counting them costs few statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityloop.cases import boxes
from cityloop.cases.boxes import boxes_of, counts, get_box, rows
from cityloop.cases.shown.present import offers_of
from tests.cases.walk import Walk
from tests.world import World

DESKS = {
    "operator": ["reported", "self_done", "verifying", "verified", "to_check", "checking", "to_close"],
    "shift_leader": [
        "escalated",
        "void_requests",
        "reported",
        "self_done",
        "verifying",
        "verified",
        "to_check",
        "checking",
        "to_close",
    ],
    "dispatcher": ["filed", "coordinating", "return_requests", "feedback", "overdue", "handling"],
    "commander": ["to_coordinate"],
    "water": ["to_acknowledge", "accepted", "handed_on"],
    "leader": [],
}


def filled(world: World, username: str, now: Any = None) -> dict[str, tuple[int, int]]:
    walk_now = now or Walk(world).now
    found = counts(world.actor(username), walk_now)
    return {row.box.name: (row.count, row.late) for row in found if row.count}


@pytest.mark.parametrize("username", DESKS)
def test_each_post_has_its_boxes(username: str, world: World) -> None:
    names = [box.name for box in boxes_of(world.actor(username)) if box.post != "inspector"]
    assert names == DESKS[username]


def test_a_case_wanders_through_the_boxes(world: World) -> None:
    walk = Walk(world).reported()
    assert filled(world, "operator") == {"reported": (1, 0)}
    assert filled(world, "other_operator") == {}
    walk.do("file", "operator")
    assert filled(world, "operator") == {}
    assert filled(world, "dispatcher") == {"filed": (1, 0)}
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert filled(world, "dispatcher") == {"handling": (1, 0)}
    assert filled(world, "water") == {"to_acknowledge": (1, 0)}
    assert filled(world, "power") == {}
    walk.do("ask_return", "water", {"reason": "not_responsible", "note": "不属我局"}, subject=walk.task("handle"))
    assert filled(world, "dispatcher") == {"handling": (1, 0), "return_requests": (1, 0)}
    late = walk.pass_time(days=60).now
    assert filled(world, "dispatcher", late)["overdue"] == (1, 1)
    assert filled(world, "water", late) == {"to_acknowledge": (1, 1)}


def test_a_void_request_waits_for_the_shift_leader(world: World) -> None:
    walk = Walk(world).reported()
    walk.do("ask_void", "operator", {"reason": "filed_by_mistake", "note": "演练"})
    assert filled(world, "shift_leader") == {"reported": (1, 0), "void_requests": (1, 0)}


@pytest.mark.parametrize(
    ("username", "statements"), [("operator", 1), ("shift_leader", 2), ("dispatcher", 2), ("water", 1), ("leader", 0)]
)
def test_counting_costs_few_statements(
    username: str, statements: int, world: World, django_assert_num_queries: Any
) -> None:
    actor, walk = world.actor(username), Walk(world).dispatched()
    with django_assert_num_queries(statements):
        counts(actor, walk.now)


def test_the_most_urgent_comes_first_and_pages_follow(world: World) -> None:
    first = Walk(world).dispatched()
    second = Walk(world).pass_time(minutes=90).dispatched()
    actor = world.actor("water")
    box = get_box(actor, "to_acknowledge")
    assert [task.case.number for task in rows(box, actor, second.now)] == [first.number, second.number]
    page = boxes.page(box, actor, second.now, size=1)
    assert [task.case.number for task in page.rows] == [first.number]
    page = boxes.page(box, actor, second.now, after=page.following or "", size=1)
    assert ([task.case.number for task in page.rows], page.following) == ([second.number], None)


def test_looking_at_offers_locks_nothing(world: World) -> None:
    """Outside of a transaction a lock would be an error."""
    walk = Walk(world).dispatched()
    case, actor = walk.case, world.actor("dispatcher")
    with CaptureQueriesContext(connection) as statements:
        offers = offers_of(case, case, actor, walk.now)
    assert "take_back" in [offer["do"] for offer in offers]
    assert not [row["sql"] for row in statements.captured_queries if "FOR NO KEY UPDATE" in row["sql"]]
