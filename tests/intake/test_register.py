"""Registering a report: saved once, shown at once, led on by one press."""

from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from cityloop.cases.models import Case, Contact, Report, Task
from tests.cases.walk import Walk, upload
from tests.intake.calls import HX, at_desk, call
from tests.world import NOW, World

REGISTER = "/intake/register"


def test_a_call_becomes_a_case(world: World) -> None:
    client = at_desk(world)
    answer = client.post(REGISTER, call(world, urgent="true", external_number="12345-77"))
    assert answer.status_code == 200
    case = Case.objects.get()
    report = case.reports.get()
    assert (case.state, case.source.code, case.urgent) == ("reported", "hotline", True)
    assert (case.description, case.address) == ("东街1号暴露垃圾，一处", "东街1号")
    assert (case.standard, case.cell) == (world.standard(), world.cells[0])
    assert (report.external_number, report.person) == ("12345-77", world.people["operator"])
    assert report.contact is not None
    assert case.number[-6:] in answer.content.decode()


def test_the_next_form_is_empty_but_for_the_source(world: World) -> None:
    page = at_desk(world).post(REGISTER, call(world, source="media")).content.decode()
    assert '<option value="media" selected>' in page
    assert "138" not in page
    assert page.count('name="client_id" value=""') >= 1


def test_a_second_press_has_one_effect(world: World) -> None:
    client, sent = at_desk(world), call(world)
    first, second = client.post(REGISTER, sent), client.post(REGISTER, sent)
    assert (first.status_code, second.status_code) == (200, 200)
    assert (Case.objects.count(), Contact.objects.count()) == (1, 1)
    number = Case.objects.get().number
    assert number in second.content.decode()


def test_photos_go_with_it(world: World) -> None:
    photo = upload(world, "operator", "report", NOW)
    at_desk(world).post(REGISTER, call(world, evidence=[photo]))
    assert [str(link.evidence_id) for link in Case.objects.get().evidence.all()] == [photo]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"description": "  "}, "请写明问题"),
        ({"phone": "12"}, "电话号码"),
        ({"phone": "abc"}, "电话号码"),
        ({"source": "nowhere"}, "来源"),
        ({"minor": "99999999"}, "小类"),
        ({"minor": "", "category": "没有选"}, "还没有选定小类"),
        ({"client_id": "x"}, ""),
        ({"lon": "500", "lat": "31"}, ""),
        ({"evidence": [str(uuid4())]}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(world: World, fields: dict[str, Any], words: str) -> None:
    sent = call(world, **fields)
    answer = at_desk(world).post(REGISTER, sent)
    assert 400 <= answer.status_code < 500
    page = answer.content.decode()
    assert words in page
    assert "东街1号" in page
    assert str(sent["client_id"]) in page
    assert not Case.objects.exists()


def test_a_standard_of_another_category_is_dropped(world: World) -> None:
    other = world.standard("event", "0102")
    at_desk(world).post(REGISTER, call(world, minor=str(other.minor_id)))
    case = Case.objects.get()
    assert (case.minor_id, case.standard_id) == (other.minor_id, None)


def test_little_is_enough(world: World) -> None:
    bare = {"client_id": str(uuid4()), "source": "visit", "description": "有人来信反映占道"}
    assert at_desk(world).post(REGISTER, bare).status_code == 200
    case = Case.objects.get()
    assert (case.point, case.minor) == (None, None)
    assert case.reports.get().contact is None


def test_the_next_step_is_one_press(world: World) -> None:
    client = at_desk(world)
    card = client.post(REGISTER, call(world)).content.decode()
    case = Case.objects.get()
    assert f"/intake/register/{case.number}/do/send_verify" in card
    sent = {"client_id": str(uuid4()), "revision": str(case.revision)}
    answer = client.post(f"/intake/register/{case.number}/do/send_verify", sent)
    assert answer.status_code == 200
    assert "核实中" in answer.content.decode()
    assert Task.objects.get().person == world.people["inspector"]
    again = client.post(f"/intake/register/{case.number}/do/send_verify", sent)
    assert again.status_code == 200
    assert Task.objects.count() == 1


def test_a_step_that_is_not_open_says_why(world: World) -> None:
    client = at_desk(world)
    card = client.post(REGISTER, call(world)).content.decode()
    assert "须经核实属实后才能立案" in card
    case = Case.objects.get()
    refused = client.post(f"/intake/register/{case.number}/do/file", {"client_id": str(uuid4())})
    assert refused.status_code == 409
    assert world.case(case.number).state == "reported"


def test_a_leaders_word_files_at_once(world: World) -> None:
    client = at_desk(world)
    card = client.post(REGISTER, call(world, source="leader")).content.decode()
    assert 'name="leader"' in card
    case = Case.objects.get()
    address = f"/intake/register/{case.number}/do/direct_file"
    assert client.post(address, {"client_id": str(uuid4()), "leader": "吴领导"}).status_code == 422
    words = {"client_id": str(uuid4()), "leader": "吴领导", "instruction": "请立即清理"}
    assert client.post(address, words).status_code == 200
    assert world.case(case.number).state == "filed"


def test_it_may_go_to_a_case_that_is_there(world: World) -> None:
    old = Walk(world).filed().case
    client = at_desk(world)
    answer = client.post(REGISTER, call(world, into=old.number))
    assert answer.status_code == 200
    assert "已并入" in answer.content.decode()
    assert (Case.objects.count(), Report.objects.filter(case=old).count()) == (1, 2)
    gone = Walk(world).closed().case
    refused = client.post(REGISTER, call(world, into=gone.number))
    assert refused.status_code == 409
    assert "东街1号" in refused.content.decode()


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("", "get"),
        ("", "post"),
        ("/categories?q=bl", "get"),
        ("/places?q=dj", "get"),
        ("/standards", "get"),
        ("/place", "get"),
        ("/similar", "get"),
        ("/caller", "post"),
        ("/1/do/file", "post"),
    ],
)
@pytest.mark.parametrize("username", ["inspector", "dispatcher", "street", "system_admin", "stranger"])
def test_only_operators_register(world: World, path: str, method: str, username: str) -> None:
    client = at_desk(world, username)
    assert getattr(client, method)(REGISTER + path).status_code == 403


def test_a_shift_leader_is_an_operator_too(world: World) -> None:
    assert at_desk(world, "shift_leader").get(REGISTER).status_code == 200


def test_the_page_and_saving_take_few_statements(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = at_desk(world)
    client.get(REGISTER)
    client.post(REGISTER, call(world))
    with django_assert_max_num_queries(5):
        client.get(REGISTER, headers=HX)
    with django_assert_max_num_queries(16):
        client.post(REGISTER, call(world))
