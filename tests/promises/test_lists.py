"""What a list of the API costs does not grow with its rows; and nothing may be chosen that has ended."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import tests.cases.walk
from cityloop.base.errors import Refused
from cityloop.cases import kinds
from cityloop.cases.actions import perform
from cityloop.codes import version
from cityloop.codes.models import DictionaryEntry
from cityloop.org.models import Post
from tests.cases.walk import Walk
from tests.promises.http import signed_in
from tests.promises.test_recall import STEPS
from tests.world import NOW, World

# Address: who asks, how a row comes about, and how many statements it may cost, his session included.
LISTS = {
    "cases": ("operator", "reported", 4),
    "cases?q=东街&phase=received&overdue=false": ("operator", "reported", 4),
    "boxes": ("dispatcher", "dispatched", 6),
    "boxes/reported": ("operator", "reported", 4),
    "boxes/filed": ("dispatcher", "filed", 4),
    "boxes/to_acknowledge": ("water", "dispatched", 4),
    "notices": ("operator", "reported", 5),
}


def statements(client: Client, address: str) -> int:
    client.get(f"/api/v1/{address}")
    with CaptureQueriesContext(connection) as found:
        answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.content
    return len([row for row in found.captured_queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_however_long(world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)  # what is kept in memory stays there
    username, reach, most = LISTS[address]
    client = signed_in(world, username)
    counts = []
    for _round in range(3):
        getattr(Walk(world), reach)()
        getattr(Walk(world), reach)()
        counts.append(statements(client, address))
    assert counts == [counts[0]] * 3
    assert counts[0] <= most


def test_an_inspector_who_has_left_is_sent_nowhere(world: World) -> None:
    walk = Walk(world).fed_back()
    walk.do("pass_audit", "dispatcher")
    person = world.people["inspector_two"]
    Post.objects.filter(person=person).update(valid_to=(NOW - timedelta(days=9000)).date(), valid_from="2000-01-01")
    kinds._inspectors.cache_clear()
    with pytest.raises(Refused) as refused:
        walk.do("send_check", "operator", {"person": person.pk})
    assert "person" in refused.value.details["fields"]
    kinds._inspectors.cache_clear()


def test_a_retired_reason_is_chosen_no_more(world: World) -> None:
    DictionaryEntry.objects.filter(code="private_dispute").update(valid_to="2020-01-01")
    version.bump()
    with pytest.raises(Refused) as refused:
        Walk(world).reported().do("reject", "operator", {"reason": "private_dispute", "note": "x"})
    assert "reason" in refused.value.details["fields"]


@pytest.mark.parametrize("name", STEPS)
def test_an_action_costs_few_statements(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside BEGIN and COMMIT, with a warm memory; ten are promised, and two of them learn who asks."""
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    prepare, do, _sender = STEPS[name]
    do(world, prepare(world))
    walk, counts = prepare(world), []

    def counted(*args: Any, **more: Any) -> Any:
        with CaptureQueriesContext(connection) as found:
            outcome = perform(*args, **more)
        counts.append(len([row for row in found.captured_queries if "SAVEPOINT" not in row["sql"]]))
        return outcome

    monkeypatch.setattr(tests.cases.walk, "perform", counted)
    do(world, walk)
    assert max(counts) <= 8
