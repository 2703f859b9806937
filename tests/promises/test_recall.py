"""A step taken back leaves everything as it was before it: columns, tasks, requests, deadlines, places."""

from collections.abc import Callable
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import EventText, Report, Request, Task, Timer
from cityloop.cases.steps import facts
from cityloop.cases.steps.history import faults
from tests.cases.walk import Walk
from tests.world import World

RETURN = {"reason": "not_responsible", "note": "不属我局"}
VOID = {"reason": "filed_by_mistake", "note": "重复登记"}
Prepare = Callable[[World], Walk]
Do = Callable[[World, Walk], None]


def verifying(world: World) -> Walk:
    walk = Walk(world).reported("hotline", by="operator")
    walk.do("send_verify", "operator")
    return walk


def accepted(world: World) -> Walk:
    walk = Walk(world).dispatched()
    walk.do("acknowledge", "water", subject=walk.task("handle"))
    return walk


def asked(world: World) -> Walk:
    walk = accepted(world)
    walk.do("ask_return", "water", RETURN, subject=walk.task("handle"))
    return walk


def reworked(world: World) -> Walk:
    walk = Walk(world).checked("fail")
    walk.do("rework", "operator", {"note": "仍在"})
    return walk


def helped(world: World) -> Walk:
    walk = Walk(world).filed()
    units = world.units
    walk.do("dispatch", "dispatcher", {"unit": units["water"].pk, "assistants": [units["power"].pk]})
    walk.do("acknowledge", "power", subject=walk.task("handle"))
    return walk


def on(do: str, by: str, data: dict[str, Any] | None = None, of: str = "") -> Do:
    """One step, of the case or of its newest task or request."""

    def step(world: World, walk: Walk) -> None:
        subject = None if not of else walk.request() if of == "request" else walk.task(of)
        values = dict(data or {})
        if "unit" in values:
            values["unit"] = world.units[values["unit"]].pk
        if "person" in values:
            values["person"] = world.people[values["person"]].pk
        if "photos" in values:
            values |= walk.photo(by, "other")
        walk.do(do, by, values, subject=subject)

    return step


STEPS: dict[str, tuple[Prepare, Do, str]] = {
    "send_verify": (
        lambda w: Walk(w).reported("hotline", by="operator"),
        on("send_verify", "operator"),
        "operator",
    ),
    "escalate": (lambda w: Walk(w).reported(), on("escalate", "operator"), "operator"),
    "file": (lambda w: Walk(w).reported(), on("file", "operator", {"urgent": True}), "operator"),
    "file in parallel": (
        lambda w: Walk(w).reported("media", by="operator"),
        on("file", "operator"),
        "operator",
    ),
    "direct_file": (
        verifying,
        on("direct_file", "operator", {"leader": "张市长", "instruction": "请办"}),
        "operator",
    ),
    "reject": (
        lambda w: Walk(w).reported(),
        on("reject", "operator", {"reason": "below_standard", "note": "x"}),
        "operator",
    ),
    "reject, with a request": (
        lambda w: _asked_to_void(Walk(w).reported()),
        on("reject", "operator", {"reason": "below_standard", "note": "x"}),
        "operator",
    ),
    "dispatch": (lambda w: Walk(w).filed(), on("dispatch", "dispatcher", {"unit": "water"}), "dispatcher"),
    "coordinate": (
        lambda w: Walk(w).filed(),
        on("coordinate", "dispatcher", {"reason": "unowned"}),
        "dispatcher",
    ),
    "acknowledge": (lambda w: Walk(w).dispatched(), on("acknowledge", "water", of="handle"), "water"),
    "hand_on": (accepted, on("hand_on", "water", {"unit": "team"}, "handle"), "water"),
    "ask_return": (accepted, on("ask_return", "water", RETURN, "handle"), "water"),
    "grant": (asked, on("grant", "dispatcher", of="request"), "dispatcher"),
    "refuse": (asked, on("refuse", "dispatcher", {"note": "属你局"}, "request"), "dispatcher"),
    "take_back": (accepted, on("take_back", "dispatcher", {"note": "改派"}), "dispatcher"),
    "release": (helped, on("release", "dispatcher", {"note": "免"}, "handle"), "dispatcher"),
    "feed_back": (accepted, on("feed_back", "water", {"note": "好了", "photos": []}, "handle"), "water"),
    "feed_back of a helper": (
        helped,
        on("feed_back", "power", {"note": "好了", "photos": []}, "handle"),
        "power",
    ),
    "feed_back after rework": (reworked, on("feed_back", "water", {"note": "好了", "photos": []}, "handle"), "water"),
    "pass_audit": (lambda w: Walk(w).fed_back(), on("pass_audit", "dispatcher"), "dispatcher"),
    "fail_audit": (lambda w: Walk(w).fed_back(), on("fail_audit", "dispatcher", {"note": "x"}), "dispatcher"),
    "send_check": (lambda w: _passed(Walk(w)), on("send_check", "operator"), "operator"),
    "reassign": (
        lambda w: Walk(w).checking(),
        on("reassign", "operator", {"person": "inspector_two"}, "check"),
        "operator",
    ),
    "pass": (lambda w: Walk(w).checking(), on("pass", "inspector", {"photos": []}, "check"), "inspector"),
    "fail": (lambda w: Walk(w).checking(), on("fail", "inspector", {"photos": [], "note": "x"}, "check"), "inspector"),
    "rework": (lambda w: Walk(w).checked("fail"), on("rework", "operator", {"note": "x"}), "operator"),
    "redispatch": (lambda w: Walk(w).checked("fail"), on("redispatch", "operator", {"note": "x"}), "operator"),
    "amend the text": (
        lambda w: Walk(w).dispatched(),
        on("amend", "operator", {"description": "别的", "address": "西街2号", "note": "x"}),
        "operator",
    ),
    "amend the place": (
        lambda w: Walk(w).dispatched(),
        lambda w, walk: on("amend", "operator", {"point": w.place(1), "note": "x"})(w, walk),
        "operator",
    ),
    "amend the category": (
        lambda w: Walk(w).dispatched(),
        lambda w, walk: on("amend", "operator", {"standard": w.standard("event", "0111").pk, "note": "x"})(w, walk),
        "operator",
    ),
    "ask_void": (lambda w: Walk(w).filed(), on("ask_void", "operator", VOID), "operator"),
}


def _asked_to_void(walk: Walk) -> Walk:
    walk.do("ask_void", "operator", VOID)
    return walk


def _passed(walk: Walk) -> Walk:
    walk.fed_back().do("pass_audit", "dispatcher")
    return walk


def picture(walk: Walk) -> dict[str, Any]:
    """All that a step may change, but for revisions, the history and what only says when."""
    case = walk.case
    tasks = Task.objects.filter(case=case, ended=False).order_by("pk")
    requests = Request.objects.filter(case=case, ended=False).order_by("pk")
    timer = Timer.objects.filter(case=case).values_list("fires_at", flat=True).first()
    return {
        **dict(zip(facts.TRACKED, facts.snapshot(case), strict=True)),
        "tasks": list(tasks.values_list("pk", "kind", "state", "person", "unit", "acknowledged_at", "due_at")),
        "requests": list(requests.values_list("pk", "kind", "state")),
        "reports": list(Report.objects.filter(case=case).values_list("pk", flat=True)),
        "reminder": timer if case.running_since else None,
    }


@pytest.mark.parametrize("name", STEPS)
def test_do_and_recall_is_nothing(world: World, name: str) -> None:
    prepare, do, sender = STEPS[name]
    walk = prepare(world)
    before = picture(walk)
    do(world, walk)
    assert picture(walk) != before
    walk.do("recall", sender)
    assert picture(walk) == before
    assert faults(walk.case) == []


@pytest.mark.parametrize("name", ["dispatch", "amend the text", "reassign"])
def test_a_recall_is_not_recalled(world: World, name: str) -> None:
    prepare, do, sender = STEPS[name]
    walk = prepare(world)
    do(world, walk)
    walk.do("recall", sender)
    with pytest.raises(Refused) as refused:
        walk.do("recall", sender)
    assert refused.value.code == "not_yours"


def test_an_erased_text_is_not_restored_and_breaks_nothing(world: World) -> None:
    walk = Walk(world).filed()
    walk.do("amend", "operator", {"description": "别的", "note": "x"})
    EventText.objects.filter(event__case=walk.case, event__do="amend").delete()
    walk.do("recall", "operator")
    assert walk.case.description == "别的"
    assert faults(walk.case) == []


def test_the_work_goes_on_after_a_recall(world: World) -> None:
    """What was put back can be done again."""
    walk = accepted(world)
    walk.do("take_back", "dispatcher", {"note": "改派"})
    walk.do("recall", "dispatcher")
    walk.handle()
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator")
    walk.answer("pass")
    walk.do("close", "operator", {"standard_met": True, "photos_compared": True})
    assert walk.case.outcome == "solved"
