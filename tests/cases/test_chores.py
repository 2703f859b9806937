"""The worker's daily chores, by `cityloop work --once`."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from cityloop.base import chores
from cityloop.journal.models import Entry
from cityloop.notify.models import Notice
from cityloop.org.models import ImportDraft
from tests.world import World


@pytest.fixture(autouse=True)
def the_tests_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker closes what is old after each look; the test's transaction shall live on."""
    monkeypatch.setattr("cityloop.cases.management.commands.work.close_old_connections", lambda: None)


def leave_behind(world: World, age: timedelta) -> None:
    """A notice, a session and an uploaded workbook, whose time was over (or is, by a negative age) that long ago."""
    end, person = timezone.now() - age, world.people["operator"]
    Notice.objects.create(at=end - timedelta(days=90), text_key="cases.overdue", person_id=person.pk)
    Session.objects.create(session_key=f"s{age.total_seconds():.0f}", session_data="", expire_date=end)
    ImportDraft.objects.create(person_id=person.pk, at=end - timedelta(hours=1), name="x", content=b"x")


def left() -> tuple[int, int, int]:
    """How many of them there are."""
    return Notice.objects.count(), Session.objects.count(), ImportDraft.objects.count()


def test_what_has_expired_goes_and_the_rest_stays(world: World) -> None:
    before = left()
    leave_behind(world, timedelta(minutes=5))
    leave_behind(world, -timedelta(minutes=5))
    call_command("work", "--once")
    assert left() == tuple(count + 1 for count in before)
    assert Entry.objects.filter(what="cases.root").count() == 1
    call_command("work", "--once")
    assert Entry.objects.filter(what="cases.root").count() == 1


def test_a_chore_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError

    monkeypatch.setattr(chores, "_daily", {"a": fail, **chores._daily})
    before = left()
    leave_behind(world, timedelta(minutes=5))
    call_command("work", "--once")
    assert left() == before


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match=r"notify\.expire"):
        chores.register_daily("notify.expire", lambda now: None)
