"""Whom a case is recommended to, and the duties behind it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cityloop.base.errors import Refused
from cityloop.cases.models import Case
from cityloop.codes.models import Edition
from cityloop.dispatch.actions import load_duties, set_duty
from cityloop.dispatch.models import Duty
from cityloop.dispatch.selectors import codes_at, load_of, recommend
from cityloop.journal.models import Entry
from cityloop.org.actions import create_unit
from cityloop.org.actor import SYSTEM
from tests.cases.walk import Walk
from tests.world import LONG_AGO, NOW, PASSWORD, World

HEAD = "edition,kind,code,name,unit,invented\n"


@pytest.fixture
def edition(world: World) -> Edition:
    return Edition.objects.get(is_default=True)


def duty(edition: Edition, code: str, *units: str, kind: str = "event") -> None:
    set_duty(edition, kind, code, unit_codes=units, by=SYSTEM, now=NOW)


def units_for(case: Case) -> list[str]:
    return [one.unit.code for one in recommend(case, NOW + timedelta(hours=1))]


def test_the_minor_goes_before_the_major(world: World, edition: Edition) -> None:
    case = Walk(world).filed().case
    code = case.minor.code
    duty(edition, code[:2], "power")
    assert units_for(case) == ["power"]
    duty(edition, code, "water")
    assert units_for(case) == ["water"]


def test_a_pattern_means_the_unit_of_the_place(world: World, edition: Edition) -> None:
    for code in ("310101-CLEAN", "310106-CLEAN", "OFFICE-310101001"):
        create_unit(code, by=SYSTEM, now=NOW, name=code, level="department", active_from=LONG_AGO)
    case = Walk(world).filed().case
    duty(edition, case.minor.code, "*-CLEAN", "OFFICE-*")
    assert units_for(case) == ["310101-CLEAN", "OFFICE-310101001"]
    other = Walk(world).reported(by="other_inspector", point=world.place(5)).case
    assert units_for(other) == ["310106-CLEAN"]


@pytest.mark.parametrize(
    ("pattern", "area", "codes"),
    [
        ("WATER", "310101001001", ["WATER"]),
        ("OFFICE-*", "310101001001", ["OFFICE-310101001", "OFFICE-310101"]),
        ("*-ROADS", "310101", ["310101-ROADS"]),
        ("*-ROADS", "", []),
    ],
)
def test_codes_at_a_place(pattern: str, area: str, codes: list[str]) -> None:
    assert codes_at(pattern, area) == codes


def test_what_was_handled_nearby_recommends_too(world: World, edition: Edition) -> None:
    for _ in range(2):
        Walk(world).dispatched("water").handle()
    case = Walk(world).filed().case
    found = recommend(case, NOW + timedelta(hours=1))
    assert [(one.unit.code, one.past_count, one.past_share) for one in found] == [("water", 2, 1.0)]
    duty(edition, case.minor.code, "power")
    assert units_for(case) == ["power", "water"]


def test_who_returned_this_case_stands_last(world: World, edition: Edition) -> None:
    walk = Walk(world).dispatched("water")
    duty(edition, walk.case.minor.code, "water", "power")
    walk.do("ask_return", "water", {"reason": "not_owner", "note": "不是我们的"}, subject=walk.task("handle"))
    walk.do("grant", "dispatcher", subject=walk.request())
    found = recommend(walk.case, walk.now)
    assert [(one.unit.code, one.returned) for one in found] == [("power", False), ("water", True)]


def test_the_load_counts_open_and_late_tasks(world: World) -> None:
    Walk(world).dispatched("water")
    water = world.units["water"].pk
    assert load_of([water], NOW)[water] == (1, 0)
    assert load_of([water], NOW + timedelta(days=90))[water] == (1, 1)
    assert load_of([], NOW) == {}


def test_without_category_nobody_is_recommended(world: World) -> None:
    case = Walk(world).reported(standard_id=None).case
    assert recommend(case, NOW) == []


def test_recommending_takes_few_statements(
    world: World, edition: Edition, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    walk = Walk(world).filed()
    duty(edition, walk.case.minor.code, "water", "power")
    case = walk.case
    units_for(case)
    with django_assert_max_num_queries(7):
        units_for(case)


def test_setting_a_duty_ends_the_old_one(world: World, edition: Edition) -> None:
    duty(edition, "0110", "water")
    set_duty(edition, "event", "0110", unit_codes=["power"], by=SYSTEM, now=NOW + timedelta(days=3))
    rows = Duty.objects.filter(code="0110").order_by("valid_from").values_list("unit_code", "valid_from", "valid_to")
    first, second = rows
    assert first[0] == "water"
    assert first[2] == second[1] - timedelta(days=1)
    assert second[0] == "power"
    assert second[2] is None
    assert Entry.objects.filter(what="dispatch.duty_set").count() == 2


def test_only_the_system_administrator_sets_duties(world: World, edition: Edition) -> None:
    set_duty(edition, "event", "0110", unit_codes=["water"], by=world.actor("system_admin"), now=NOW)
    with pytest.raises(Refused) as refusal:
        set_duty(edition, "event", "0110", unit_codes=["power"], by=world.actor("dispatcher"), now=NOW)
    assert refusal.value.code == "not_yours"


def test_a_table_is_taken_over_and_taken_again(world: World, tmp_path: Path) -> None:
    path = tmp_path / "duties.csv"
    path.write_text(HEAD + "2013,event,01,市容环境,street,1\n2013,event,0110,暴露垃圾,water,1\n", encoding="utf-8")
    assert load_duties(path, by=SYSTEM, now=NOW).new == 2
    again = load_duties(path, by=SYSTEM, now=NOW)
    assert (again.new, again.ended, again.same) == (0, 0, 2)


@pytest.mark.parametrize(
    "line",
    [
        "1999,event,0110,,water,1",
        "2013,event,9988,,water,1",
        "2013,event,0110,,nobody,1",
        "2013,event,0110,,*-NOBODY,1",
    ],
)
def test_a_wrong_line_takes_nothing_over(world: World, tmp_path: Path, line: str) -> None:
    path = tmp_path / "duties.csv"
    path.write_text(HEAD + "2013,event,01,,street,1\n" + line + "\n", encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        load_duties(path, by=SYSTEM, now=NOW)
    assert (refusal.value.code, refusal.value.details["row"]) == ("invalid", 3)
    assert not Duty.objects.exists()


def signed_in(username: str) -> Client:
    client = Client()
    assert client.post("/sign-in", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def test_the_panel_and_its_twin_say_the_same(world: World, edition: Edition) -> None:
    case = Walk(world).filed().case
    duty(edition, case.minor.code, "water", "power")
    client = signed_in("dispatcher")
    panel = client.get(f"/dispatch/recommend/{case.number}").content.decode()
    assert panel.index("市水务局") < panel.index("供电公司")
    assert panel.count("data-choose-first") == 1
    twin = client.get(f"/api/v1/cases/{case.number}/recommended-units").json()
    assert [one["code"] for one in twin] == ["water", "power"]


@pytest.mark.parametrize(
    ("username", "status"),
    [("dispatcher", 200), ("commander", 200), ("operator", 403), ("water", 403), ("other_dispatcher", 404)],
)
def test_who_may_ask_for_a_recommendation(world: World, username: str, status: int) -> None:
    case = Walk(world).filed().case
    client = Client(headers={"HX-Request": "true"})
    client.force_login(world.people[username])
    if username == "water":
        session = client.session
        session["handler_id"] = world.people[username].handlers.first().pk
        session.save()
    assert client.get(f"/dispatch/recommend/{case.number}").status_code == status
    assert client.get(f"/api/v1/cases/{case.number}/recommended-units").status_code == status
