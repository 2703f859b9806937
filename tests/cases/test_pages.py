"""The desk, the case page, its actions, search and prints over HTTP."""

import json
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cityloop.cases.models import Case, CaseEvent, Claim
from cityloop.org.access import HANDLER_KEY
from cityloop.org.models import Handler
from tests.cases.walk import Walk
from tests.world import World

HTMX = {"HX-Request": "true"}
Browser = Callable[[str], Client]


@pytest.fixture
def at(world: World) -> Browser:
    """`at("operator")`: a signed-in browser of that person."""

    def sign_in(username: str) -> Client:
        browser = Client()
        browser.force_login(world.people[username])
        if handler := Handler.objects.filter(unit_account=world.people[username]).first():
            session = browser.session
            session[HANDLER_KEY] = handler.pk
            session.save()
        return browser

    return sign_in


def page_of(number: str, **asked: str) -> str:
    return reverse("cases:case", args=[number], query=asked)


def act(browser: Client, walk: Walk, do: str, **data: Any) -> Any:
    """Press an action of the case as the desk does."""
    body = {"client_id": str(uuid4()), "revision": walk.case.revision, "box": "reported", "row": "row-1", **data}
    return browser.post(reverse("cases:act_case", args=[walk.number, do]), body, headers=HTMX)


def done(answer: Any) -> Any:
    return json.loads(answer.headers["HX-Trigger"])["case-done"]


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("leader", "cases:search"),
        ("evaluator", "cases:search"),
        ("inspector", "patrol:home"),
        ("system_admin", "org:units"),
        ("stranger", "notify:list"),
    ],
)
def test_who_has_no_desk_is_sent_where_his_work_is(username: str, address: str, at: Browser) -> None:
    answer = at(username).get("/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse(address))


@pytest.mark.parametrize(
    ("username", "label"),
    [("operator", "待受理"), ("shift_leader", "待值班长裁定"), ("dispatcher", "待派遣"), ("water", "待签收")],
)
def test_everybody_has_his_desk(username: str, label: str, world: World, at: Browser) -> None:
    Walk(world).reported()
    text = at(username).get("/").content.decode()
    assert label in text
    assert "我办过的" in text


def test_the_desk_opens_at_the_box_that_waits(world: World, at: Browser) -> None:
    walk = Walk(world).filed()
    text = at("dispatcher").get("/").content.decode()
    assert f"row-{walk.number}" in text
    assert 'data-total="1"' in text


def test_a_box_of_others_is_not_there(at: Browser) -> None:
    assert at("operator").get(reverse("cases:box", args=["filed"])).status_code == 404
    assert at("dispatcher").get(reverse("cases:rows", args=["reported"])).status_code == 404


@pytest.mark.parametrize("username", ["operator", "shift_leader", "dispatcher", "commander", "water", "inspector"])
def test_whoever_has_a_part_sees_the_case(username: str, world: World, at: Browser) -> None:
    walk = Walk(world).checked()
    text = at(username).get(page_of(walk.number)).content.decode()
    for words in (walk.number[-6:], "果皮箱旁堆放垃圾", "处置反馈", "已清运", "市水务局"):
        assert words in text


@pytest.mark.parametrize("username", ["other_operator", "other_dispatcher", "power", "other_inspector"])
def test_for_everybody_else_it_is_not_there(username: str, world: World, at: Browser) -> None:
    walk = Walk(world).checked()
    photo = walk.case.evidence.first()
    assert photo is not None
    addresses = [
        page_of(walk.number),
        reverse("cases:print", args=[walk.number]),
        reverse("cases:print_task", args=[walk.task("handle").pk]),
        reverse("cases:evidence", args=[walk.number, photo.evidence_id]),
        reverse("cases:thumbnail", args=[walk.number, photo.evidence_id]),
    ]
    browser = at(username)
    assert [browser.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert act(browser, walk, "close").status_code == 404


def test_photos_come_to_whoever_sees_the_case(world: World, at: Browser) -> None:
    walk = Walk(world).checked()
    photo = walk.case.evidence.first()
    assert photo is not None
    answer = at("operator").get(reverse("cases:thumbnail", args=[walk.number, photo.evidence_id]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    # A photo is not served under another case's number.
    other = Walk(world).reported()
    assert at("operator").get(reverse("cases:evidence", args=[other.number, photo.evidence_id])).status_code == 404


def test_an_action_goes_on_to_the_next_case(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    answer = act(at("operator"), walk, "file")
    assert answer.status_code == 204
    said = done(answer)
    assert said["row"] == "row-1"
    assert said["undo"] == page_of(walk.number, do="recall")
    assert walk.case.state == "filed"


def test_what_stays_open_is_shown_again(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    said = done(act(at("operator"), walk, "amend", note="门牌有误", address="东街2号", description="果皮箱旁堆放垃圾"))
    assert said["next"].startswith(page_of(walk.number))
    assert "row" not in said
    event = CaseEvent.objects.filter(case=walk.case).latest("seq")
    assert set(event.text.private["data"]) == {"address"}, "what was not changed is not part of the step"


def test_a_refusal_keeps_what_was_typed(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    client_id = str(uuid4())
    answer = act(at("operator"), walk, "reject", client_id=client_id, note="写了很久的说明")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-refusal="invalid"' in text
    assert "写了很久的说明" in text
    assert client_id in text
    assert walk.case.state == "reported"


def test_whoever_comes_late_is_told_who_was_faster(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    seen = walk.case.revision
    walk.do("escalate", "operator_two", {"note": "请裁定"})
    answer = act(at("operator"), walk, "file", revision=seen, note="符合立案条件")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert 'data-refusal="stale"' in text
    for words in ("李受理", "转值班长", "符合立案条件", "重新载入"):
        assert words in text


def test_a_double_submit_is_one_step(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    browser, client_id, revision = at("operator"), str(uuid4()), walk.case.revision
    answers = [act(browser, walk, "file", client_id=client_id, revision=revision) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert CaseEvent.objects.filter(case=walk.case, do="file").count() == 1


def test_what_is_forbidden_says_why(world: World, at: Browser) -> None:
    walk = Walk(world).reported("hotline", by="operator")
    text = at("operator").get(page_of(walk.number)).content.decode()
    assert "这个来源的问题须经核实属实后才能立案" in text


def test_tasks_and_requests_have_their_own_actions(world: World, at: Browser) -> None:
    walk = Walk(world).dispatched()
    task = walk.task("handle")
    body = {"client_id": str(uuid4()), "revision": task.revision, "reason": "not_responsible", "note": "不属我局"}
    assert (
        at("water").post(reverse("cases:act_task", args=[task.pk, "ask_return"]), body, headers=HTMX).status_code == 204
    )
    request = walk.request()
    text = at("dispatcher").get(page_of(walk.number)).content.decode()
    assert reverse("cases:act_request", args=[request.pk, "grant"]) in text
    grant = reverse("cases:act_request", args=[request.pk, "grant"])
    answer = at("dispatcher").post(grant, {"client_id": str(uuid4()), "revision": request.revision}, headers=HTMX)
    assert (answer.status_code, walk.case.state) == (204, "filed")


def test_opening_from_a_box_claims_and_opening_another_lets_go(world: World, at: Browser) -> None:
    first, second = Walk(world).reported(), Walk(world).reported()
    browser = at("operator")
    browser.get(page_of(first.number, box="reported"), headers=HTMX)
    text = at("operator_two").get(page_of(first.number, box="reported"), headers=HTMX).content.decode()
    assert "王受理 正在处理" in text
    assert "data-taken" in at("operator_two").get("/").content.decode()
    assert "data-taken" not in browser.get("/").content.decode()
    browser.get(page_of(second.number, box="reported"), headers=HTMX)
    assert list(Claim.objects.values_list("case__number", flat=True)) == [second.number]
    browser.post(reverse("cases:leave"))
    assert not Claim.objects.exists()


def test_the_shift_leader_takes_over_what_he_looks_at(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    take, keep = (reverse(f"cases:{name}", args=[walk.number]) for name in ("take_over", "keep"))
    holder, leader, colleague = at("operator"), at("shift_leader"), at("operator_two")
    assert take not in leader.get(page_of(walk.number)).content.decode(), "nobody has it"
    opened = holder.get(page_of(walk.number, box="reported"), headers=HTMX).content.decode()
    assert '"had": "1"' in opened
    assert take in leader.get(page_of(walk.number)).content.decode()
    assert take not in colleague.get(page_of(walk.number)).content.decode()
    assert (colleague.post(take).status_code, Claim.objects.get().name) == (403, "王受理")
    assert "已从王受理处接管" in leader.post(take, {"box": ""}, headers=HTMX).content.decode()
    assert Claim.objects.get().name == "赵值班"
    assert "赵值班 已接管本件" in holder.post(keep, {"had": "1", "seq": 1}, headers=HTMX).content.decode()
    assert "赵值班 正在处理" in colleague.post(keep, {"had": "", "seq": 1}, headers=HTMX).content.decode()


def test_looking_from_a_box_that_only_shows_claims_nothing(world: World, at: Browser) -> None:
    walk = Walk(world).dispatched()
    at("dispatcher").get(page_of(walk.number, box="handling"), headers=HTMX)
    at("leader").get(page_of(walk.number, box="reported"), headers=HTMX)
    assert not Claim.objects.exists()


def test_an_open_case_says_that_somebody_else_was_faster(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    seen = walk.case.last_seq
    walk.do("escalate", "operator_two", {"note": "请裁定"})
    keep = reverse("cases:keep", args=[walk.number])
    text = at("operator").post(keep, {"box": "reported", "seq": seen}, headers=HTMX).content.decode()
    assert "李受理 刚刚办理了本件" in text


def test_an_idle_seat_loses_its_claim(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    browser, keep = at("operator"), reverse("cases:keep", args=[walk.number])
    body = {"box": "reported", "seq": 1}
    browser.post(keep, body, headers=HTMX)
    assert not Claim.objects.exists(), "only a case that was opened is kept"
    browser.get(page_of(walk.number, box="reported"), headers=HTMX)
    seen = Claim.objects.get().seen_at
    browser.post(keep, body, headers={**HTMX, "X-Idle-Seconds": "400"})
    assert Claim.objects.get().seen_at == seen
    browser.post(keep, body, headers={**HTMX, "X-Idle-Seconds": "12"})
    assert Claim.objects.get().seen_at > seen


def test_a_batch_takes_each_row_for_itself(world: World, at: Browser) -> None:
    good, moved = Walk(world).fed_back(), Walk(world).fed_back()
    ids = [f"{walk.case.pk}-{walk.case.revision}" for walk in (good, moved)]
    moved.do("fail_audit", "dispatcher", {"note": "照片不清"})
    client_id = str(uuid4())
    address = reverse("cases:batch", args=["feedback"])
    for _ in range(2):  # the same batch again is the same steps
        body = {"do": "pass_audit", "ids": [*ids, "x", "9-"], "client_id": client_id}
        text = at("dispatcher").post(address, body, headers=HTMX).content.decode()
        assert "1 / 2" in text
    assert (good.case.state, moved.case.state) == ("to_check", "handling")
    assert at("dispatcher").post(address, {"do": "take_back", "ids": ids}, headers=HTMX).status_code == 404


def test_the_last_digits_open_the_case(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    browser, search = at("operator"), reverse("cases:search")
    answer = browser.get(search, {"q": walk.number[-6:]})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(walk.number))
    assert "至少 4 位" in browser.get(search, {"q": "123"}).content.decode()
    assert walk.number[-6:] in browser.get(search, {"q": "东街"}).content.decode()
    assert walk.number[-6:] not in at("other_operator").get(search, {"q": "东街"}).content.decode()
    assert browser.get(search, {"since": "2026-13-45"}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"phase": "received"}, True),
        ({"phase": "handling"}, False),
        ({"state": "reported"}, True),
        ({"area": "310101"}, True),
        ({"area": "310106"}, False),
        ({"since": "2026-03-02", "until": "2026-03-02"}, True),
        ({"until": "2026-03-01"}, False),
        ({"late": "1"}, False),
        ({"unit": "999999"}, False),
    ],
)
def test_filters(asked: dict[str, str], found: bool, world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    text = at("operator").get(reverse("cases:search"), asked).content.decode()
    assert (walk.number[-6:] in text) is found


def test_the_list_as_a_workbook_is_masked(world: World, at: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk(world).reported(description="=1+1 请联系15412345678")
    answer = at("operator").get(reverse("cases:export"))
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    cells = [str(cell.value) for cell in sheet[2]]
    assert cells[0] == walk.number
    assert "15412345678" not in "".join(cells)
    monkeypatch.setattr("cityloop.cases.views.search.MOST_ROWS", 0)
    assert at("operator").get(reverse("cases:export")).status_code == 413


def test_the_paper_forms(world: World, at: Browser) -> None:
    walk = Walk(world).closed()
    text = at("operator").get(reverse("cases:print", args=[walk.number])).content.decode()
    for words in ("案卷", walk.number, "已清运", "结案", "归档日期"):
        assert words in text
    text = at("water").get(reverse("cases:print_task", args=[walk.task("handle").pk])).content.decode()
    for words in ("任务派遣单", walk.number, "市水务局", "钱派遣", "签收人"):
        assert words in text
    assert at("operator").get(reverse("cases:print_task", args=[walk.task("check").pk])).status_code == 404


def test_the_sheet_of_a_rework_names_the_dispatcher(world: World, at: Browser) -> None:
    walk = Walk(world).checked("fail")
    walk.do("rework", "operator", {"note": "垃圾还在"})
    text = at("water").get(reverse("cases:print_task", args=[walk.task("handle").pk])).content.decode()
    assert "派遣员：钱派遣" in text
    assert "垃圾还在" in text


def test_units_do_not_read_who_reported(world: World, at: Browser) -> None:
    walk = Walk(world).dispatched()
    assert "褚监督" in at("operator").get(page_of(walk.number)).content.decode()
    sources = at("water").get(page_of(walk.number)).content.decode().split("次反映")[1].split("办理过程")[0]
    assert "褚监督" not in sources


def test_numbers_in_texts_are_masked_by_post(world: World, at: Browser) -> None:
    walk = Walk(world).reported(description="请联系15412345678")
    walk.do("file", "operator")
    assert "15412345678" in at("operator").get(page_of(walk.number)).content.decode()
    assert "15412345678" not in at("dispatcher").get(page_of(walk.number)).content.decode()


# Statements of a page beside the session and the person, measured; a growth is a decision.
PAGES = {"desk": ("/", 4), "counts": ("/desk/counts", 3), "rows": ("/desk/to_close/rows", 3)}


@pytest.mark.parametrize("name", PAGES)
def test_statements_of_the_desk(name: str, world: World, at: Browser) -> None:
    for _ in range(3):
        Walk(world).checked()
    address, most = PAGES[name]
    assert statements(at("operator"), address) <= most


def test_statements_of_the_case_page(world: World, at: Browser) -> None:
    walk = Walk(world).checked()
    assert statements(at("operator"), page_of(walk.number), HTMX) <= 13
    assert statements(at("operator"), page_of(walk.number, box="to_close"), HTMX) <= 18


def statements(browser: Client, address: str, headers: dict[str, str] | None = None) -> int:
    """How many statements a page costs once what is kept in memory is there."""
    # The memory's clock stands still, so that nothing in it grows old between the two looks.
    with mock.patch("time.monotonic", return_value=time.monotonic()):
        browser.get(address, headers=headers)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(address, headers=headers).status_code == 200
    for row in found.captured_queries:
        print(row["sql"][:170])
    return len([row for row in found.captured_queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_late_replies_are_shown_until_they_are_read(world: World, at: Browser) -> None:
    walk = Walk(world).checking()
    task = walk.task("check")
    person = world.people["inspector"]
    reply = walk.case.late_replies.create(
        task=task, client_id=uuid4(), do="pass", at=walk.now, person=person, data={"note": "信号不好"}
    )
    assert "信号不好" in at("operator").get(page_of(walk.number)).content.decode()
    at("operator").post(reverse("cases:late_seen", args=[walk.number, reply.pk]), headers=HTMX)
    assert "信号不好" not in at("operator").get(page_of(walk.number)).content.decode()


def test_what_i_have_worked_on(world: World, at: Browser) -> None:
    first, second = Walk(world).filed(), Walk(world).filed()
    text = at("operator").get(reverse("cases:box", args=["worked"])).content.decode()
    assert text.index(f"row-{second.number}") < text.index(f"row-{first.number}")
    assert "您还没有办过案件" in at("operator_two").get(reverse("cases:rows", args=["worked"])).content.decode()


def test_suggestions_for_merging(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    suggest = reverse("cases:suggest")
    assert [row["number"] for row in at("operator").get(suggest, {"q": walk.number[-4:]}).json()["items"]] == [
        walk.number
    ]
    assert at("other_operator").get(suggest, {"q": walk.number[-4:]}).json()["items"] == []
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"minor": "x", "standard": "y", "note": "n"},
        {"point_lon": "a", "point_lat": "b", "note": "n"},
        {"minor": "999999999999", "note": "n"},
        {"client_id": "x", "note": "n"},
        {"revision": "x"},
        {"note": "n" * 3000},
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(body: dict[str, str], world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    assert act(at("operator"), walk, "amend", **body).status_code == 422
    assert walk.case.last_seq == 1


@pytest.mark.parametrize("asked", [{"q": "\0"}, {"unit": "x"}, {"minor": "9" * 30}, {"after": "x"}, {"area": "' or"}])
def test_nonsense_in_a_search_is_no_error_of_ours(asked: dict[str, str], world: World, at: Browser) -> None:
    assert at("operator").get(reverse("cases:search"), asked).status_code in {200, 422}


def test_an_action_that_does_not_exist_is_refused(world: World, at: Browser) -> None:
    walk = Walk(world).reported()
    assert act(at("operator"), walk, "explode").status_code == 409
    assert act(at("operator"), walk, "dispatch").status_code in {403, 409}
    assert act(at("dispatcher"), walk, "file").status_code == 404, "a dispatcher does not see what is not filed"
