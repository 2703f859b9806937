"""Calendars are published once, never changed, and whoever keeps deadlines is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from cityloop.base.errors import Refused
from cityloop.journal.models import Entry
from cityloop.limits import publishing, selectors
from cityloop.limits.actions import publish_calendar
from cityloop.limits.clock import Calendar, Limit, add
from cityloop.limits.models import CalendarVersion
from cityloop.limits.publishing import Published
from cityloop.org.actor import SYSTEM
from tests.limits.calendars import ORDINARY, SEASONS, at

pytestmark = pytest.mark.usefixtures("nothing_yet", "without_listeners")

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def publish(calendar: Calendar, name: str = "历") -> CalendarVersion:
    return publish_calendar(calendar, name=name, by=SYSTEM, now=NOW)


@pytest.fixture
def told(without_listeners: None) -> Iterator[list[Published]]:
    heard: list[Published] = []
    publishing.register_listener("tests.hear", heard.append)
    yield heard
    publishing.unregister_listener("tests.hear")


def test_without_a_calendar_nothing_can_be_reckoned() -> None:
    with pytest.raises(Refused) as refusal:
        selectors.current_calendar()
    assert refusal.value.code == "unavailable"


def test_the_last_published_calendar_is_in_force_and_older_ones_stay_readable() -> None:
    first, second = publish(ORDINARY), publish(SEASONS)
    assert selectors.current_calendar() == (second.pk, SEASONS)
    assert selectors.calendar_version(first.pk) == ORDINARY
    assert list(CalendarVersion.objects.filter(in_force=True)) == [second]
    assert second.number == first.number + 1
    assert Entry.objects.filter(what="limits.calendar_published", subject=str(second)).count() == 1


def test_the_same_calendar_is_not_published_twice() -> None:
    assert publish(ORDINARY).pk == publish(Calendar.from_json(ORDINARY.to_json())).pk


def test_a_version_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(Refused) as refusal:
        selectors.calendar_version(0)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("change", ["name", "body", "delete"])
def test_the_database_refuses_to_change_a_published_calendar(change: str) -> None:
    rows = CalendarVersion.objects.filter(pk=publish(ORDINARY).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        _ = rows.delete() if change == "delete" else rows.update(**{change: "{}"})


def test_the_database_keeps_one_calendar_in_force() -> None:
    old = publish(ORDINARY)
    publish(SEASONS)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVersion.objects.filter(pk=old.pk).update(in_force=True)


def test_reading_costs_no_statement_once_it_is_known(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = publish(ORDINARY)
    selectors.current_calendar()
    with django_assert_num_queries(0):
        assert selectors.current_calendar()[0] == row.pk
        assert selectors.calendar_version(row.pk) is selectors.current_calendar()[1]
        selectors.limit_for(1, "A", date(2026, 3, 2))
        selectors.stage_limit("accept", on=date(2026, 3, 2))


def test_a_rolled_back_calendar_was_never_in_force() -> None:
    publish(ORDINARY)
    with transaction.atomic():
        publish(SEASONS)
        assert selectors.current_calendar()[1] == SEASONS
        transaction.set_rollback(True)
    assert selectors.current_calendar()[1] == ORDINARY


def commit() -> None:
    """Do what the end of the outermost transaction does: run the hooks and drop them."""
    hooks, connection.run_on_commit = connection.run_on_commit, []
    for hook in hooks:
        hook[1]()


def test_other_requests_see_a_calendar_when_it_is_committed(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish(ORDINARY)
    commit()
    assert selectors.current_calendar()[1] == ORDINARY
    with django_assert_num_queries(0):
        selectors.current_calendar()
    publish(SEASONS)
    commit()
    assert selectors.current_calendar()[1] == SEASONS
    with django_assert_num_queries(0):
        selectors.current_calendar()


def test_listeners_are_told_within_the_transaction(told: list[Published]) -> None:
    first = publish(ORDINARY)
    second = publish(SEASONS)
    assert [(one.version_id, one.replaced_id) for one in told] == [(first.pk, None), (second.pk, first.pk)]
    assert told[1].calendar == SEASONS
    assert told[1].now == NOW


def test_a_listener_that_fails_keeps_the_old_calendar_in_force() -> None:
    publish(ORDINARY)

    def fail(published: Published) -> None:
        raise RuntimeError(published.version_id)

    publishing.register_listener("tests.fail", fail)
    with pytest.raises(RuntimeError):
        publish(SEASONS)
    publishing.unregister_listener("tests.fail")
    assert selectors.current_calendar()[1] == ORDINARY


def test_a_name_listens_once(told: list[Published]) -> None:
    with pytest.raises(ValueError, match=r"tests\.hear"):
        publishing.register_listener("tests.hear", print)


def test_a_provisional_deadline_becomes_certain_when_the_year_is_published() -> None:
    """What a listener does: the same start and limit on the new calendar."""
    publish(ORDINARY)
    start, limit = at("2026-12-31 10:00"), Limit(1, "work_day")
    before = add(selectors.current_calendar()[1], start, limit)
    new_year = Calendar.from_json({**ORDINARY.to_json(), "days": [{"date": "2027-01-01", "name": "元旦"}]})
    publish(replace(new_year, known_until=date(2027, 12, 31)))
    after = add(selectors.current_calendar()[1], start, limit)
    assert (before.at, before.provisional) == (at("2027-01-01 10:00"), True)
    assert (after.at, after.provisional) == (at("2027-01-04 10:00"), False)


def test_the_command_publishes_the_shipped_calendar(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("publish_calendar")
    calendar = selectors.current_calendar()[1]
    assert add(calendar, at("2026-09-30 10:00"), Limit(1, "work_day")).at == at("2026-10-08 10:00")
    assert "现行日历为第" in capsys.readouterr().out


def test_the_command_publishes_a_json_file_and_can_only_check_it(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps(SEASONS.to_json()), encoding="utf-8")
    call_command("publish_calendar", str(file), "--check")
    assert not CalendarVersion.objects.filter(in_force=True).exists()
    call_command("publish_calendar", str(file))
    assert selectors.current_calendar()[1] == SEASONS


@pytest.mark.parametrize("text", ["", "office = 1", 'name = "x"\npatterns = 3', "not toml", "patterns = []"])
def test_the_command_names_what_is_wrong_with_a_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"own\.toml"):
        call_command("publish_calendar", str(file))


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.toml"):
        call_command("publish_calendar", str(tmp_path / "none.toml"))
