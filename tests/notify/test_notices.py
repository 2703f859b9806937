"""Notices reach whom they name, once, and are read by each for himself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityloop.notify import actions, texts
from cityloop.notify.actions import PostRecipient, tell
from cityloop.notify.selectors import count_unread, latest
from cityloop.org.actor import ANONYMOUS, SYSTEM, get_actor
from tests.org.make import NOW, holder, unit

if "test.word" not in texts.TEXTS:
    texts.register("test.word", "案件 {number} 待办")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("here", "kind", "area", "reached"),
    [
        (True, "unit", "", True),
        (True, "unit", "310101002", True),
        (True, "unit", "310105", False),
        (True, "dispatcher", "", False),
        (False, "unit", "310101", False),
        (None, "unit", "310101", True),
    ],
)
def test_a_notice_reaches_the_holders_of_a_post(here: bool | None, kind: str, area: str, reached: bool) -> None:
    place, other = unit("A"), unit("B")
    scope = "310101" if area else ""
    worker = get_actor(holder("unit", at=place, area_code=scope), now=NOW)
    unit_id = None if here is None else (place.pk if here else other.pk)
    with CaptureQueriesContext(connection) as queries:
        tell([PostRecipient(unit_id, kind, area)], "test.word", {"number": "7"}, "/x", now=NOW)
    assert len(queries) == 1
    assert count_unread(worker) == int(reached)


@pytest.mark.django_db
def test_each_reads_for_himself() -> None:
    place = unit("A")
    one, two = (get_actor(holder("unit", name, at=place), now=NOW) for name in ("one", "two"))
    assert one.person_id
    tell([one.person_id, one.person_id, PostRecipient(place.pk, "unit")], "test.word", {}, now=NOW)
    assert (count_unread(one), count_unread(two)) == (2, 1)
    theirs = [notice.pk for notice, read in latest(one, most=9)]
    assert actions.mark_read(theirs, by=two, now=NOW) == 1
    assert (count_unread(one), count_unread(two)) == (2, 0)
    assert actions.mark_read(None, by=one, now=NOW) == 2
    assert actions.mark_read(None, by=one, now=NOW) == 0
    assert [read for _, read in latest(one, most=9)] == [True, True]
    assert latest(one, most=9, before=theirs[-1]) == []


@pytest.mark.django_db
def test_strangers_read_nothing_and_old_notices_go() -> None:
    place = unit("A")
    tell([PostRecipient(place.pk, "unit")], "test.word", {}, now=NOW)
    assert count_unread(ANONYMOUS) == count_unread(SYSTEM) == actions.mark_read(None, by=ANONYMOUS, now=NOW) == 0
    assert actions.expire(NOW + timedelta(days=89)) == 0
    assert actions.expire(NOW + timedelta(days=91)) == 1


@pytest.mark.parametrize(
    ("key", "params", "text"),
    [("test.word", {"number": "7"}, "案件 7 待办"), ("test.word", {}, "案件 … 待办"), ("gone", {}, "gone")],
)
def test_a_text_never_fails(key: str, params: dict[str, str], text: str) -> None:
    assert texts.render(key, params) == text
