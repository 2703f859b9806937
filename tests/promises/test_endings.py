"""What becomes of open tasks and requests when their case ends or is taken away."""

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import CaseEvent, CaseLink, Report, Request, Task
from cityloop.cases.steps.history import faults
from cityloop.notify.models import Notice
from tests.cases.walk import Walk
from tests.promises.http import signed_in
from tests.world import World

VOID = {"reason": "filed_by_mistake", "note": "重复登记"}
RETURN = {"reason": "not_responsible", "note": "不属我局"}
REJECT = {"reason": "below_standard", "note": "属私人院内"}


def is_whole(world: World, walk: Walk) -> None:
    """No loose end, a whole chain, and a page that can be drawn."""
    case = walk.case
    if case.is_ended:
        assert not Task.objects.filter(case=case, ended=False).exists()
        assert not Request.objects.filter(case=case, ended=False).exists()
    assert faults(case) == []
    for username in ("operator", "shift_leader", "dispatcher"):
        answer = signed_in(world, username).get(f"/api/v1/cases/{walk.number}")
        assert answer.status_code in {200, 404}, username


def ask_void(walk: Walk) -> Walk:
    walk.do("ask_void", "operator", VOID)
    return walk


def test_rejecting_answers_an_open_request(world: World) -> None:
    walk = ask_void(Walk(world).reported())
    walk.do("reject", "operator_two", REJECT)
    assert walk.request().state == "withdrawn"
    assert Notice.objects.filter(person=world.people["operator"], text_key="cases.request_decided").exists()
    is_whole(world, walk)


def test_merging_answers_an_open_request(world: World) -> None:
    one, two = Walk(world).reported(), ask_void(Walk(world).reported())
    two.do("merge", "operator", {"into": one.number})
    is_whole(world, two)
    two.do("unmerge", "operator", {"note": "不是同一处"})
    assert two.request().state == "open"
    is_whole(world, two)


def test_a_rebound_answers_an_open_request(world: World) -> None:
    walk = ask_void(Walk(world).checking())
    walk.answer("rebound")
    assert walk.request().state == "withdrawn"
    is_whole(world, walk)


def test_void_ends_the_tasks_and_grants_its_request(world: World) -> None:
    walk = ask_void(Walk(world).dispatched())
    walk.do("grant", "shift_leader", subject=walk.request())
    assert (walk.request().state, walk.task("handle").state, walk.case.outcome) == ("granted", "withdrawn", "void")
    is_whole(world, walk)


@pytest.mark.parametrize("reach", ["filed", "dispatched", "fed_back", "checking", "checked"])
def test_special_closing_leaves_nothing_open(world: World, reach: str) -> None:
    walk = getattr(Walk(world), reach)()
    walk.do("close_special", "shift_leader", {"note": "领导要求"})
    is_whole(world, walk)


def test_a_leaders_word_ends_the_verification(world: World) -> None:
    walk = Walk(world).reported("hotline", by="operator")
    walk.do("send_verify", "operator")
    walk.do("direct_file", "operator", {"leader": "张市长", "instruction": "请立即处理"})
    assert walk.task("verify").state == "withdrawn"
    is_whole(world, walk)


def test_a_return_leaves_a_page_that_shows_it(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.do("ask_return", "water", RETURN, subject=walk.task("handle"))
    walk.do("grant", "dispatcher", subject=walk.request())
    assert walk.task("handle").state == "returned"
    is_whole(world, walk)
    shown = signed_in(world, "water").get(f"/api/v1/cases/{walk.number}").json()
    assert [task["state_label"] for task in shown["tasks"]] == ["已回退"]


@pytest.mark.parametrize("way", ["take_back", "return"])
def test_taking_a_case_from_its_unit_leaves_the_verification_alone(world: World, way: str) -> None:
    walk = Walk(world).reported("media", by="operator")
    walk.do("file", "operator")
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    if way == "take_back":
        walk.do("take_back", "dispatcher", {"note": "改派"})
    else:
        walk.do("ask_return", "water", RETURN, subject=walk.task("handle"))
        walk.do("grant", "dispatcher", subject=walk.request())
    assert (walk.task("verify").state, walk.task("handle").ended) == ("assigned", True)
    walk.answer("deny", "verify")
    assert (walk.case.verification, walk.case.state) == ("deny", "filed")
    is_whole(world, walk)


def test_releasing_a_helper_releases_whom_he_has_asked(world: World) -> None:
    walk = Walk(world).filed()
    units = world.units
    walk.do("dispatch", "dispatcher", {"unit": units["power"].pk, "assistants": [units["water"].pk]})
    helper = walk.task("handle")
    walk.do("hand_on", "water", {"unit": units["team"].pk}, subject=helper)
    walk.do("release", "dispatcher", {"note": "不需要协办"}, subject=helper)
    assert set(Task.objects.filter(case=walk.case, ended=False).values_list("unit__code", flat=True)) == {"power"}


def test_a_wish_to_void_does_not_hold_the_unit_up(world: World) -> None:
    """Its clock runs on meanwhile."""
    walk = ask_void(Walk(world).dispatched())
    walk.handle()
    assert walk.case.state == "feedback"


def test_a_return_request_does(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.do("acknowledge", "water", subject=walk.task("handle"))
    walk.do("ask_return", "water", RETURN, subject=walk.task("handle"))
    with pytest.raises(Refused) as refused:
        walk.handle()
    assert refused.value.details["rule"] == "no_open_return"


def test_an_undone_merging_is_told_to_both_cases(world: World) -> None:
    one, two = Walk(world).reported(), Walk(world).reported()
    two.do("merge", "operator", {"into": one.number})
    two.do("unmerge", "operator", {"note": "不是同一处"})
    assert list(CaseEvent.objects.filter(case=one.case).order_by("seq").values_list("do", flat=True)) == [
        "report",
        "merge_here",
        "unmerge_here",
    ]
    is_whole(world, one)


def test_an_undone_merging_takes_along_what_was_merged_before(world: World) -> None:
    one, two, three = (Walk(world).reported() for _ in range(3))
    three.do("merge", "operator", {"into": two.number})
    two.do("merge", "operator", {"into": one.number})
    assert Report.objects.filter(case=one.case).count() == 3
    two.do("unmerge", "operator", {"note": "不是同一处"})
    assert [Report.objects.filter(case=walk.case).count() for walk in (one, two, three)] == [1, 2, 0]


def test_another_number_in_a_tasks_data_moves_nothing(world: World) -> None:
    """Only a case is merged: the field is unknown to a task's form, and the right case is asked."""
    other, walk = Walk(world).reported(), Walk(world).checking()
    with pytest.raises(Refused) as refused:
        walk.do("pass", "inspector", {"into": other.number}, subject=walk.task("check"))
    assert "into" in refused.value.details["fields"]


def test_a_rebound_is_shown_by_the_photos_of_its_check(world: World) -> None:
    walk = Walk(world).checking()
    walk.answer("rebound")
    linked = CaseLink.objects.get(other=walk.case, kind=CaseLink.REBOUND).case
    photo = linked.evidence.get(purpose="report").evidence_id
    assert walk.case.evidence.get(purpose="check").evidence_id == photo
    address = f"/api/v1/cases/{linked.number}/evidence/{photo}/thumbnail"
    assert signed_in(world, "operator").get(address).status_code == 200
