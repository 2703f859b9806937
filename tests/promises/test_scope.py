"""Nobody sees or does more than his posts allow: strangers, scoped posts, watchers, people of two axes."""

from uuid import uuid4

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.actions import perform
from cityloop.cases.claims import claim
from cityloop.cases.models import Case, Claim, LateReply
from cityloop.cases.policy import roles_in
from cityloop.cases.steps.locking import lock
from cityloop.cases.steps.opening import Reporter
from cityloop.org.actions import appoint, create_person
from cityloop.org.actor import ANONYMOUS, SYSTEM
from tests.cases.walk import Walk, upload
from tests.promises.http import act, signed_in
from tests.world import LONG_AGO, NOW, World


def test_nobody_in_particular_sees_nothing(world: World) -> None:
    walk = Walk(world).dispatched()
    assert not Case.objects.visible_to(ANONYMOUS).exists()
    assert roles_in(ANONYMOUS, walk.case, walk.case) == {}
    with pytest.raises(Refused) as refused:
        perform(walk.case, "recall", by=ANONYMOUS, now=walk.now)
    assert refused.value.code == "not_found"


def unit_person(world: World, username: str, area_code: str) -> None:
    person = create_person(
        username, by=SYSTEM, now=NOW, name=username, password="Walk-the-loop-26", must_change_password=False
    )
    unit = world.units["power"]
    appoint(person, by=SYSTEM, now=NOW, kind="unit", unit=unit, area_code=area_code, valid_from=LONG_AGO)
    world.people[username] = person


@pytest.mark.parametrize(("area_code", "sees"), [("", True), ("310101", True), ("310106", False)])
def test_a_units_post_for_one_area_ends_at_its_border(world: World, area_code: str, sees: bool) -> None:
    unit_person(world, "line_crew", area_code)
    walk = Walk(world).dispatched("power")
    actor = world.actor("line_crew")
    assert Case.objects.visible_to(actor).filter(pk=walk.case.pk).exists() is sees
    assert bool(roles_in(actor, walk.case, walk.task("handle"))) is sees


@pytest.mark.parametrize(
    ("reach", "sees"),
    [
        ("reported", {"operator", "shift_leader", "evaluator", "leader", "city_operator", "inspector"}),
        ("dispatched", {"operator", "dispatcher", "commander", "water", "leader", "inspector", "evaluator"}),
    ],
)  # fmt: skip
def test_who_sees_a_case(world: World, reach: str, sees: set[str]) -> None:
    walk = getattr(Walk(world), reach)()
    blind = {"stranger", "other_operator", "other_dispatcher", "other_inspector", "inspector_two", "power", "street",
             "system_admin", "security_admin", "audit_admin"}  # fmt: skip
    if reach == "reported":
        blind |= {"dispatcher", "commander", "water", "team"}
    for username in sees | blind:
        seen = Case.objects.visible_to(world.actor(username)).filter(pk=walk.case.pk).exists()
        assert seen is (username in sees), username


def test_what_is_not_seen_is_not_found_by_digits_photo_task_or_request(world: World) -> None:
    walk = Walk(world).dispatched()
    walk.do("ask_return", "water", {"reason": "not_responsible", "note": "x"}, subject=walk.task("handle"))
    photo = upload(world, "water", "other", NOW)
    client = signed_in(world, "other_operator")
    for address in (f"cases/{walk.number}", f"cases/{walk.number}/events", f"cases/{walk.number}/evidence/{photo}"):
        assert client.get(f"/api/v1/{address}").json()["code"] == "not_found"
    assert client.get(f"/api/v1/cases?q={walk.number[-6:]}").json()["items"] == []
    for address in (
        f"cases/{walk.number}/actions/amend",
        f"tasks/{walk.task('handle').pk}/actions/acknowledge",
        f"requests/{walk.request().pk}/actions/grant",
    ):
        assert act(client, address).json()["code"] == "not_found"
    assert client.put(f"/api/v1/cases/{walk.number}/claim").json()["code"] == "not_found"


def test_a_watcher_claims_nothing_and_ends_no_recall(world: World) -> None:
    walk = Walk(world).filed()
    for username in ("leader", "evaluator", "city_operator"):
        assert claim(walk.case, by=world.actor(username), now=walk.now) is None
    assert not Claim.objects.exists()
    walk.do("recall", "operator")


def test_a_claim_is_in_the_history_of_the_step(world: World) -> None:
    walk = Walk(world).reported()
    claim(walk.case, by=world.actor("operator"), now=walk.now)
    began = walk.now
    walk.pass_time(minutes=2)
    claim(walk.case, by=world.actor("operator"), now=walk.now)
    walk.do("file", "operator")
    assert walk.case.events.get(do="file").claimed_at == began
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert walk.case.events.get(do="dispatch").claimed_at is None


def test_an_idle_claim_passes_to_the_next_who_comes(world: World) -> None:
    walk = Walk(world).reported()
    one, two = world.actor("operator"), world.actor("operator_two")
    assert claim(walk.case, by=one, now=walk.now) is None
    held = claim(walk.case, by=two, now=walk.now)
    assert held is not None
    assert held.name == one.name
    walk.pass_time(minutes=5)
    assert claim(walk.case, by=two, now=walk.now) is None
    assert Claim.objects.get(case=walk.case).since == walk.now


def test_an_answer_to_a_task_given_to_another_meanwhile_is_kept(world: World) -> None:
    walk = Walk(world).checking()
    task = walk.task("check")
    walk.do("reassign", "operator", {"person": world.people["inspector_two"].pk}, subject=task)
    client, photo = signed_in(world, "inspector"), upload(world, "inspector", "check", NOW)
    for body in ({"revision": task.revision}, {}):
        answer = act(client, f"tasks/{task.pk}/actions/pass", {"photos": [photo]}, **body)
        assert answer.status_code in {403, 409}
        assert answer.json()["details"]["kept"] is True
    assert LateReply.objects.filter(case=walk.case).count() == 2
    assert walk.case.state == "checking"


def test_an_answer_by_somebody_who_never_had_the_task_is_not_kept(world: World) -> None:
    """The inspector who reported the case sees it, but the task is another's."""
    walk = Walk(world).checking()
    task = walk.task("check")
    walk.do("reassign", "operator", {"person": world.people["inspector_two"].pk}, subject=task)
    walk.do("close_special", "shift_leader", {"note": "x"})
    answer = act(signed_in(world, "operator"), f"tasks/{task.pk}/actions/pass", {"photos": [str(uuid4())]})
    assert "kept" not in answer.json()["details"]


def test_a_follow_up_marks_both_axes_too(world: World) -> None:
    """The inspector who also sits in the unit feeds back what he has reported."""
    unit = world.units["power"]
    appoint(world.people["inspector"], by=SYSTEM, now=NOW, kind="unit", unit=unit, valid_from=LONG_AGO)
    walk = Walk(world).dispatched("power")
    walk.handle(by="inspector")
    marks = dict(walk.case.events.values_list("do", "both_axes"))
    assert (marks["report"], marks["feed_back"], marks["fed_back"]) == (False, True, True)


@pytest.mark.parametrize(
    ("username", "plain"),
    [("operator", True), ("shift_leader", True), ("city_operator", True), ("leader", False), ("two_hats", False)],
)
def test_a_citizens_number_is_for_the_operators_over_the_case(world: World, username: str, plain: bool) -> None:
    unit_person(world, "two_hats", "")
    hat = {"kind": "operator", "unit": world.units["d2"], "valid_from": LONG_AGO}
    appoint(world.people["two_hats"], by=SYSTEM, now=NOW, **hat)  # and a handler of the power company
    walk = Walk(world).reported("hotline", by="operator", reporter=Reporter("张女士", "15412345678"))
    walk.do("direct_file", "operator", {"leader": "张市长", "instruction": "请办"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["power"].pk})
    shown = signed_in(world, username).get(f"/api/v1/cases/{walk.number}").json()
    assert (shown["reports"][0]["contact"]["phone"] == "15412345678") is plain


@pytest.mark.parametrize("reach", ["reported", "filed", "dispatched", "checking", "closed"])
def test_acting_and_looking_ask_the_same(world: World, reach: str) -> None:
    """Who may see is written twice, for lists and for the one case in hand: both say the same of everybody."""
    for username, area_code in (("east_crew", "310101"), ("west_crew", "310106"), ("whole_crew", "")):
        unit_person(world, username, area_code)
    walk = getattr(Walk(world), reach)("power") if reach == "dispatched" else getattr(Walk(world), reach)()
    for username in world.people:
        actor = world.actor(username)
        listed = Case.objects.visible_to(actor).filter(number=walk.number).exists()
        locked = lock("number", walk.number, actor=actor, now=walk.now, client_id=None)
        assert (locked is not None) is listed, username
    assert lock("number", walk.number, actor=ANONYMOUS, now=walk.now, client_id=None) is None
