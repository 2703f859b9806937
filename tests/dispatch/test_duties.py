"""Duties from Excel and back, by page and by command."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from cityloop.base.errors import Refused
from cityloop.base.sheets import write_book
from cityloop.config.demonstration.people import FOLDER
from cityloop.dispatch.models import Duty
from cityloop.dispatch.sheets import DUTIES, export_duties, import_duties
from cityloop.org.actor import SYSTEM
from tests.world import NOW, World

GOOD = (("2013", "事件", "0110", "暴露垃圾", "water"), ("2013", "部件", "01", "公用设施", "power"))


def book(*rows: tuple[str, ...]) -> bytes:
    return write_book((DUTIES,), {DUTIES.title: rows})


def test_what_is_written_can_be_read_again(world: World) -> None:
    assert import_duties(book(*GOOD), by=SYSTEM, now=NOW).new == 2
    again = import_duties(export_duties(by=SYSTEM, now=NOW), by=SYSTEM, now=NOW)
    assert (again.new, again.ended, again.same) == (0, 0, 2)


@pytest.mark.parametrize("row", [("2013", "", "0110", "", "water"), ("2013", "别的", "0110", "", "water")])
def test_a_wrong_row_takes_nothing_over(world: World, row: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        import_duties(book(*GOOD, row), by=SYSTEM, now=NOW)
    assert refusal.value.code == "invalid"
    assert not Duty.objects.exists()


def test_the_page_takes_a_workbook_and_shows_the_table(world: World) -> None:
    client = Client()
    client.force_login(world.people["system_admin"])
    file = SimpleUploadedFile("duties.xlsx", book(*GOOD))
    assert client.post("/dispatch/duties", {"file": file}).status_code == 302
    assert "power" in client.get("/dispatch/duties").content.decode()
    assert client.get("/dispatch/duties/export").content[:2] == b"PK"
    bad = client.post("/dispatch/duties", {"file": SimpleUploadedFile("duties.xlsx", b"no workbook")})
    assert bad.status_code == 422


@pytest.mark.parametrize("username", ["dispatcher", "security_admin"])
def test_the_page_is_for_the_system_administrator(world: World, username: str) -> None:
    client = Client()
    client.force_login(world.people[username])
    assert client.get("/dispatch/duties").status_code == 403
    assert client.get("/dispatch/duties/export").status_code == 403


def test_the_command_reads_excel_and_says_what_is_wrong(world: World, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    path.write_bytes(book(*GOOD))
    call_command("import_duties", path)
    assert Duty.objects.count() == 2
    call_command("import_duties", tmp_path / "out.xlsx", "--export")
    assert (tmp_path / "out.xlsx").exists()
    with pytest.raises(CommandError):
        call_command("import_duties", tmp_path / "missing.xlsx")


def test_the_demonstrations_table_is_whole() -> None:
    lines = (FOLDER / "duties.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "edition,kind,code,name,unit,invented"
    assert len(lines) > 100


def test_the_twin_of_the_page(world: World) -> None:
    client = Client()
    client.force_login(world.people["system_admin"])
    body = [{"edition": "2013", "kind": "event", "code": "0110", "unit": "water"}]
    done = client.post("/api/v1/duties", body, content_type="application/json")
    assert done.json() == {"new": 1, "ended": 0, "same": 0}
    assert [row["unit"] for row in client.get("/api/v1/duties").json()] == ["water"]
    wrong = client.post("/api/v1/duties", [{**body[0], "unit": "nobody"}], content_type="application/json")
    assert (wrong.status_code, wrong.json()["details"]["row"]) == (422, 1)
