"""What a seat writes down of a caller: how he is spoken to and answered, and the recording of his call."""

from uuid import uuid4

import pytest
from django.test import Client

from cityloop.cases.models import Case
from cityloop.evidence.actions import store
from tests.evidence.make import wav
from tests.intake.calls import at_desk, call
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def recorded(world: World, by: str = "operator") -> str:
    """A recording in the store; its id."""
    return str(store(uuid4(), wav(), purpose="call", by=world.actor(by), now=NOW).pk)


def registered(world: World, client: Client, **fields: str) -> Case:
    assert client.post("/intake/register", call(world, **fields)).status_code == 200
    return Case.objects.latest("pk")


def test_the_page_keeps_gender_way_and_recording(world: World) -> None:
    client, sound = at_desk(world), recorded(world)
    case = registered(world, client, recordings=sound)
    page = client.get(f"/cases/{case.number}/").content.decode()
    for words in (
        '李四 <span class="cl-mark">男</span>',
        "短信",
        "来电录音",
        f'<audio controls preload="none" src="/cases/{case.number}/evidence/{sound}"',
    ):
        assert words in page
    contact = client.get(f"/api/v1/cases/{case.number}").json()["reports"][0]["contact"]
    assert (contact["gender"], contact["reply_by"]) == ("male", "sms")
    assert b"male" not in bytes(case.reports.get().contact.gender)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("phone", "reply_by", "status", "kept"),
    [
        ("154 1234 5678", "", 200, "phone"),
        ("", "", 200, "none"),
        ("", "source", 200, "source"),
        ("", "sms", 422, None),
        ("", "phone", 422, None),
        ("154 1234 5678", "pigeon", 422, None),
    ],
)
def test_a_way_of_answering_needs_what_it_uses(
    world: World, phone: str, reply_by: str, status: int, kept: str | None
) -> None:
    answer = at_desk(world).post("/intake/register", call(world, phone=phone, reply_by=reply_by))
    assert answer.status_code == status
    if kept:
        contact = Case.objects.latest("pk").reports.get().contact
        assert contact is not None
        assert contact.reply_by == kept


def test_the_api_takes_the_same(world: World) -> None:
    client, sound = at_desk(world), recorded(world)
    reporter = {"name": "李四", "phone": "15412345678", "gender": "female", "reply_by": "source"}
    body: dict[str, object] = {
        "client_id": str(uuid4()),
        "source": "hotline",
        "point": world.place(),
        "reporter": reporter,
    }
    body["recordings"] = [sound]
    sent = client.post("/api/v1/reports", body, content_type="application/json")
    assert sent.status_code == 201
    case = client.get(f"/api/v1/cases/{sent.json()['number']}").json()
    assert case["reports"][0]["contact"]["gender_label"] == "女"
    assert [(row["purpose"], row["kind"]) for row in case["evidence"]] == [("call", "sound")]
    wrong = {**body, "client_id": str(uuid4()), "recordings": [], "reporter": {"name": "李四", "reply_by": "sms"}}
    refused = client.post("/api/v1/reports", wrong, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(("confidential", "above"), [("", 200), ("true", 404)])
def test_who_does_not_read_contacts_does_not_hear_them(world: World, confidential: str, above: int) -> None:
    client, sound = at_desk(world), recorded(world)
    case = registered(world, client, recordings=sound, confidential=confidential, source="leader")
    client.post(f"/intake/register/{case.number}/do/direct_file", {"leader": "张市长", "instruction": "请办"})
    expected = {"operator": 200, "shift_leader": 200, "city_operator": above, "dispatcher": 404}
    for username, status in expected.items():
        other = at_desk(world, username)
        for address in (f"/cases/{case.number}/evidence/{sound}", f"/api/v1/cases/{case.number}/evidence/{sound}"):
            assert other.get(address).status_code == status, (username, address)
        page = other.get(f"/cases/{case.number}/").content.decode()
        assert ("来电录音" in page) is (status == 200), username
        assert (">男</span>" in page) is (status == 200 and not confidential), username
