"""Signing in by page and by API: locks, first duties, handlers, tokens, what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.config.urls import urlpatterns as real_urls
from cityloop.journal.models import Entry
from cityloop.org import actions
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, SignInCount, Token
from cityloop.org.sign_in import authenticate
from tests.org.make import NOW, PASSWORD, holder, person

pytestmark = pytest.mark.django_db
WRONG = "wrong-horse-7"


@permission_required("org.view")
def probe(request: ActorRequest) -> HttpResponse:
    """A page that needs a permission."""
    return HttpResponse(request.actor.name)


urlpatterns = [*real_urls, path("probe", probe, name="probe"), path("home-of-tests", probe, name="home")]


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def post_json(client: Client, address: str, body: dict[str, object], **headers: str) -> Any:
    """A JSON request."""
    return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)


def attempt(username: str, password: str, *, minutes: int = 0) -> str:
    """The outcome of one attempt, `minutes` after NOW."""
    try:
        authenticate(username, password, now=NOW + timedelta(minutes=minutes))
    except Refused as refusal:
        return refusal.code
    return "in"


@pytest.mark.parametrize("username", ["wang", "nobody"])
def test_a_name_is_locked_after_failures_whether_it_exists_or_not(username: str) -> None:
    person("wang")
    assert [attempt(username, WRONG) for _ in range(5)] == ["not_signed_in"] * 4 + ["too_many"]
    assert attempt(username, PASSWORD, minutes=14) == "too_many"
    # Trying while locked does not prolong the lock.
    assert attempt(username, PASSWORD, minutes=15) == ("in" if username == "wang" else "not_signed_in")
    assert Entry.objects.filter(what="org.locked_out").count() == (1 if username == "wang" else 0)


@pytest.mark.parametrize(("minutes", "outcome"), [([0, 0, 0, 0, 16], "not_signed_in"), ([0, 4, 8, 12, 16], "too_many")])
def test_failures_count_while_they_follow_each_other(minutes: list[int], outcome: str) -> None:
    person("wang")
    assert [attempt("wang", WRONG, minutes=at) for at in minutes][-1] == outcome


def test_success_forgets_failures_and_old_counts_go() -> None:
    person("wang")
    assert [attempt("wang", WRONG) for _ in range(4)] == ["not_signed_in"] * 4
    assert attempt(" WANG ", PASSWORD) == "in"
    assert attempt("wang", WRONG) == "not_signed_in"
    assert attempt("other", WRONG, minutes=60 * 25) == "not_signed_in"
    assert [count.username for count in SignInCount.objects.all()] == ["other"]


def test_a_reset_unlocks() -> None:
    account = person("wang")
    assert [attempt("wang", WRONG) for _ in range(5)][-1] == "too_many"
    actions.reset_password(account, by=SYSTEM, now=NOW, password="other-horse-8")
    assert attempt("wang", "other-horse-8") == "in"


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"password": "!"}],
)
def test_closed_and_unusable_accounts_look_like_a_wrong_password(change: dict[str, object]) -> None:
    person("wang")
    Person.objects.update(**change)
    assert attempt("wang", PASSWORD) == "not_signed_in"


def test_the_page_signs_in_under_a_new_key_and_goes_back(client: Client) -> None:
    holder("system_admin", "root")
    asked = client.get("/probe?x=1")
    assert asked.headers["Location"] == "/sign-in?next=/probe%3Fx%3D1"
    client.get("/sign-in")
    before = client.session.session_key
    answer = client.post(asked.headers["Location"], {"username": "root", "password": PASSWORD})
    assert answer.headers["Location"] == "/probe?x=1"
    assert client.session.session_key not in {before, None}
    assert client.get("/probe").content.decode() == "system_admin"
    client.post("/sign-out")
    assert client.get("/probe").status_code == 302
    assert [entry.what for entry in Entry.objects.filter(what__contains=".sign_").order_by("id")] == [
        "org.sign_in",
        "org.sign_out",
    ]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_page_never_sends_anybody_off_the_site(client: Client, target: str) -> None:
    person("wang")
    answer = client.post(f"/sign-in?next={target}", {"username": "wang", "password": PASSWORD})
    assert answer.headers["Location"] == reverse("home")


@pytest.mark.parametrize(("password", "status"), [(WRONG, 401), ("", 422)])
def test_the_page_says_no(client: Client, password: str, status: int) -> None:
    person("wang")
    answer = client.post("/sign-in", {"username": "wang", "password": password})
    assert answer.status_code == status
    assert WRONG not in answer.content.decode()


def test_a_first_password_must_be_changed_before_anything(client: Client) -> None:
    account = holder("system_admin", "root")
    actions.reset_password(account, by=SYSTEM, now=NOW, password="first-horse-1")
    post_json(client, "session", {"username": "root", "password": "first-horse-1"})
    assert client.get("/probe").headers["Location"] == "/password?next=/probe"
    assert client.get("/probe", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/password"
    assert client.get("/api/v1/units").json()["details"] == {"rule": "change_password"}
    assert client.get("/api/v1/session").json()["duty"] == "change_password"
    assert client.get("/password").status_code == 200
    fields = {"old_password": "first-horse-1", "password": "second-horse-2", "again": "second-horse-2"}
    for wrong in ({"old_password": "x"}, {"again": "x"}, {"password": "short", "again": "short"}):
        assert client.post("/password", {**fields, **wrong}).status_code == 422
    assert client.post("/password?next=/probe", fields).headers["Location"] == "/probe"
    assert client.get("/probe").status_code == 200


def test_a_unit_account_chooses_who_acts(client: Client) -> None:
    account = holder("system_admin", "jsj")
    actions.change_person(account, by=SYSTEM, now=NOW, name="市建设局", unit_account=True)
    actions.change_handlers(account, by=SYSTEM, now=NOW, names=("王工", "李工"))
    first = account.handlers.get(name="王工")
    client.post("/sign-in", {"username": "jsj", "password": PASSWORD})
    assert client.get("/probe").headers["Location"].startswith("/handler")
    assert client.get("/api/v1/units").json()["details"] == {"rule": "choose_handler"}
    assert "王工" in client.get("/handler").content.decode()
    assert client.post("/handler", {"handler": "999999"}).status_code == 422
    assert client.post("/handler?next=/probe", {"handler": first.pk}).headers["Location"] == "/probe"
    assert client.get("/probe").content.decode() == "市建设局·王工"
    # Struck off: his open session ends.
    actions.change_handlers(account, by=SYSTEM, now=NOW, names=("李工",))
    assert client.get("/probe").headers["Location"].startswith("/sign-in")
    other = Client()
    answer = post_json(other, "session", {"username": "jsj", "password": PASSWORD, "handler": "李工", "token": "平台"})
    assert (answer.json()["name"], answer.json()["duty"]) == ("市建设局·李工", None)
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert Client().get("/api/v1/session", headers=bearer).json()["name"] == "市建设局·李工"


def test_a_machine_uses_a_token_until_it_is_revoked(client: Client) -> None:
    account = holder("operator", "robot")
    signed = post_json(client, "session", {"username": "robot", "password": PASSWORD, "token": "对接平台"}).json()
    assert not Token.objects.filter(digest=signed["token"]).exists()
    bearer = {"Authorization": f"Bearer {signed['token']}"}
    machine = Client(enforce_csrf_checks=True)
    me = machine.get("/api/v1/session", headers=bearer).json()
    assert (me["username"], [post["kind"] for post in me["posts"]]) == ("robot", ["operator"])
    assert post_json(machine, "notices/read", {}, **bearer).json() == {"marked": 0}
    token = machine.get("/api/v1/tokens", headers=bearer).json()[0]
    assert token["label"] == "对接平台"
    assert machine.delete("/api/v1/tokens/0", headers=bearer).status_code == 404
    assert machine.delete(f"/api/v1/tokens/{token['id']}", headers=bearer).status_code == 204
    assert machine.get("/api/v1/session", headers=bearer).status_code == 401
    for change in ({"revoked_at": None, "expires_at": timezone.now()}, {"expires_at": NOW + timedelta(days=9999)}):
        Token.objects.update(**change)
        Person.objects.filter(pk=account.pk).update(is_active=False)
        answer = machine.get("/api/v1/session", headers=bearer)
        assert (answer.status_code, answer.json()["details"]) == (401, {"rule": "token"})


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("get", "session", 401, "not_signed_in"),
        ("get", "units", 401, "not_signed_in"),
        ("get", "notices", 401, "not_signed_in"),
        ("delete", "session", 401, "not_signed_in"),
        ("get", "no/such/place", 404, "not_found"),
        ("post", "session", 422, "invalid"),
    ],
)
def test_every_refusal_of_the_api_has_one_shape(
    client: Client, method: str, address: str, status: int, code: str
) -> None:
    answer = getattr(client, method)(f"/api/v1/{address}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "details"}


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ('{"username": "wang"}', "application/json", "invalid"),
        ('{"username": ', "application/json", "invalid"),
        ('{"username": "wang", "password": "right-horse-7"}', "text/plain", "invalid"),
        ('{"username": "wang", "password": "wrong"}', "application/json", "not_signed_in"),
    ],
)
def test_signing_in_by_api_is_refused(client: Client, body: str, kind: str, code: str) -> None:
    person("wang")
    answer = client.post("/api/v1/session", body, content_type=kind)
    assert answer.json()["code"] == code
    assert "sessionid" not in answer.cookies


def test_a_cookie_session_needs_the_csrf_token_to_write() -> None:
    person("wang")
    browser = Client(enforce_csrf_checks=True)
    post_json(browser, "session", {"username": "wang", "password": PASSWORD})
    refused = post_json(browser, "notices/read", {})
    assert (refused.status_code, refused.json()["details"]) == (403, {"rule": "csrf"})
    token = browser.cookies["csrftoken"].value
    assert post_json(browser, "notices/read", {}, **{"X-CSRFToken": token}).status_code == 200


def test_a_changed_password_ends_every_session_and_token(client: Client) -> None:
    person("wang")
    other = Client()
    for each in (client, other):
        signed = post_json(each, "session", {"username": "wang", "password": PASSWORD, "token": "x"}).json()
    new = "another-horse-9"
    assert post_json(client, "session/password", {"old": WRONG, "new": new}).json()["code"] == "invalid"
    assert post_json(client, "session/password", {"old": PASSWORD, "new": new}).status_code == 204
    assert [each.get("/api/v1/session").status_code for each in (client, other)] == [401, 401]
    bearer = {"Authorization": f"Bearer {signed['token']}"}
    assert Client().get("/api/v1/session", headers=bearer).status_code == 401


def test_knowing_who_asks_costs_two_statements(client: Client) -> None:
    holder("operator", "wang")
    token = post_json(client, "session", {"username": "wang", "password": PASSWORD, "token": "x"}).json()["token"]
    client.get("/api/v1/session")
    with CaptureQueriesContext(connection) as by_cookie:
        assert client.get("/api/v1/session").json()["posts"]
    with CaptureQueriesContext(connection) as by_token:
        Client().get("/api/v1/tokens", headers={"Authorization": f"Bearer {token}"})
    assert (len(by_cookie), len(by_token)) == (2, 2)  # the second of by_token is the list itself
