"""Flows under other options do what they promise, from report to closed case."""

from collections.abc import Iterator

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import CaseEvent
from cityloop.cases.shipped import publish_all
from cityloop.org.actor import SYSTEM
from cityloop.workflow.selectors import forget
from tests.cases.walk import Walk
from tests.world import NOW, World

CLOSING = {"standard_met": True, "photos_compared": True}


@pytest.fixture(autouse=True)
def no_memory_of_other_tests() -> Iterator[None]:
    yield
    forget()


def steps(walk: Walk) -> list[str]:
    return list(CaseEvent.objects.filter(case=walk.case).order_by("seq").values_list("do", flat=True))


def test_without_audit_and_with_automatic_checks(world: World) -> None:
    publish_all(by=SYSTEM, now=NOW, options={"case": {"audit": "no", "sending_check": "automatic"}})
    walk = Walk(world).fed_back()
    assert walk.case.state == "checking"
    walk.answer("unable")
    walk.do("send_check", "operator")
    walk.answer("pass")
    walk.do("close", "operator", CLOSING)
    assert "pass_audit" not in steps(walk)
    assert walk.case.outcome == "solved"


def test_a_shift_leader_files(world: World) -> None:
    publish_all(by=SYSTEM, now=NOW, options={"case": {"filing": "shift_leader"}})
    walk = Walk(world).reported()
    with pytest.raises(Refused) as refused:
        walk.do("file", "operator")
    assert refused.value.code == "not_yours"
    walk.do("file", "shift_leader")
    assert walk.case.state == "filed"


def test_rework_with_a_fresh_clock(world: World) -> None:
    publish_all(by=SYSTEM, now=NOW, options={"case": {"rework_clock": "fresh"}})
    walk = Walk(world).checked("fail")
    walk.do("rework", "operator", {"note": "仍在"})
    case = walk.case
    assert (case.running_since, case.runs) == (walk.now, [])


def test_a_case_stays_on_the_flow_with_which_it_began(world: World) -> None:
    old = Walk(world).fed_back()
    publish_all(by=SYSTEM, now=NOW, options={"case": {"audit": "no"}})
    new = Walk(world).fed_back()
    assert (old.case.state, new.case.state) == ("feedback", "to_check")
    old.do("pass_audit", "dispatcher")
    with pytest.raises(Refused):
        new.do("pass_audit", "dispatcher")


def test_photos_may_be_optional(world: World) -> None:
    publish_all(by=SYSTEM, now=NOW, options={kind: {"photos": "optional"} for kind in ("verify", "handle", "check")})
    walk = Walk(world).dispatched()
    walk.do("acknowledge", "water", subject=walk.task("handle"))
    walk.do("feed_back", "water", {"note": "已清运"}, subject=walk.task("handle"))
    assert walk.case.state == "feedback"
