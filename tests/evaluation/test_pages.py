"""The report's pages: who may open them, what they show, and that every number is the length of its list."""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cityloop.base.time import city_time
from cityloop.evaluation import actions
from cityloop.evaluation.counting import Asked
from cityloop.evaluation.following import rebuild
from cityloop.evaluation.forms import read_terms
from cityloop.evaluation.making import cases_of, make_report
from cityloop.evaluation.models import Publication
from cityloop.evaluation.terms import Terms
from cityloop.org.access import HANDLER_KEY
from cityloop.org.models import Handler
from tests.cases.walk import Walk
from tests.world import CAST, NOW, World

READERS = {"evaluator", "leader", "shift_leader", "commander", "dispatcher"}
MONTH = {"month": "2026-03", "as_of": "2026-03-20T00:00"}
LINK = re.compile(r'<a[^>]* href="([^"]*monthly/cases[^"]*)"[^>]*>(?:含转出 )?(\d+)</a>')


@pytest.fixture
def cases(world: World) -> World:
    """A closed case, one that was redispatched, one in coordination."""
    Walk(world).closed()
    walk = Walk(world).dispatched("power")
    walk.do("take_back", "dispatcher", {"note": "派错了"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["street"].pk})
    Walk(world).filed().do("coordinate", "dispatcher", {"reason": "unowned"})
    rebuild()
    return world


def browser(world: World, username: str = "evaluator") -> Client:
    client = Client()
    client.force_login(world.people[username])
    return client


@pytest.mark.parametrize("username", sorted(CAST))
def test_who_may_read(world: World, username: str) -> None:
    expected = 200 if CAST[username][1] in READERS else 403
    client = browser(world, username)
    for page in ("monthly", "export", "cases", "cases_export"):
        found = client.get(reverse(f"evaluation:{page}"), MONTH)
        if world.people[username].unit_account:
            assert found.status_code in {302, 403}  # first he says who of the unit he is
        else:
            assert found.status_code == expected, page


def test_strangers_sign_in_first(world: World) -> None:
    assert Client().get(reverse("evaluation:monthly")).status_code == 302


def test_every_number_of_the_page_opens_its_cases(cases: World) -> None:
    client = browser(cases)
    text = client.get(reverse("evaluation:monthly"), MONTH).content.decode()
    links = set(LINK.findall(text))
    assert len(links) > 100
    seen: set[int] = set()
    for address, number in sorted(links):
        words = {name: value[0] for name, value in parse_qs(urlsplit(address.replace("&amp;", "&")).query).items()}
        # Zeros are many and alike: some of them are enough.
        if number == "0" and crc32(address.encode()) % 10:
            continue
        page = client.get(reverse("evaluation:cases"), words)
        assert page.status_code == 200
        assert page.context["count"] == int(number), address
        assert len(page.context["lines"]) == int(number)
        seen.add(int(number))
    assert {0, 1, 2, 3} <= seen


def test_the_page_says_what_counts_and_what_moved(cases: World) -> None:
    text = browser(cases).get(reverse("evaluation:monthly"), MONTH).content.decode()
    for words in ("暂无责任单位", "含转出 1", "口径", "截取两位小数", "不参加排名", "2026 年 3 月"):
        assert words in text
    assert "构造的内容" not in text


def test_the_list_exports_what_it_shows(cases: World) -> None:
    found = browser(cases).get(reverse("evaluation:cases_export"), {**MONTH, "label": "all", "column": "received"})
    sheet = load_workbook(io.BytesIO(found.content))["案件"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 1 + 3
    assert {row[9] for row in rows[1:]} == {"按时", "未结"}


def test_the_workbook_has_the_published_tables(cases: World) -> None:
    book = load_workbook(io.BytesIO(browser(cases).get(reverse("evaluation:export"), MONTH).content))
    assert book.sheetnames == ["各区（管委会）", "各部门（单位）", "事件类型分析", "部件类型分析", "文字", "口径"]
    departments = {row[0]: row for row in book["各部门（单位）"].iter_rows(min_row=4, values_only=True)}
    assert departments["市水务局"][1:13] == (1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 100)
    assert departments["供电公司"][1:13] == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    assert departments["全市合计"][1] == 3
    assert departments["市水务局"][14:17] == (1, "市水务局", 100)
    districts = {row[0]: row for row in book["各区（管委会）"].iter_rows(min_row=4, values_only=True)}
    assert districts["暂无责任单位"][1] == 1
    assert districts["西区指挥中心"][1:13] == (*[0] * 11, None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"month": "2026-13"}, 422),
        ({"month": "März"}, 422),
        ({"as_of": "gestern"}, 422),
        ({"from": "2026-03-31", "to": "2026-03-01"}, 422),
        ({"from": "2026-03-01"}, 422),
        ({"from": "2026-03-01", "to": "2026-03-15"}, 200),
        ({"month": "2026-12"}, 200),
        ({"publication": "999999"}, 404),
        ({"label": "x"}, 404),
        ({"column": "x"}, 404),
        ({"major": "x"}, 404),
    ],
)
def test_odd_questions(world: World, asked: dict[str, str], status: int) -> None:
    assert browser(world).get(reverse("evaluation:cases"), asked).status_code == status


def test_a_published_report_stays(cases: World) -> None:
    client = browser(cases)
    answer = client.post(reverse("evaluation:publish"), {**MONTH, "on_time": "closing"})
    assert answer.status_code == 302
    publication = Publication.objects.get()
    assert publication.terms["on_time"] == "closing"
    before = actions.stored_report(publication)
    walk = Walk(cases).pass_time(days=30)
    walk.dispatched("water")
    late = Walk(cases).dispatched("power").pass_time(days=25)
    late.do("take_back", "dispatcher", {"note": "派错了"})
    rebuild()
    # The second one was dispatched within the month, but after the report had been published: it is in the new one.
    again = actions.recompute(publication)
    assert again.figures("all").received == before.figures("all").received + 1
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert page.context["report"].counts == before.counts
    assert "重新计算结果不一致" in page.content.decode()


def test_what_happens_later_changes_nothing(cases: World) -> None:
    terms = Terms(NOW.replace(day=1), NOW.replace(month=4, day=1), NOW + timedelta(days=10))
    publication = actions.publish(terms, by=cases.actor("evaluator"), now=NOW + timedelta(days=40))
    walk = Walk(cases)
    walk.number = publication_case(publication)
    walk.pass_time(days=20).do("take_back", "dispatcher", {"note": "改派"})
    walk.do("dispatch", "dispatcher", {"unit": cases.units["power"].pk})
    rebuild()
    assert actions.recompute(publication).as_json() == publication.figures


def publication_case(publication: Publication) -> str:
    """The number of the case that still lies with the street."""
    return cases_of(actions.stored_report(publication), Asked("district", "open")).get().number


def test_only_the_evaluator_publishes(cases: World) -> None:
    assert browser(cases, "leader").post(reverse("evaluation:publish"), MONTH).status_code == 403
    assert not Publication.objects.exists()


def test_nothing_is_published_before_its_moment(world: World) -> None:
    future: dict[str, Any] = {"month": "2026-03", "as_of": "2999-01-01T00:00"}
    assert browser(world).post(reverse("evaluation:publish"), future).status_code == 422


def test_the_database_keeps_published_reports(cases: World) -> None:
    browser(cases).post(reverse("evaluation:publish"), MONTH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.update(published_by="x")


# --- the API says the same ---


def test_the_api_gives_the_figures_and_the_cases(cases: World) -> None:
    client = browser(cases)
    found = client.get("/api/v1/reports/monthly", MONTH).json()
    rows = {row["name"] or row["label"]: row for row in found["rows"]}
    assert rows["市水务局"]["figures"]["both"] == {
        "received": 1,
        "given": 1,
        "on_time": 1,
        "closed": 1,
        "open": 0,
        "moved": 0,
    }
    assert rows["all"]["figures"]["event"]["received"] == 3
    assert rows["西区指挥中心"]["rate"] is None
    asked = {**MONTH, "label": rows["供电公司"]["label"], "column": "moved"}
    listed = client.get("/api/v1/reports/monthly/cases", asked).json()
    assert (listed["count"], listed["items"][0]["verdict"], listed["next"]) == (1, "moved", None)


def test_the_api_publishes(cases: World) -> None:
    made = browser(cases).post("/api/v1/reports/monthly", MONTH, content_type="application/json")
    assert made.status_code == 200
    again = browser(cases, "leader").get("/api/v1/reports/monthly", {"publication": made.json()["publication"]})
    assert again.status_code == 200
    refused = browser(cases, "leader").post("/api/v1/reports/monthly", MONTH, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert browser(cases, "inspector").get("/api/v1/reports/monthly").status_code == 403


@pytest.fixture
def at_unit(world: World) -> Any:
    """`at_unit("water")`: a signed-in browser of one of that unit's people."""

    def sign_in(username: str) -> Client:
        client = browser(world, username)
        if handler := Handler.objects.filter(unit_account=world.people[username]).first():
            session = client.session
            session[HANDLER_KEY] = handler.pk
            session.save()
        return client

    return sign_in


def test_a_unit_sees_its_own_month_on_its_desk_and_no_other(world: World, at_unit: Any) -> None:
    fragment, now = reverse("evaluation:own_unit"), timezone.now()
    for unit in ("water", "water", "power"):
        walk = Walk(world)
        walk.now = now - timedelta(minutes=30)
        walk.dispatched(unit)
    rebuild()
    month = f"{city_time(now):%Y-%m}"
    report = make_report(read_terms({"month": month}, now=now))
    for unit, received in (("water", 2), ("power", 1), ("street", 0)):
        client = at_unit(unit)
        assert f'hx-get="{fragment}"' in client.get("/").content.decode()
        text = client.get(fragment).content.decode()
        rows = dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", text))
        assert rows.get("接收案件", "0") == str(received), unit
        names = {world.units[other].label for other in ("water", "power", "street")} - {world.units[unit].label}
        assert not [name for name in names if name in text]
        own = client.get("/api/v1/reports/own-unit").json()
        assert [(one["unit"], one["received"], one["open"]) for one in own] == [
            (world.units[unit].name, received, received)
        ]
    assert report.figures(f"u{world.units['water'].pk}").received == 2
    assert browser(world, "evaluator").get(fragment).status_code == 403
    assert fragment not in browser(world, "operator").get("/").content.decode()
