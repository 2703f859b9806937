"""The core over HTTP, as phones, partners and pages use it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cityloop.cases.models import Case, LateReply
from cityloop.org.sign_in import issue_token
from tests.cases.walk import Walk, upload
from tests.world import NOW, World

JSON = "application/json"


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests arrive at the world's moment."""
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


def signed_in(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.people[username])
    return client


def act(client: Client, address: str, data: dict[str, Any] | None = None, **body: Any) -> Any:
    return client.post(f"/api/v1/{address}", {"client_id": str(uuid4()), "data": data or {}, **body}, content_type=JSON)


def test_a_report_becomes_a_case_and_its_retry_does_not(world: World) -> None:
    client = signed_in(world, "inspector")
    body = {
        "client_id": str(uuid4()),
        "source": "inspector",
        "description": "井盖破损",
        "point": world.place(0),
        "standard": world.standard().pk,
        "evidence": [upload(world, "inspector", "report", NOW)],
    }
    first = client.post("/api/v1/reports", body, content_type=JSON)
    again = client.post("/api/v1/reports", body, content_type=JSON)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    number = first.json()["number"]
    shown = client.get(f"/api/v1/cases/{number}").json()
    assert shown["state"] == "reported"
    assert len(shown["evidence"]) == 1
    photo = f"/api/v1/cases/{number}/evidence/{body['evidence'][0]}"
    assert client.get(f"{photo}/thumbnail").status_code == 200
    assert signed_in(world, "stranger").get(photo).json()["code"] == "not_yours"
    assert signed_in(world, "other_operator").get(photo).json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"source": "nobody"}, 422, "invalid"),
        ({"point": [1]}, 422, "invalid"),
        ({"point": [500, 20]}, 422, "invalid"),
        ({"client_id": "x"}, 422, "invalid"),
        ({"description": "x" * 2001}, 422, "invalid"),
        ({"evidence": ["00000000-0000-0000-0000-000000000000"]}, 422, "invalid"),
    ],
)
def test_a_bad_report_writes_nothing(world: World, change: dict[str, Any], status: int, code: str) -> None:
    body = {"client_id": str(uuid4()), "source": "inspector", "point": world.place(0), **change}
    answer = signed_in(world, "inspector").post("/api/v1/reports", body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Case.objects.exists()


def test_offers_are_what_may_be_done(world: World) -> None:
    walk = Walk(world).reported()
    shown = signed_in(world, "operator").get(f"/api/v1/cases/{walk.number}").json()
    offers = {offer["do"]: offer for offer in shown["offers"]}
    assert {"file", "reject", "send_verify", "escalate", "merge", "amend", "ask_void"} <= set(offers)
    assert offers["file"]["missing"] is None
    assert offers["reject"]["form"]["required"] == ["reason", "note"]
    watching = signed_in(world, "city_operator").get(f"/api/v1/cases/{walk.number}").json()
    assert watching["offers"] == []


def test_boxes_count_and_page(world: World) -> None:
    numbers = [Walk(world).reported().number for _ in range(3)]
    client = signed_in(world, "operator")
    counted = {box["name"]: box for box in client.get("/api/v1/boxes").json()}
    if "reported" not in counted:
        pytest.skip("the stage that owns this box is not installed")
    assert (counted["reported"]["count"], counted["reported"]["late"]) == (3, 0)
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/api/v1/boxes/reported?size=2&after={after}").json()
        seen += [row["case"]["number"] for row in page["items"]]
        after = page["next"]
    assert seen == numbers
    assert client.get("/api/v1/boxes/nothing").json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("size=2", 2),
        ("q=东街", 3),
        ("q=东街 没有", 0),
        ("phase=received", 2),
        ("state=filed", 1),
        ("source=hotline", 1),
        ("area=310101", 3),
        ("area=310106", 0),
        ("until=2026-03-02", 0),
        ("since=2026-03-02", 3),
        ("overdue=true", 0),
    ],
)
def test_lists_filter(world: World, query: str, found: int) -> None:
    Walk(world).reported()
    Walk(world).filed()
    Walk(world).reported("hotline", by="operator")
    answer = signed_in(world, "operator").get(f"/api/v1/cases?{query}")
    assert len(answer.json()["items"]) == found, answer.content


@pytest.mark.parametrize("words", ["15412345678", "1234567", "电话15412345678"])
def test_a_masked_telephone_is_not_guessed_by_search(world: World, words: str) -> None:
    walk = Walk(world).reported()
    Case.objects.filter(number=walk.number).update(description="请打电话15412345678")
    assert signed_in(world, "operator").get(f"/api/v1/cases?q={words}").json()["items"] == []


def test_a_case_is_found_by_its_last_digits(world: World) -> None:
    walk = Walk(world).reported()
    Walk(world).reported()
    found = signed_in(world, "operator").get(f"/api/v1/cases?q={walk.number[-5:]}").json()["items"]
    assert walk.number in [row["number"] for row in found]
    assert all(row["number"].endswith(walk.number[-5:]) for row in found)
    assert signed_in(world, "operator").get("/api/v1/cases?after=junk").json()["code"] == "invalid"


def test_an_answer_that_came_too_late_is_kept(world: World) -> None:
    walk = Walk(world).checking()
    task = walk.task("check")
    walk.do("close_special", "shift_leader", {"note": "领导要求"})
    photo = upload(world, "inspector", "check", NOW)
    client = signed_in(world, "inspector")
    answer = act(client, f"tasks/{task.pk}/actions/pass", {"photos": [photo]}, revision=task.revision)
    assert answer.status_code == 409
    assert answer.json()["details"]["kept"] is True
    assert LateReply.objects.get(case=walk.case).do == "pass"
    assert walk.case.evidence.filter(evidence_id=photo).exists()


def test_the_history_is_told(world: World) -> None:
    walk = Walk(world).closed()
    events = signed_in(world, "operator").get(f"/api/v1/cases/{walk.number}/events").json()
    assert [event["seq"] for event in events] == list(range(1, 12))
    assert events[1]["label"] == "立案"


def test_a_claim_is_shown_to_others_and_released(world: World) -> None:
    walk = Walk(world).reported()
    one, two = signed_in(world, "operator"), signed_in(world, "operator_two")
    address = f"/api/v1/cases/{walk.number}/claim"
    assert one.put(address).json() == {"held_by": None}
    assert two.put(address).json() == {"held_by": "王受理"}
    assert one.delete(address).status_code == 204
    assert two.put(address).json() == {"held_by": None}
    assert walk.case.revision == 1


@pytest.mark.parametrize("way", ["session", "token"])
def test_an_action_over_http_is_few_statements(world: World, way: str) -> None:
    """At most ten beside BEGIN and COMMIT, learning who asks included."""
    walk = Walk(world).filed()
    client = signed_in(world, "dispatcher")
    if way == "token":
        token = issue_token(world.people["dispatcher"], label="machine", by=world.actor("dispatcher"), now=NOW)
        client = Client(headers={"Authorization": f"Bearer {token}"})
    unit = world.units["water"].pk
    act(client, f"cases/{walk.number}/actions/nothing")  # the caches are warm in a running server
    with CaptureQueriesContext(connection) as captured:
        answer = act(client, f"cases/{walk.number}/actions/dispatch", {"unit": unit})
    assert answer.status_code == 201, answer.content
    statements = [row["sql"] for row in captured if "SAVEPOINT" not in row["sql"]]
    assert len(statements) <= 10, "\n".join(line[:150] for line in statements)
