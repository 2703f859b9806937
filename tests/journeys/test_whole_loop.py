"""The loop over HTTP, by eight accounts and a real server: the straight way and the ways beside it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.people import Person
from tests.journeys.server import Server

Seat = Callable[[str], Person]
Ids = dict[str, int]
# The database with the world must be there to copy, and all journeys share one server.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("journeys")]
CLOSING = {"standard_met": True, "photos_compared": True}


@pytest.fixture
def loop(seat: Seat, ids: Ids) -> "Loop":
    return Loop(seat, ids)


class Loop:
    """The usual steps, each by its own person."""

    def __init__(self, seat: Seat, ids: Ids) -> None:
        self.seat, self.ids = seat, ids

    def reported(self, source: str = "inspector", by: str = "inspector") -> str:
        return self.seat(by).report(source, standard=self.ids["standard"])

    def filed(self) -> str:
        number = self.reported()
        self.seat("operator").do("file", number)
        return number

    def dispatched(self, unit: str = "water", **more: Any) -> str:
        number = self.filed()
        self.seat("dispatcher").do("dispatch", number, {"unit": self.ids[unit], **more})
        return number

    def feed_back(self, number: str, by: str = "water") -> None:
        unit = self.seat(by)
        if "acknowledge" in self.task_offers(unit, number):
            unit.do("acknowledge", number, of="handle")
        unit.do("feed_back", number, {"note": "已清运", "photos": unit.photo("after")}, of="handle")

    def task_offers(self, person: Person, number: str) -> set[str]:
        return {offer["do"] for task in person.case(number)["tasks"] for offer in task["offers"]}

    def check(self, number: str, answer: str) -> None:
        self.seat("dispatcher").do("pass_audit", number)
        self.seat("operator").do("send_check", number)
        inspector = self.seat("inspector")
        note = {} if answer == "pass" else {"note": "垃圾仍在"}
        inspector.do(answer, number, {"photos": inspector.photo("check"), **note}, of="check")


def test_eight_accounts_walk_a_citizens_call_to_its_end(seat: Seat, ids: Ids) -> None:
    names = ("inspector", "operator", "operator_two", "shift_leader", "dispatcher", "water", "team", "leader")
    inspector, operator, second, shift_leader, dispatcher, water, team, leader = map(seat, names)
    caller = {"name": "张女士", "phone": "15412345678", "confidential": True}
    number = operator.report("hotline", standard=ids["standard"], reporter=caller)
    assert number in second.box("reported")
    second.do("send_verify", number)
    assert any(number in text for text in inspector.notices())
    inspector.do("confirm", number, {"photos": inspector.photo("verify")}, of="verify")
    operator.do("escalate", number, {"note": "请值班长定"})
    shift_leader.do("file", number)
    assert number in dispatcher.box("filed")
    dispatcher.do("dispatch", number, {"unit": ids["water"], "note": "请尽快"})
    water.do("acknowledge", number, of="handle")
    water.do("hand_on", number, {"unit": ids["team"]}, of="handle")
    team.do("acknowledge", number, of="handle")
    team.do("feed_back", number, {"note": "已清运", "photos": team.photo("after")}, of="handle")
    lead = water.case(number)["tasks"][1]["id"]
    data = {"note": "下属已清运", "photos": water.photo("after")}
    answer = water.post(f"tasks/{lead}/actions/feed_back", {"client_id": number_id(number), "data": data})
    assert answer.status == 201, answer
    dispatcher.do("pass_audit", number)
    operator.do("send_check", number)
    inspector.do("pass", number, {"photos": inspector.photo("check")}, of="check")
    shift_leader.do("close", number, CLOSING)
    shown = leader.case(number)
    assert (shown["state"], shown["outcome"], shown["late"]) == ("closed", "solved", False)
    assert shown["reports"][0]["contact"]["phone"] != caller["phone"]
    assert {photo["purpose"] for photo in shown["evidence"]} == {"verify", "after", "check"}
    assert any(number in text for text in operator.notices())


def number_id(number: str) -> str:
    """A client id that a device could have made."""
    return f"00000000-0000-4000-8000-{int(number) % 10**12:012d}"


def test_a_failed_check_comes_back_as_rework(loop: Loop, seat: Seat) -> None:
    number = loop.dispatched()
    loop.feed_back(number)
    loop.check(number, "fail")
    operator = seat("operator")
    assert operator.try_("close", number, CLOSING).json["details"]["rule"] == "check_passed"
    operator.do("rework", number, {"note": "垃圾仍在"})
    assert any(number in text and "返工" in text for text in seat("water").notices())
    loop.feed_back(number)
    loop.check(number, "pass")
    operator.do("close", number, CLOSING)
    assert operator.case(number)["rework_count"] == 1


def test_the_sender_of_a_rejected_report_sees_why(loop: Loop, seat: Seat) -> None:
    number = loop.reported()
    seat("operator").do("reject", number, {"reason": "private_dispute", "note": "属私人院内, 请找物业"})
    inspector = seat("inspector")
    assert any(number in text for text in inspector.notices())
    last = inspector.get(f"cases/{number}/events")[-1]
    assert (last["do"], last["note"]) == ("reject", "属私人院内, 请找物业")
    assert inspector.case(number)["outcome"] == "rejected"


def test_two_operators_on_one_case(loop: Loop, seat: Seat) -> None:
    number, one, two = loop.reported(), seat("operator"), seat("operator_two")
    seen = two.case(number)["revision"]
    assert one.send("PUT", f"cases/{number}/claim").json == {"held_by": None}
    assert two.send("PUT", f"cases/{number}/claim").json["held_by"] == "王受理"
    assert two.case(number)["claimed_by"] == "王受理"
    one.do("file", number, revision=seen)
    late = two.try_("file", number, {"note": "我也写了半天"}, revision=seen)
    assert (late.status, late.code) == (409, "stale")
    assert one.steps(number) == ["report", "file"]


def test_a_misclick_is_recalled(loop: Loop, seat: Seat, ids: Ids) -> None:
    number, dispatcher = loop.dispatched("power"), seat("dispatcher")
    assert "recall" in dispatcher.offers(number)
    dispatcher.do("recall", number, {"note": "点错单位"})
    assert number not in seat("power").box("to_acknowledge")
    dispatcher.do("dispatch", number, {"unit": ids["water"]})
    assert number in seat("water").box("to_acknowledge")
    seat("operator").send("PUT", f"cases/{number}/claim")
    assert dispatcher.try_("recall", number).json["details"]["rule"] == "not_opened"


def test_a_wrong_category_is_amended(loop: Loop, seat: Seat, ids: Ids) -> None:
    number, operator = loop.dispatched(), seat("operator")
    before = operator.case(number)
    operator.do("amend", number, {"standard": ids["other_standard"], "note": "应为积存渣土"})
    after = operator.case(number)
    assert after["category"] != before["category"]
    assert after["due_at"] != before["due_at"]
    assert after["dispatched_at"] == before["dispatched_at"]


def test_a_leaders_word_files_at_once(loop: Loop, seat: Seat) -> None:
    number, operator = loop.reported("hotline", by="operator"), seat("operator")
    assert operator.try_("file", number).json["details"]["rule"] == "verified_as_required"
    operator.do("direct_file", number, {"leader": "张市长", "instruction": "请立即处理"})
    assert number in seat("dispatcher").box("filed")


def test_what_is_denied_is_not_filed(loop: Loop, seat: Seat) -> None:
    number, operator, inspector = loop.reported("hotline", by="operator"), seat("operator"), seat("inspector")
    for answer in ("unable", "deny"):
        operator.do("send_verify", number)
        inspector.do(answer, number, {"note": "没有看到", "photos": inspector.photo("verify")}, of="verify")
        assert operator.try_("file", number).json["details"]["rule"] == "verified_as_required"
    operator.do("reject", number, {"reason": "untrue", "note": "核实不属实"})


def test_verification_beside_filing_may_still_deny(loop: Loop, seat: Seat, ids: Ids) -> None:
    number, operator, inspector = loop.reported("media", by="operator"), seat("operator"), seat("inspector")
    operator.do("file", number)
    seat("dispatcher").do("dispatch", number, {"unit": ids["water"]})
    inspector.do("deny", number, {"note": "没有看到", "photos": inspector.photo("verify")}, of="verify")
    assert operator.case(number)["state"] == "handling"
    assert any(number in text for text in operator.notices())
    operator.do("ask_void", number, {"reason": "filed_by_mistake", "note": "核实不属实"})
    seat("shift_leader").do("grant", number, of="void")
    assert operator.case(number)["outcome"] == "void"


def test_merged_and_parted_again(loop: Loop, seat: Seat) -> None:
    one, two, operator = loop.reported(), loop.reported("hotline", by="operator"), seat("operator")
    operator.do("merge", two, {"into": one})
    assert len(operator.case(one)["reports"]) == 2
    assert operator.case(two)["outcome"] == "merged"
    operator.do("unmerge", two, {"note": "不是同一处"})
    assert (len(operator.case(one)["reports"]), len(operator.case(two)["reports"])) == (1, 1)
    assert operator.steps(one) == ["report", "merge_here", "unmerge_here"]


def test_helpers_and_teams(loop: Loop, seat: Seat, ids: Ids) -> None:
    number = loop.dispatched("power", assistants=[ids["water"]])
    power, water = seat("power"), seat("water")
    lead, helper = (task["id"] for task in power.case(number)["tasks"])
    for task, person in ((lead, power), (helper, water)):
        body = {"client_id": number_id(str(task + 7 * 10**11)), "data": {}}
        assert person.post(f"tasks/{task}/actions/acknowledge", body).status == 201
    data = {"note": "好了", "photos": power.photo("after")}
    body = {"client_id": number_id(str(lead + 8 * 10**11)), "data": data}
    assert power.post(f"tasks/{lead}/actions/feed_back", body).json["details"]["rule"] == "parts_done"
    water.do("feed_back", number, {"note": "协助完成", "photos": water.photo("after")}, of="handle")
    assert power.post(f"tasks/{lead}/actions/feed_back", body).status == 201
    assert power.case(number)["state"] == "feedback"


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_a_unit_asks_to_return(loop: Loop, seat: Seat, decision: str) -> None:
    number, water, dispatcher = loop.dispatched(), seat("water"), seat("dispatcher")
    due = water.case(number)["due_at"]
    water.do("ask_return", number, {"reason": "not_responsible", "note": "不属我局"}, of="handle")
    assert number in dispatcher.box("return_requests")
    assert water.case(number)["due_at"] == due
    dispatcher.do(decision, number, {"note": "按职责"}, of="return")
    assert dispatcher.case(number)["state"] == ("filed" if decision == "grant" else "handling")
    assert water.case(number)["number"] == number  # a return stays visible to the unit


def test_a_void_is_asked_and_granted(loop: Loop, seat: Seat) -> None:
    number, operator = loop.filed(), seat("operator")
    operator.do("ask_void", number, {"reason": "filed_by_mistake", "note": "演练"})
    assert operator.try_("grant", number, of="void").code == "not_yours"
    seat("shift_leader").do("grant", number, of="void")
    assert operator.case(number)["outcome"] == "void"


def test_self_handled(seat: Seat, ids: Ids) -> None:
    inspector, operator = seat("inspector"), seat("operator")
    photos = {"evidence": inspector.photo("report"), "evidence_after": inspector.photo("after")}
    number = inspector.report(standard=ids["standard"], self_handled=True, **photos)
    assert number in operator.box("self_done")
    operator.do("accept_self_handled", number)
    assert inspector.case(number)["outcome"] == "self_handled"


def test_coordinated_first(loop: Loop, seat: Seat, ids: Ids) -> None:
    number, dispatcher = loop.filed(), seat("dispatcher")
    dispatcher.do("coordinate", number, {"reason": "unowned", "note": "暂无责任单位"})
    assert number in seat("commander").box("to_coordinate")
    assert dispatcher.case(number)["due_at"] is None
    dispatcher.do("dispatch", number, {"unit": ids["street"]})
    assert dispatcher.case(number)["state"] == "handling"


def test_the_worker_reminds_of_what_is_overdue(loop: Loop, seat: Seat, server: Server) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    number = loop.dispatched("power", due=due.isoformat(), due_reason="演练")
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() + 0.05))
    server.command("work", "--once")
    assert seat("operator").steps(number).count("remind_overdue") == 1
    assert any(number in text and "超期" in text for text in seat("power").notices())
    assert seat("power").case(number)["clock"]["lamp"] == "late"


def test_the_histories_of_all_journeys_are_whole(server: Server, loop: Loop) -> None:
    loop.filed()
    server.command("verify_history")
