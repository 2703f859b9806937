"""The bell, the list, and the API of notices."""

import pytest
from django.test import Client

from cityloop.notify.actions import tell
from tests.notify.test_notices import NOW  # registers the text
from tests.org.make import holder, person

pytestmark = pytest.mark.django_db


def test_a_notice_is_seen_opened_and_gone(client: Client) -> None:
    worker, other = holder("operator"), person("other")
    client.force_login(worker)
    tell([worker.pk], "test.word", {"number": "<7>"}, "/somewhere", now=NOW)
    tell([worker.pk], "test.word", {"number": "8"}, "//evil.example", now=NOW)
    tell([other.pk], "test.word", {"number": "9"}, now=NOW)
    bell = client.get("/notices/bell").content.decode()
    assert 'data-unread="2"' in bell
    assert "&lt;7&gt;" in bell
    items = client.get("/api/v1/notices").json()
    assert (items["unread"], [item["text"] for item in items["items"]]) == (2, ["案件 8 待办", "案件 <7> 待办"])
    evil, good = (item["id"] for item in items["items"])
    assert client.get(f"/notices/{good}").headers["Location"] == "/somewhere"
    assert client.get(f"/notices/{evil}").headers["Location"] == "/notices/"
    assert client.get(f"/notices/{evil + 1}").status_code == 404
    assert client.get("/api/v1/notices?limit=1").json()["items"][0]["read"] is True
    assert [item["id"] for item in client.get(f"/api/v1/notices?before={evil}").json()["items"]] == [good]
    assert client.get("/api/v1/notices?limit=0").json()["code"] == "invalid"


def test_all_are_marked_read(client: Client) -> None:
    worker = holder("operator")
    client.force_login(worker)
    for _ in range(51):
        tell([worker.pk], "test.word", {}, now=NOW)
    assert "before=" in client.get("/notices/").content.decode()
    marked = client.post("/api/v1/notices/read", {"ids": [1, 2]}, content_type="application/json")
    assert marked.json() == {"marked": 0}
    assert client.post("/notices/read").status_code == 302
    assert client.get("/api/v1/notices").json()["unread"] == 0
