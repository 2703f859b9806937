"""What one person may read of one case: the same on the page, in print, over the API, on the phone."""

from typing import Any

import pytest
from django.test import Client

from cityloop.cases.models import CaseEvidence
from cityloop.cases.steps.opening import Reporter
from cityloop.journal.models import Entry
from cityloop.org.actions import appoint
from cityloop.org.actor import SYSTEM
from tests.cases.walk import Walk
from tests.intake.calls import at_desk
from tests.world import LONG_AGO, NOW, World

pytestmark = pytest.mark.django_db

NUMBER, SECRET = "15412345678", "15498765432"
WORDS = f"楼下漏水，联系门卫 {SECRET}"


def called(world: World, **reporter: Any) -> Walk:
    """A call whose caller left his number, and another one in what he said."""
    walk = Walk(world).reported(
        "hotline", by="operator", description=WORDS, reporter=Reporter("李四", NUMBER, **reporter)
    )
    walk.do("direct_file", "operator", {"leader": "张市长", "instruction": f"请回 {SECRET}"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["power"].pk, "note": f"找 {SECRET}"})
    return walk


def shown(world: World, number: str, username: str) -> dict[str, str]:
    """Everything that shows the case to somebody."""
    client = at_desk(world, username)
    addresses = {
        "page": f"/cases/{number}/",
        "print": f"/cases/{number}/print",
        "api": f"/api/v1/cases/{number}",
        "events": f"/api/v1/cases/{number}/events",
    }
    return {name: text_of(client, address) for name, address in addresses.items()}


def text_of(client: Client, address: str) -> str:
    """What stands there, whether page or JSON; "" where this person may not go."""
    answer = client.get(address)
    if answer.status_code != 200:
        return ""
    return str(answer.json()) if "json" in answer.headers["Content-Type"] else answer.content.decode()


@pytest.mark.parametrize(
    ("username", "plain"),
    [("operator", True), ("shift_leader", True), ("city_operator", True), ("dispatcher", False), ("power", False)],
)
def test_free_text_follows_the_contacts(world: World, username: str, plain: bool) -> None:
    for name, text in shown(world, called(world).number, username).items():
        assert (SECRET in text) is plain, name
        assert text
        assert "154****5432" in text or plain, name


def test_what_a_unit_prints_and_lists_is_masked(world: World) -> None:
    walk, client = called(world), at_desk(world, "power")
    unit = world.units["power"].pk
    for address in (f"/tasks/{walk.task('handle').pk}/print", f"/dispatch/unit/{unit}", "/desk/to_acknowledge"):
        text = text_of(client, address)
        assert text, address
        assert SECRET not in text, address
    assert "154****5432" in text_of(client, f"/tasks/{walk.task('handle').pk}/print")


def test_an_operator_elsewhere_who_handles_here_reads_no_numbers(world: World) -> None:
    unit, person = world.units["power"], world.people["other_operator"]
    appoint(person, by=SYSTEM, now=NOW, kind="unit", unit=unit, valid_from=LONG_AGO)
    for name, text in shown(world, called(world).number, "other_operator").items():
        assert SECRET not in text, name
        assert NUMBER not in text, name


def test_lists_and_the_export_are_masked_for_everybody(world: World) -> None:
    called(world)
    client = at_desk(world)
    for address in ("/api/v1/cases", "/cases/", "/desk/verified"):
        text = text_of(client, address)
        assert text
        assert SECRET not in text


def test_a_unit_never_learns_who_reported(world: World) -> None:
    number, username = called(world).number, "power"
    row = at_desk(world, username).get(f"/api/v1/cases/{number}").json()["reports"][0]
    assert (row["contact"], row["person"]) == (None, None)
    for name, text in shown(world, number, username).items():
        assert "李四" not in text, name


@pytest.mark.parametrize("username", ["operator", "shift_leader", "city_operator", "dispatcher"])
def test_whoever_wants_to_stay_unknown_is_masked_for_everybody(world: World, username: str) -> None:
    for name, text in shown(world, called(world, confidential=True).number, username).items():
        for part in (NUMBER, "李四", "李*", "****5678"):
            assert part not in text, (name, part)
        assert (SECRET in text) is (username in {"operator", "shift_leader"}), name


@pytest.mark.parametrize(
    ("username", "status"),
    [("operator", 200), ("shift_leader", 200), ("city_operator", 403), ("dispatcher", 403), ("other_operator", 404)],
)
def test_a_look_is_for_the_centre_and_stands_in_the_journal(world: World, username: str, status: int) -> None:
    walk = called(world, confidential=True)
    report = walk.case.reports.get()
    client = at_desk(world, username)
    page = client.post(f"/cases/{walk.number}/reports/{report.pk}/contact")
    api = client.post(f"/api/v1/cases/{walk.number}/reports/{report.pk}/contact")
    assert (page.status_code, api.status_code) == (status, status)
    looks = Entry.objects.filter(what="cases.contact_seen", subject=walk.number)
    if status != 200:
        assert not looks.exists()
        return
    assert api.json() == {"name": "李四", "phone": NUMBER, "gender": ""}
    assert NUMBER in page.content.decode()
    assert [row.by_id for row in looks] == [world.people[username].pk] * 2
    assert NUMBER not in str([row.data for row in looks])


def test_the_button_stands_where_a_look_is_possible(world: World) -> None:
    secret, open_ = called(world, confidential=True), called(world)
    assert "查看联系方式" in at_desk(world).get(f"/cases/{secret.number}/").content.decode()
    assert "查看联系方式" not in at_desk(world).get(f"/cases/{open_.number}/").content.decode()
    assert "查看联系方式" not in at_desk(world, "city_operator").get(f"/cases/{secret.number}/").content.decode()


def what_is_seen(client: Client, walk: Walk) -> dict[str, bool]:
    """Whether the handling is told, by every way to the case."""
    number, photo = walk.number, CaseEvidence.objects.get(case=walk.case, purpose="after").evidence_id
    case = client.get(f"/api/v1/cases/{number}").json()
    found = {
        "api photos": any(row["purpose"] == "after" for row in case["evidence"]),
        "original": client.get(f"/api/v1/cases/{number}/evidence/{photo}").status_code == 200,
        "page photo": client.get(f"/cases/{number}/evidence/{photo}/thumbnail").status_code == 200,
    }
    for name, address in {
        "events": f"/api/v1/cases/{number}/events",
        "page": f"/cases/{number}/",
        "print": f"/cases/{number}/print",
        "phone": f"/m/cases/{number}",
    }.items():
        if text := text_of(client, address):
            found[name] = "已清运" in text
    return found


def test_who_checks_does_not_see_the_handling_before_he_has_answered(world: World) -> None:
    walk = Walk(world).checking()
    inspector, operator = at_desk(world, "inspector"), at_desk(world)
    blind = what_is_seen(inspector, walk)
    assert len(blind) == 7
    assert not any(blind.values()), blind
    assert all(what_is_seen(operator, walk).values())
    walk.answer("pass")
    assert all(what_is_seen(inspector, walk).values())


def test_the_audits_words_are_not_told_either(world: World) -> None:
    walk = Walk(world).fed_back()
    walk.do("pass_audit", "dispatcher", {"note": "照片看确已清净"})
    walk.do("send_check", "operator", {"note": "看背街一侧"})
    texts = shown(world, walk.number, "inspector")
    assert "看背街一侧" in texts["page"]
    for name, text in texts.items():
        assert "确已清净" not in text, name
    assert "回复以后才显示" in texts["page"]
