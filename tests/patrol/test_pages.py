"""The inspector's pages over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cityloop.cases.models import Case, LateReply, Report
from cityloop.notify.actions import tell
from tests.cases.walk import Walk, upload
from tests.evidence.make import photo
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests arrive at the world's moment."""
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


def signed_in(world: World, username: str = "inspector") -> Client:
    client = Client()
    client.force_login(world.people[username])
    return client


def body_of(world: World, **change: Any) -> dict[str, Any]:
    """A whole report, as the page sends it."""
    lon, lat = world.place(0)
    values = {
        "client_id": str(uuid4()),
        "evidence": upload(world, "inspector", "report", NOW),
        "lon": lon,
        "lat": lat,
        "address": "东街1号",
        "standard": world.standard().pk,
        "description": "果皮箱旁一处",
    }
    return {name: value for name, value in (values | change).items() if value is not None}


def send(client: Client, address: str, body: dict[str, Any]) -> Any:
    """As the page's script sends a form."""
    return client.post(address, body, headers={"HX-Request": "true"})


def the_case() -> Case:
    return Case.objects.get()


def test_a_report_becomes_a_case_with_everything(world: World) -> None:
    answer = send(signed_in(world), "/m/report", body_of(world, urgent="true"))
    case = the_case()
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/m/cases/{case.number}")
    assert (case.source.code, case.standard, case.urgent) == ("inspector", world.standard(), True)
    assert (case.state, case.cell, case.evidence.count()) == ("reported", world.cells[0], 1)


def test_a_report_sent_twice_is_one_case(world: World) -> None:
    client, body = signed_in(world), body_of(world)
    first, again = send(client, "/m/report", body), send(client, "/m/report", body)
    assert first.headers["HX-Redirect"] == again.headers["HX-Redirect"]
    assert Report.objects.count() == 1
    changed = send(client, "/m/report", body | {"description": "改了字"})
    assert changed.headers["HX-Redirect"] == first.headers["HX-Redirect"]
    assert "没有重复上报" in client.get(first.headers["HX-Redirect"]).content.decode()
    assert Report.objects.get().text == "果皮箱旁一处"


def test_without_scripts_photos_come_with_the_form(world: World) -> None:
    client, body = signed_in(world), body_of(world, evidence=None)
    pages = [
        client.post("/m/report", body | {"files:evidence": SimpleUploadedFile("a.jpg", photo(), "image/jpeg")})
        for _time in range(2)
    ]
    assert [page.status_code for page in pages] == [302, 302]
    assert the_case().evidence.get().purpose == "report"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"evidence": None}, "evidence"),
        ({"evidence": "junk"}, "evidence"),
        ({"standard": None}, "standard"),
        ({"standard": "999999"}, "standard"),
        ({"lon": None, "lat": None, "address": None}, "address"),
        ({"lat": None}, "lon"),
        ({"lon": "500"}, "lon"),
        ({"self_handled": "true"}, "evidence_after"),
        ({"component_code": "0000000000000000"}, "component_code"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(world: World, change: dict[str, Any], field: str) -> None:
    answer = send(signed_in(world), "/m/report", body_of(world, **change))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "果皮箱旁一处" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_problem_reported_just_before_is_pointed_out(world: World) -> None:
    Walk(world).reported()
    client, body = signed_in(world, "inspector_two"), body_of(world, evidence=None)
    body["evidence"] = upload(world, "inspector_two", "report", NOW)
    warned = send(client, "/m/report", body)
    assert warned.status_code == 409
    assert [row["metres"] for row in warned.context["similar"]] == [0]
    sent = send(client, "/m/report", body | {"confirmed": "true"})
    assert sent.status_code == 204
    assert send(client, "/m/report", body).headers["HX-Redirect"] == sent.headers["HX-Redirect"]


@pytest.mark.parametrize(("username", "found"), [("inspector_two", 1), ("operator", 1), ("water", "not_yours")])
def test_similar_problems_over_the_api(world: World, username: str, found: object) -> None:
    walk = Walk(world).reported()
    lon, lat = world.place(0)
    query = {"minor": world.standard().minor_id, "lon": lon, "lat": lat}
    answer = signed_in(world, username).get("/api/v1/similar", query).json()
    if isinstance(answer, dict):
        assert answer["code"] == found
        return
    assert [row["number"] for row in answer] == [walk.number]
    assert not {"description", "evidence"} & set(answer[0])
    far = signed_in(world, username).get("/api/v1/similar", query | {"lon": lon + 0.001}).json()
    assert far == []


def test_self_handled_goes_to_its_own_box_and_the_answer_comes_back(world: World) -> None:
    client = signed_in(world)
    after = upload(world, "inspector", "after", NOW)
    send(client, "/m/report", body_of(world, self_handled="true", evidence_after=after))
    case = the_case()
    assert case.state == "self_done"
    walk = Walk(world)
    walk.number = case.number
    walk.do("refuse_self_handled", "operator", {"note": "处理后的照片看不清"})
    assert "处理后的照片看不清" in client.get("/m/").content.decode()


def test_the_sender_of_a_rejected_report_sees_why(world: World) -> None:
    walk = Walk(world).reported()
    walk.do("reject", "operator", {"reason": "out_of_scope", "note": "小区内部, 请找物业"})
    client = signed_in(world)
    for address in ("/m/", "/m/reports", f"/m/cases/{walk.number}"):
        words = client.get(address).content.decode()
        assert "不属城市管理事项" in words, address
        assert "小区内部, 请找物业" in words, address
    notice = client.get("/m/notices").context["notices"][0]
    assert client.get(notice["url"]).headers["Location"] == f"/m/cases/{walk.number}"


def test_every_way_to_a_notice_leads_an_inspector_to_his_phone_pages(world: World) -> None:
    walk = Walk(world).checking()
    client = signed_in(world)
    item = client.get("/api/v1/notices").json()["items"][0]
    assert item["key"] == "cases.task_check"
    for address in (f"/notices/{item['id']}", item["url"]):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == f"/m/tasks/{walk.task('check').pk}", address
        assert answer.status_code == 200
    tell([world.people["operator"].pk], "cases.answer", {"number": walk.number}, f"/cases/{walk.number}/", now=walk.now)
    seat = signed_in(world, "operator")
    assert f"/cases/{walk.number}/" in [row["url"] for row in seat.get("/api/v1/notices").json()["items"]]


def verifying(world: World) -> Walk:
    walk = Walk(world).reported("hotline", by="operator")
    walk.do("send_verify", "operator", {"note": "看清楚数量"})
    return walk


@pytest.mark.parametrize(
    ("kind", "do", "note", "state"),
    [
        ("verify", "confirm", "", "verified"),
        ("verify", "deny", "已经清走", "verified"),
        ("verify", "unable", "大门锁着", "verified"),
        ("check", "pass", "", "to_close"),
        ("check", "fail", "还在", "to_close"),
        ("check", "rebound", "又堆了", "closed"),
        ("check", "unable", "施工围挡", "to_close"),
    ],
)
def test_a_task_is_answered(world: World, kind: str, do: str, note: str, state: str) -> None:
    walk = verifying(world) if kind == "verify" else Walk(world).checking()
    task, client = walk.task(kind), signed_in(world)
    page = client.get(f"/m/tasks/{task.pk}")
    assert do in [offer["do"] for offer in page.context["offers"]]
    form = client.get(f"/m/tasks/{task.pk}/{do}")
    assert form.status_code == 200
    body = {
        "client_id": form.context["values"]["client_id"],
        "revision": form.context["values"]["revision"],
        f"photos:photos:{kind}": upload(world, "inspector", kind, NOW),
        "field:note": note,
        "lon": world.place(0)[0],
        "lat": world.place(0)[1],
    }
    sent = [send(client, f"/m/tasks/{task.pk}/{do}", body) for _time in range(2)]
    assert [answer.headers.get("HX-Redirect") for answer in sent] == ["/m/tasks", "/m/tasks"]
    walk.case.refresh_from_db()
    assert (walk.case.state, walk.task(kind).ended) == (state, True)
    assert walk.case.evidence.filter(purpose=kind).count() == 1
    assert not LateReply.objects.exists()


@pytest.mark.parametrize(
    ("do", "body", "field"), [("confirm", {}, "photos"), ("deny", {"field:note": ""}, "note"), ("unable", {}, "note")]
)
def test_an_answer_without_what_the_form_asks_is_refused(
    world: World, do: str, body: dict[str, Any], field: str
) -> None:
    walk = verifying(world)
    task = walk.task("verify")
    answer = send(signed_in(world), f"/m/tasks/{task.pk}/{do}", {"client_id": str(uuid4()), "revision": "1", **body})
    assert answer.status_code == 422
    assert field in {row["name"] for row in answer.context["fields"] if row["error"]}
    assert not walk.task("verify").ended


def test_an_answer_that_comes_too_late_is_kept_and_the_inspector_is_told(world: World) -> None:
    walk = Walk(world).checking()
    task, client = walk.task("check"), signed_in(world)
    walk.do("close_special", "shift_leader", {"note": "领导要求"})
    shot = upload(world, "inspector", "check", NOW)
    body = {"client_id": str(uuid4()), "revision": task.revision, "photos:photos:check": shot}
    sent = [send(client, f"/m/tasks/{task.pk}/pass", body) for _time in range(2)]
    assert [answer.headers["HX-Redirect"] for answer in sent] == [f"/m/cases/{walk.number}"] * 2
    assert LateReply.objects.get().do == "pass"
    assert walk.case.evidence.filter(evidence_id=shot).exists()
    assert "已经保存" in client.get(f"/m/cases/{walk.number}").content.decode()


def test_an_answer_to_a_task_given_to_another_is_kept_too(world: World) -> None:
    walk = verifying(world)
    task, client = walk.task("verify"), signed_in(world)
    walk.do("reassign", "operator", {"person": world.people["inspector_two"].pk}, task)
    shot = upload(world, "inspector", "verify", NOW)
    body = {"client_id": str(uuid4()), "revision": task.revision, "photos:photos:verify": shot}
    assert send(client, f"/m/tasks/{task.pk}/confirm", body).headers["HX-Redirect"] == f"/m/cases/{walk.number}"
    assert LateReply.objects.get().person == world.people["inspector"]
    assert client.get(f"/m/tasks/{task.pk}").headers["Location"] == f"/m/cases/{walk.number}"
    assert not walk.task("verify").ended


@pytest.mark.parametrize(
    ("username", "status"), [("inspector", 200), ("inspector_two", 404), ("other_inspector", 404), ("stranger", 403)]
)
def test_what_is_anothers_is_not_there(world: World, username: str, status: int) -> None:
    walk = Walk(world).checking()
    client, task = signed_in(world, username), walk.task("check")
    for address in (f"/m/tasks/{task.pk}", f"/m/tasks/{task.pk}/pass", f"/m/cases/{walk.number}"):
        assert client.get(address).status_code == status, address
    if status != 200:
        body = {"client_id": str(uuid4()), "revision": "1"}
        assert send(client, f"/m/tasks/{task.pk}/pass", body).status_code == status
        assert send(client, f"/m/cases/{walk.number}/recall", body).status_code == status
        assert not LateReply.objects.exists()


def test_photos_of_the_handling_wait_until_the_check_is_answered(world: World) -> None:
    walk = Walk(world).checking()
    client = signed_in(world)
    for address in (f"/m/tasks/{walk.task('check').pk}", f"/m/cases/{walk.number}"):
        assert "处置后" not in {str(group["label"]) for group in client.get(address).context["photos"]}
    walk.answer("pass")
    labels = {str(group["label"]) for group in client.get(f"/m/cases/{walk.number}").context["photos"]}
    assert {"处置后", "核查"} <= labels


def test_a_step_is_recalled_until_it_is_opened(world: World) -> None:
    walk = Walk(world).checking()
    walk.answer("fail")
    client = signed_in(world)
    page = client.get(f"/m/cases/{walk.number}")
    body = {"client_id": str(page.context["client_id"]), "revision": page.context["revision"]}
    assert page.context["recall"]
    send(client, f"/m/cases/{walk.number}/recall", body)
    assert (walk.case.state, walk.task("check").ended) == ("checking", False)
    walk.answer("fail")
    page = client.get(f"/m/cases/{walk.number}")
    signed_in(world, "operator").put(f"/api/v1/cases/{walk.number}/claim")
    assert client.get(f"/m/cases/{walk.number}").context["recall"] is None
    body = {"client_id": str(uuid4()), "revision": page.context["revision"]}
    send(client, f"/m/cases/{walk.number}/recall", body)
    assert "没有撤回" in client.get(f"/m/cases/{walk.number}").content.decode()


def test_opening_a_task_ends_the_operators_recall(world: World) -> None:
    walk = verifying(world)
    signed_in(world).get(f"/m/tasks/{walk.task('verify').pk}")
    assert walk.case.opened_seq == walk.case.last_seq


def test_tasks_are_listed_by_urgency_and_by_distance(world: World) -> None:
    near, far = Walk(world), Walk(world)
    near.reported("hotline", by="operator", point=world.place(0)).pass_time(hours=1)
    far.reported("hotline", by="operator", point=world.place(1))
    far.do("send_verify", "operator", {})
    near.do("send_verify", "operator", {})
    client = signed_in(world)
    urgent = [task["number"] for task in client.get("/m/tasks").context["tasks"]]
    lon, lat = world.place(0)
    close = [task["number"] for task in client.get("/m/tasks", {"lon": lon, "lat": lat}).context["tasks"]]
    assert (urgent, close) == ([far.number, near.number], [near.number, far.number])
    assert client.get("/m/tasks?kind=check").context["tasks"] == []


def test_a_video_inspector_reports_by_video_only(world: World) -> None:
    client = signed_in(world, "video_inspector")
    shot = upload(world, "video_inspector", "report", NOW)
    assert send(client, "/m/report", body_of(world, evidence=shot, source="inspector")).status_code == 422
    send(client, "/m/report", body_of(world, evidence=shot))
    assert the_case().source.code == "video"
    assert client.get("/m/").status_code == 200
    assert client.get("/m/tasks").status_code == 403


@pytest.mark.parametrize(
    ("username", "source", "status"),
    [
        ("inspector", "inspector", 201),
        ("inspector", "leader", 403),
        ("inspector", "hotline", 403),
        ("video_inspector", "video", 201),
        ("video_inspector", "inspector", 403),
        ("operator", "leader", 201),
        ("shift_leader", "hotline", 201),
        ("dispatcher", "inspector", 403),
        ("team", "inspector", 403),
    ],
)
def test_nobody_claims_a_source_that_is_not_his(world: World, username: str, source: str, status: int) -> None:
    body = {"client_id": str(uuid4()), "source": source, "point": world.place(0), "description": "占道"}
    answer = signed_in(world, username).post("/api/v1/reports", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert Case.objects.count() == (status == 201)


def test_a_late_answer_that_is_not_complete_stays_on_the_page(world: World) -> None:
    walk = Walk(world).checking()
    task, client = walk.task("check"), signed_in(world)
    walk.do("close_special", "shift_leader", {"note": "领导要求"})
    body = {"client_id": str(uuid4()), "revision": task.revision, "field:note": "还没处理"}
    answer = send(client, f"/m/tasks/{task.pk}/fail", body)
    assert answer.status_code == 422
    assert "还没处理" in answer.content.decode()
    assert not LateReply.objects.exists()


NUL = "\x00"


@pytest.mark.parametrize(
    "address",
    [
        "cases/%00",
        "categories?q=%00",
        "reports?after=%00",
        "tasks?kind=%00&lon=%00",
        "report?minor=%00",
        "nearby?lon=%00",
    ],
)
def test_bad_addresses_are_answered_calmly(world: World, address: str) -> None:
    assert signed_in(world).get(f"/m/{address}").status_code in {200, 404, 422}


@pytest.mark.parametrize("field", ["description", "address", "component_code", "evidence", "standard"])
def test_bad_bytes_write_nothing(world: World, field: str) -> None:
    assert send(signed_in(world), "/m/report", body_of(world) | {field: NUL}).status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("field", ["field:note", "photos:photos:verify", "photos:x", "client_id", "lon"])
def test_bad_bytes_answer_nothing(world: World, field: str) -> None:
    task = verifying(world).task("verify")
    body = {"client_id": str(uuid4()), "revision": "1", "field:note": "有", "lat": "1", field: NUL}
    assert send(signed_in(world), f"/m/tasks/{task.pk}/confirm", body).status_code == 422


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "最近用过"), ("q=zzzz", "没有找到"), ("minor={minor}", "选立案条件"), ("major={major}", "全部大类")],
)
def test_categories_are_found(world: World, query: str, words: str) -> None:
    Walk(world).reported()
    minor = world.standard().minor
    page = signed_in(world).get("/m/categories?" + query.format(minor=minor.pk, major=minor.major_id))
    assert words in page.content.decode()


def test_a_category_is_found_by_pinyin(world: World) -> None:
    minor = world.standard().minor
    page = signed_in(world).get("/m/categories", {"q": minor.initials})
    assert minor.pk in [row["minor"].id for row in page.context["minors"]]


def test_what_is_near_is_told(world: World) -> None:
    Walk(world).reported()
    lon, lat = world.place(0)
    page = signed_in(world).get("/m/nearby", {"lon": lon, "lat": lat, "minor": world.standard().minor_id})
    assert len(page.context["similar"]) == 1
    assert signed_in(world).get("/m/nearby?lon=x").status_code == 422


PAGES = {"/m/": 9, "/m/tasks": 3, "/m/reports": 4, "/m/notices": 3, "/m/report": 2, "/m/categories": 3}


def questions(client: Client, address: str) -> list[str]:
    """The statements of a page in a warm server: memories of versions fade within seconds, so the calmest of three."""
    found: list[list[str]] = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        found.append([row["sql"][:160] for row in captured])
    return min(found, key=len)


@pytest.mark.parametrize(("address", "most"), PAGES.items())
def test_pages_ask_a_fixed_number_of_questions(world: World, address: str, most: int) -> None:
    client = signed_in(world)
    counted = []
    for _round in range(2):
        for _case in range(2):
            verifying(world)
            Walk(world).reported().do("reject", "operator", {"reason": "gone", "note": "无"})
        counted.append(questions(client, address))
    assert len(counted[0]) == len(counted[1]) <= most, "\n".join(counted[1])


@pytest.mark.parametrize(("page", "most"), [("task", 12), ("answer", 8), ("case", 14)])
def test_one_task_and_one_case_are_few_questions(world: World, page: str, most: int) -> None:
    walk = Walk(world).checking()
    task = walk.task("check").pk
    address = {"task": f"/m/tasks/{task}", "answer": f"/m/tasks/{task}/pass", "case": f"/m/cases/{walk.number}"}[page]
    found = questions(signed_in(world), address)
    assert len(found) <= most, "\n".join(found)
