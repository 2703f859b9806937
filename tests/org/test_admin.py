"""Units and people by page and by API: the same acts behind the same permissions."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cityloop.org.models import Person, Post, Unit
from tests.org.make import PASSWORD, holder, person, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    """A browser in which the system administrator is signed in."""
    client.force_login(holder("system_admin", "root", at=unit("ROOT", name="信息中心")))
    return client


def api(client: Client, method: str, address: str, **body: Any) -> Any:
    """A JSON call."""
    return getattr(client, method)(f"/api/v1/{address}", body, content_type="application/json")


def test_a_unit_by_page(admin: Client) -> None:
    fields = {
        "code": "102",
        "name": "市建设局",
        "short_name": "",
        "level": "department",
        "parent": "",
        "area_code": "",
        "position": "3",
        "active_from": "",
    }
    assert admin.post(reverse("org:unit_new"), {**fields, "code": "ROOT"}).status_code == 422
    assert admin.post(reverse("org:unit_new"), {**fields, "level": "x"}).status_code == 422
    made = admin.post(reverse("org:unit_new"), fields)
    branch = Unit.objects.get(code="102")
    assert made.headers["Location"] == reverse("org:unit", args=[branch.pk])
    root = Unit.objects.get(code="ROOT")
    change = {**fields, "name": "市住建局", "parent": root.pk}
    assert admin.post(reverse("org:unit_change", args=[branch.pk]), change).status_code == 302
    branch.refresh_from_db()
    assert (branch.name, branch.path) == ("市住建局", f"{root.pk}/{branch.pk}/")
    circle = {**fields, "name": "信息中心", "parent": branch.pk}
    assert admin.post(reverse("org:unit_change", args=[root.pk]), circle).status_code == 422
    for address in (reverse("org:units"), reverse("org:units") + "?q=szj", made.headers["Location"]):
        assert "市住建局" in admin.get(address).content.decode()
    assert admin.post(reverse("org:unit_retire", args=[root.pk])).status_code == 422
    assert admin.post(reverse("org:unit_retire", args=[branch.pk])).status_code == 302
    assert Unit.objects.get(code="102").active_to is not None


def test_an_account_by_page(admin: Client) -> None:
    fields = {"username": "wang", "name": "王工", "employee_no": "7", "phone": "15400000000", "handlers": ""}
    assert admin.post(reverse("org:person_new"), {**fields, "password": "short"}).status_code == 422
    made = admin.post(reverse("org:person_new"), {**fields, "password": PASSWORD})
    wang = Person.objects.get(username="wang")
    assert made.headers["Location"] == reverse("org:person", args=[wang.pk])
    change = {**fields, "name": "王局", "unit_account": "on", "handlers": "王工\n李工\n"}
    assert admin.post(reverse("org:person_change", args=[wang.pk]), change).status_code == 302
    assert [handler.name for handler in wang.handlers.all()] == ["王工", "李工"]
    post = {
        "kind": "dispatcher",
        "unit": Unit.objects.get(code="ROOT").pk,
        "area_code": "31",
        "valid_from": "",
        "valid_to": "",
    }
    assert admin.post(reverse("org:person_appoint", args=[wang.pk]), {**post, "area_code": "x"}).status_code == 422
    assert admin.post(reverse("org:person_appoint", args=[wang.pk]), post).status_code == 302
    assert "派遣员" in admin.get(reverse("org:person", args=[wang.pk])).content.decode()
    for words in ("王局", "wj", "wang", "7"):
        assert "王局" in admin.get(reverse("org:people"), {"q": words}).content.decode()
    held = Post.objects.get(person=wang)
    assert admin.post(reverse("org:post_end", args=[held.pk]), {"last_day": "x"}).status_code == 422
    assert admin.post(reverse("org:post_end", args=[held.pk])).status_code == 302
    assert not Post.objects.filter(person=wang).exists()
    assert admin.post(reverse("org:person_reset", args=[wang.pk]), {"password": "1"}).status_code == 422
    assert admin.post(reverse("org:person_reset", args=[wang.pk]), {"password": "next-horse-8"}).status_code == 302
    for active in (False, True):
        admin.post(reverse("org:person_close", args=[wang.pk]))
        assert Person.objects.get(pk=wang.pk).is_active is active


def test_the_api_twins(admin: Client) -> None:
    made = api(admin, "post", "org/units", code="102", name="市建设局", level="department")
    assert made.status_code == 201
    root, branch = Unit.objects.get(code="ROOT").pk, made.json()["id"]
    assert api(admin, "patch", f"org/units/{branch}", name="市住建局").json()["name"] == "市住建局"
    assert api(admin, "post", f"org/units/{branch}/move", parent=root).json()["parent_id"] == root
    assert api(admin, "post", f"org/units/{root}/move", parent=branch).json()["code"] == "invalid"
    assert [row["id"] for row in admin.get("/api/v1/units?q=szjj").json()] == [branch]
    assert {row["id"] for row in admin.get(f"/api/v1/units?below={root}").json()} == {root, branch}
    wang = api(admin, "post", "org/people", username="wang", name="王工", password=PASSWORD).json()["id"]
    assert api(admin, "patch", f"org/people/{wang}", unit_account=True, handlers=["李工"]).status_code == 200
    post = api(admin, "post", f"org/people/{wang}/posts", kind="unit", unit=branch)
    assert (post.status_code, admin.get(f"/api/v1/org/people/{wang}/posts").json()) == (201, [post.json()])
    assert api(admin, "post", f"org/units/{branch}/retire").json()["details"] == {"rule": "posts"}
    assert api(admin, "post", f"org/posts/{post.json()['id']}/end").status_code == 204
    assert api(admin, "post", f"org/people/{wang}/password", password="next-horse-8").status_code == 204
    assert api(admin, "post", f"org/people/{wang}/deactivate").status_code == 204
    assert [row["is_active"] for row in admin.get("/api/v1/org/people?q=wg").json()] == [False]
    assert api(admin, "post", f"org/people/{wang}/reactivate").status_code == 204
    assert api(admin, "post", f"org/units/{branch}/retire").status_code == 200
    for missing in ("org/units/0", "org/people/0"):
        assert api(admin, "patch", missing).json()["code"] == "not_found"


ADDRESSES = {
    # address → posts that may open it; whoever else is signed in sees the refusal
    "org:units": {"system_admin", "security_admin", "audit_admin", "commander"},
    "org:people": {"system_admin", "security_admin", "audit_admin", "commander"},
    "org:unit_new": {"system_admin"},
    "org:person_new": {"system_admin"},
    "org:import": {"system_admin"},
    "org:template": {"system_admin"},
    "org:export": {"system_admin"},
    "org:change_password": {"system_admin", "security_admin", "audit_admin", "commander", "operator"},
    "org:journal": {"audit_admin"},
    "notify:list": {"system_admin", "security_admin", "audit_admin", "commander", "operator"},
    "notify:bell": {"system_admin", "security_admin", "audit_admin", "commander", "operator"},
}


@pytest.mark.parametrize("kind", ["system_admin", "security_admin", "audit_admin", "commander", "operator"])
def test_who_opens_which_page(client: Client, kind: str) -> None:
    for name in ADDRESSES:
        answer = client.get(reverse(name))
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in"), name
    client.force_login(holder(kind))
    for name, allowed in ADDRESSES.items():
        assert client.get(reverse(name)).status_code == (200 if kind in allowed else 403), name


def test_security_appoints_administrators_and_system_does_not(client: Client) -> None:
    target, place = person("target"), unit("X")
    fields = {"kind": "audit_admin", "unit": place.pk, "area_code": "", "valid_from": "", "valid_to": ""}
    for kind, status in (("system_admin", 422), ("security_admin", 302)):
        client.force_login(holder(kind))
        assert client.post(reverse("org:person_appoint", args=[target.pk]), fields).status_code == status
    # Now that he is an administrator, the system administrator cannot take his account over.
    client.force_login(Person.objects.get(username="my_system_admin"))
    reset = reverse("org:person_reset", args=[target.pk])
    assert client.post(reset, {"password": "next-horse-8"}).status_code == 422
    assert client.post(reverse("org:person_close", args=[target.pk])).status_code == 403


def test_the_journal_is_read_by_the_audit_administrator(client: Client) -> None:
    client.force_login(holder("audit_admin"))
    made = unit("J", name="日志局")
    address = reverse("org:journal")
    found = client.get(address, {"what": "org.unit_created", "words": "J", "first": "2026-03-02", "last": "2026-03-02"})
    assert "日志局" in found.content.decode()
    assert "日志局" not in client.get(address, {"what": "org.unit_created", "first": "2026-03-03"}).content.decode()
    assert client.get(address, {"first": "x"}).status_code == 422
    rows = client.get("/api/v1/org/journal", {"what": "org.unit_created", "q": "J", "since": "2026-03-02T00:00"}).json()
    assert (rows[0]["subject"], rows[0]["data"]["name"]) == (made.code, "日志局")
    older = client.get("/api/v1/org/journal", {"before": rows[0]["id"]}).json()
    assert all(row["id"] < rows[0]["id"] for row in older)
    assert client.post(address).status_code == 405
