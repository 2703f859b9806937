"""`cityloop doctor` and `cityloop prepare`."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cityloop.config import doctor
from cityloop.config.doctor import Finding
from cityloop.limits.models import CalendarVersion

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.django_db
def test_a_good_database_is_found_good() -> None:
    states = {one.name: one.state for one in doctor.look_at_database()}
    assert {name for name, state in states.items() if state == "bad"} == set()
    assert {"PostgreSQL", "PostGIS", "Text", "Tables"} <= set(states)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("look", "answer", "said"),
    [
        ("_look_at_version", ("140011", "14.11"), "14.11"),
        ("_look_at_postgis", (), "not installed on the server"),
        ("_look_at_postgis", ("3.3.2", ""), "not made in this database"),
        ("_look_at_postgis", ("3.1.0", "3.1.0"), "3.1.0"),
        ("_look_at_text", ("SQL_ASCII", "C"), "SQL_ASCII"),
    ],
)
def test_a_bad_database_is_told_with_a_next_step(
    monkeypatch: pytest.MonkeyPatch, look: str, answer: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr(doctor, "_ask", lambda sql: answer)
    found = getattr(doctor, look)()
    assert found.state == "bad"
    assert said in found.found
    assert found.advice


@pytest.mark.parametrize("state", ["ok", "note", "bad"])
def test_the_exit_code_tells_whether_work_is_stopped(monkeypatch: pytest.MonkeyPatch, state: doctor.State) -> None:
    command = "cityloop.config.management.commands.doctor.examine"
    monkeypatch.setattr(command, lambda now: iter([Finding("PostGIS", state, "none", "install it")]))
    out = StringIO()
    if state == "bad":
        with pytest.raises(SystemExit) as caught:
            call_command("doctor", "--json", stdout=out)
        assert caught.value.code == 1
    else:
        call_command("doctor", "--json", stdout=out)
    assert json.loads(out.getvalue())["well"] is (state != "bad")


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [(-61, "ok", "2026-12-31"), (-60, "note", "in 60 days"), (0, "note", "in 0 days"), (3, "note", "3 days ago")],
)
@pytest.mark.parametrize(("library", "advice"), [(2027, "is known here already"), (2026, "State Council")])
def test_the_end_of_the_calendar_is_told_in_time(
    monkeypatch: pytest.MonkeyPatch, days: int, state: str, said: str, library: int, advice: str
) -> None:
    monkeypatch.setattr(doctor, "announced_until", lambda: date(library, 12, 31))
    end = date(2026, 12, 31)
    now = datetime(2026, 12, 30, 17, 0, tzinfo=UTC) + timedelta(days=days)  # one o'clock of the next day in the city
    found = doctor.look_at_calendar(end, now)
    assert (found.state, said in found.found) == (state, True)
    assert (advice in found.advice and "publish-calendar" in found.advice) == (state == "note")


def test_a_city_without_a_calendar_is_told_what_to_do() -> None:
    found = doctor.look_at_calendar(None, datetime(2026, 3, 2, tzinfo=UTC))
    assert (found.state, "publish-calendar" in found.advice) == ("note", True)


@pytest.mark.django_db
def test_the_command_looks_at_the_calendar_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    end = CalendarVersion.objects.get(in_force=True).known_until
    moment = datetime(end.year, end.month, end.day, 4, 0, tzinfo=UTC) - timedelta(days=10)
    monkeypatch.setattr("cityloop.config.management.commands.doctor.timezone.now", lambda: moment)
    monkeypatch.setattr(doctor, "look_at_machine", lambda: iter(()))
    monkeypatch.setattr(doctor, "look_at_checkout", lambda: iter(()))
    out = StringIO()
    call_command("doctor", stdout=out)
    assert f"holidays announced until {end}, in 10 days" in out.getvalue()


def test_prepare_refuses_what_it_cannot_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "cityloop.config.management.commands.prepare.look_at_database"
    monkeypatch.setattr(command, lambda: iter([Finding("PostGIS", "bad", "none", "install it")]))
    with pytest.raises(CommandError, match="Next: install it"):
        call_command("prepare")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CITYLOOP_SESSION_HOURS", "soon", "'soon'"),
        ("DATABASE_URL", "sqlite:///x", "'sqlite:///x'"),
        ("DATABASE_URL", "postgres://nobody@/none?host=/nowhere", "cannot be reached"),
    ],
)
def test_no_traceback_for_what_a_person_can_mend(tmp_path: Path, name: str, value: str, said: str) -> None:
    env = {"PATH": "/usr/bin", "CITYLOOP_VAR": str(tmp_path), name: value}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate"]
    found = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    assert said in found.stderr
    assert "Next: " in found.stderr
    assert "Traceback" not in found.stderr
