"""One more report of an open case; taking a case over from a colleague."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cityloop.base.errors import Refused
from cityloop.cases.adding import add_report
from cityloop.cases.claims import claim, take_over
from cityloop.cases.models import Case, CaseEvent, Claim, Contact, Report
from cityloop.cases.steps.history import faults
from cityloop.cases.steps.opening import NewReport, Reporter
from tests.cases.walk import Walk, upload
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)


def another(world: World, **fields: Any) -> NewReport:
    reporter = Reporter(name="李四", phone="15412345678")
    return NewReport(source=world.source("hotline"), description="楼下又堆了垃圾", reporter=reporter, **fields)


@pytest.mark.parametrize("reached", [Walk.reported, Walk.filed, Walk.dispatched, Walk.checking])
def test_a_report_is_attached_in_any_open_state(world: World, reached: Callable[[Walk], Walk]) -> None:
    walk = reached(Walk(world))
    before = walk.case
    photo = upload(world, "operator", "report", LATER)
    done = add_report(before, another(world, evidence=[photo]), by=world.actor("operator"), now=LATER)
    after = walk.case
    assert (after.state, after.revision, after.last_group) == (before.state, before.revision, before.last_group)
    assert after.reports.count() == before.reports.count() == 2
    assert (done.do, done.seq, after.last_seq) == ("add_report", before.last_seq + 1, before.last_seq + 1)
    assert str(after.evidence.latest("pk").evidence_id) == photo
    assert not faults(after)


def test_what_was_said_is_no_part_of_the_chain(world: World) -> None:
    walk = Walk(world).filed()
    add_report(walk.case, another(world), by=world.actor("operator"), now=LATER)
    event = CaseEvent.objects.get(case=walk.case, do="add_report")
    assert "垃圾" not in str(event.data)
    assert event.text.private["data"]["description"] == "楼下又堆了垃圾"
    assert Contact.objects.count() == 1


def test_sent_twice_it_is_attached_once(world: World) -> None:
    walk, by, client_id = Walk(world).filed(), world.actor("operator"), uuid4()
    first = add_report(walk.case, another(world), by=by, now=LATER, client_id=client_id)
    second = add_report(walk.case, another(world), by=by, now=LATER, client_id=client_id)
    assert (first.repeated, second.repeated, first.seq) == (False, True, second.seq)
    assert walk.case.reports.count() == 2
    with pytest.raises(Refused) as refusal:
        add_report(walk.case, another(world, address="别处"), by=by, now=LATER, client_id=client_id)
    assert refusal.value.code == "invalid"


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("inspector", "not_yours"),
        ("dispatcher", "not_yours"),
        ("city_operator", "not_yours"),
        ("other_operator", "not_found"),
        ("stranger", "not_found"),
    ],
)
def test_only_the_centres_operators_may(world: World, username: str, code: str) -> None:
    walk = Walk(world).filed()
    with pytest.raises(Refused) as refusal:
        add_report(walk.case, another(world), by=world.actor(username), now=LATER)
    assert refusal.value.code == code
    assert Report.objects.count() == 1


def test_an_ended_case_takes_no_more(world: World) -> None:
    walk = Walk(world).closed()
    with pytest.raises(Refused) as refusal:
        add_report(walk.case, another(world), by=world.actor("operator"), now=LATER)
    assert refusal.value.code == "not_here"


def test_a_recall_is_still_open_afterwards(world: World) -> None:
    walk = Walk(world).filed()
    add_report(walk.case, another(world), by=world.actor("operator"), now=LATER)
    walk.do("recall", "operator")
    assert (walk.case.state, walk.case.reports.count()) == ("reported", 2)
    assert not faults(walk.case)


def test_the_twin(world: World) -> None:
    walk = Walk(world).filed()
    client = Client()
    client.force_login(world.people["operator"])
    body = {"client_id": str(uuid4()), "source": "hotline", "description": "又堆了"}
    address = f"/api/v1/cases/{walk.number}/reports"
    assert client.post(address, body, content_type="application/json").status_code == 201
    assert client.post(address, body, content_type="application/json").status_code == 200
    events = client.get(f"/api/v1/cases/{walk.number}/events").json()
    assert events[-1]["label"] == "又有反映"


def test_the_shift_leader_takes_a_case_over(world: World) -> None:
    case = Walk(world).reported().case
    claim(case, by=world.actor("operator"), now=NOW)
    assert take_over(case, by=world.actor("shift_leader"), now=LATER - timedelta(minutes=58)) == "王受理"
    held = Claim.objects.get(case=case)
    assert (held.name, held.person_id) == ("赵值班", world.people["shift_leader"].pk)
    back = claim(Case.objects.get(pk=case.pk), by=world.actor("operator"), now=NOW + timedelta(minutes=3))
    assert back is not None


@pytest.mark.parametrize("username", ["operator", "operator_two", "dispatcher", "commander"])
def test_nobody_else_takes_over(world: World, username: str) -> None:
    case = Walk(world).reported().case
    claim(case, by=world.actor("operator"), now=NOW)
    with pytest.raises(Refused) as refusal:
        take_over(case, by=world.actor(username), now=NOW)
    assert refusal.value.code == "not_yours"


def test_taking_over_by_the_api(world: World) -> None:
    case = Walk(world).reported().case
    client = Client()
    client.force_login(world.people["shift_leader"])
    assert client.post(f"/api/v1/cases/{case.number}/claim/take-over").json() == {"taken_from": None}
    client.force_login(world.people["operator"])
    assert client.post(f"/api/v1/cases/{case.number}/claim/take-over").status_code == 403
