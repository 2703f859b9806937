"""Duty grids and holders from Excel: all rows or none, and a report of every row; by command, page and API."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from cityloop.base.errors import Refused
from cityloop.base.importing import Report
from cityloop.base.sheets import Value, write_book
from cityloop.grid.duty_book import GRIDS, HOLDERS, SHEETS, export_duty
from cityloop.grid.duty_import import import_duty
from cityloop.grid.models import DutyGrid, DutyHolder
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM, get_actor
from cityloop.org.models import ImportDraft, Post
from tests.grid.make import NOW, cell_code, make_inspector
from tests.org.make import holder as account

pytestmark = pytest.mark.usefixtures("city")
WEST_TWO = f"{cell_code(0, 0)}、{cell_code(1, 0)}"


def book(grids: Sequence[Sequence[Value]] = (), holders: Sequence[Sequence[Value]] = ()) -> bytes:
    """A workbook of these rows."""
    return write_book(SHEETS, {GRIDS.title: grids, HOLDERS.title: holders})


def holder(grid: str = "G1", username: str = "one", shift: str = "", days: str = "", *hours: str) -> Sequence[Value]:
    """A row of a holder, from today."""
    start, end = hours or ("", "")
    return (grid, username, shift, days, start, end, None, None)


def send(content: bytes, *, dry_run: bool = False) -> Report:
    """Import it."""
    return import_duty(content, by=SYSTEM, now=NOW, dry_run=dry_run)


def test_all_rows_are_kept() -> None:
    make_inspector("one")
    report = send(
        book([("G9", "新网格", WEST_TWO)], [holder("G9", "one", "早班", "1-5", "7:00", "15:00"), holder("G1", "ONE")])
    )
    assert report.applied
    rows = [(line.sheet, line.row, line.verdict) for line in report.lines]
    assert rows == [(GRIDS.title, 2, "new"), (HOLDERS.title, 2, "new"), (HOLDERS.title, 3, "new")]
    assert DutyGrid.objects.get(code="G9").cells.count() == 2
    made = DutyHolder.objects.get(duty_grid__code="G9")
    assert (made.weekdays, f"{made.start_time:%H:%M}", made.valid_from) == (0b11111, "07:00", date(2026, 3, 2))
    assert Entry.objects.filter(what="grid.duty_imported").count() == 1


@pytest.mark.parametrize(
    ("grids", "holders", "where"),
    [
        ([("G9", "x", cell_code(0, 0)), ("G8", "x", "310101002001999")], [], (GRIDS.title, 3)),
        ([("G9", "x", f"{cell_code(0, 0)} {cell_code(3, 0)}")], [], (GRIDS.title, 2)),
        ([("G9", "x", cell_code(0, 0)), ("G9", "y", cell_code(1, 0))], [], (GRIDS.title, 3)),
        ([("G9", "x", "")], [], (GRIDS.title, 2)),
        ([], [holder(), holder("G1", "nobody")], (HOLDERS.title, 3)),
        ([], [holder("G7")], (HOLDERS.title, 2)),
        ([], [holder("G2")], (HOLDERS.title, 2)),  # an inspector of another area
        ([], [holder("G1", "one", "", "8")], (HOLDERS.title, 2)),
        ([], [holder("G1", "one", "", "", "07:00", "")], (HOLDERS.title, 2)),
        ([], [holder(), holder()], (HOLDERS.title, 3)),
    ],
)
def test_one_bad_row_and_nothing_is_kept(
    grids: Sequence[Sequence[Value]], holders: Sequence[Sequence[Value]], where: tuple[str, int]
) -> None:
    make_inspector("one")
    report = send(book(grids, holders))
    assert [(line.sheet, line.row) for line in report.lines if line.verdict == "wrong"] == [where]
    assert not report.applied
    assert DutyGrid.objects.count() == 2
    assert not DutyHolder.objects.exists()
    assert not Entry.objects.filter(what__startswith="grid.duty").exists()


def test_dry_run_keeps_nothing() -> None:
    make_inspector("one")
    report = send(book([("G9", "x", WEST_TWO)], [holder("G9")]), dry_run=True)
    assert (report.counts, report.applied) == ({"new": 2}, False)
    assert DutyGrid.objects.count() == 2


def test_what_is_exported_is_imported_unchanged() -> None:
    make_inspector("one")
    send(book([], [holder("G1", "one", "夜班", "一三五", "22:00", "06:00")]))
    before = list(DutyHolder.objects.values())
    assert send(export_duty(by=SYSTEM)).counts == {"same": 3}
    assert list(DutyHolder.objects.values()) == before


def test_what_differs_is_changed() -> None:
    make_inspector("one")
    send(book([("G9", "新网格", WEST_TWO)], [holder("G1", "one", "早班")]))
    report = send(book([("G9", "老网格", WEST_TWO)], [holder("G1", "one", "早班", "1-5")]))
    assert (report.applied, report.counts) == (True, {"changed": 2})
    assert (DutyGrid.objects.get(code="G9").name, DutyHolder.objects.get().weekdays) == ("老网格", 0b11111)


def test_only_those_who_may() -> None:
    with pytest.raises(Refused) as no:
        import_duty(book(), by=get_actor(make_inspector("one"), now=NOW), now=NOW, dry_run=True)
    assert no.value.code == "not_yours"


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], dry_run: bool) -> None:
    file = tmp_path / "duty.xlsx"
    file.write_bytes(book([("G9", "x", WEST_TWO)]))
    call_command("import_duty", str(file), dry_run=dry_run)
    assert "G9" in capsys.readouterr().out
    assert DutyGrid.objects.filter(code="G9").exists() != dry_run
    file.write_bytes(book([("G9", "x", "1")]))
    with pytest.raises(CommandError):
        call_command("import_duty", str(file))
    call_command("export_duty", str(file))
    assert send(file.read_bytes()).applied


@pytest.fixture
def admin(client: Client) -> Client:
    """A browser in which a system administrator is signed in."""
    client.force_login(account("system_admin"))
    return client


def upload(content: bytes) -> dict[str, SimpleUploadedFile]:
    """A form with a workbook."""
    return {"file": SimpleUploadedFile("责任网格.xlsx", content)}


def test_the_page_checks_first_and_imports_on_confirmation(admin: Client) -> None:
    make_inspector("one")
    shown = admin.get("/base/duty").content.decode()
    assert "现有责任网格 2 个" in shown
    assert "2 个责任网格今天没有监督员" in shown
    good = book([("G9", "新网格", WEST_TWO)], [holder("G9")])
    assert "确认导入" in admin.post("/base/duty", upload(good)).content.decode()
    assert not DutyGrid.objects.filter(code="G9").exists()
    draft = ImportDraft.objects.get()
    assert admin.post("/org/import", {"draft": draft.pk}).status_code == 404  # a draft of another kind
    assert "已导入" in admin.post("/base/duty", {"draft": draft.pk}).content.decode()
    assert DutyGrid.objects.filter(code="G9").exists()
    again = admin.post("/base/duty", {"draft": draft.pk})
    assert (again.status_code, "没有待确认的导入" in again.content.decode()) == (404, True)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (book(), 200, "没有可导入的内容"),
        (book([("G9", "x", "1")]), 200, "没有此单元网格：1"),
        (b"x", 422, "不是 .xlsx 文件"),
    ],
)
def test_the_page_says_what_is_wrong_and_offers_nothing(admin: Client, content: bytes, status: int, said: str) -> None:
    answer = admin.post("/base/duty", upload(content))
    assert (answer.status_code, said in answer.content.decode()) == (status, True)
    assert "确认导入" not in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_what_changed_since_the_check_is_checked_again(admin: Client) -> None:
    make_inspector("one")
    admin.post("/base/duty", upload(book([], [holder("G1")])))
    Post.objects.filter(person__username="one").delete()
    answer = admin.post("/base/duty", {"draft": ImportDraft.objects.get().pk})
    assert (answer.status_code, "未写入任何内容" in answer.content.decode()) == (409, True)
    assert not DutyHolder.objects.exists()


def test_a_city_without_duty_grids_is_told_so(admin: Client) -> None:
    DutyGrid.objects.all().delete()
    shown = admin.get("/base/duty").content.decode()
    assert "还没有责任网格" in shown
    assert "/base/duty/export" not in shown
    for address in ("/base/duty/template", "/base/duty/export"):
        assert load_workbook(BytesIO(admin.get(address).content)).sheetnames[0] == GRIDS.title


@pytest.mark.parametrize(("dry_run", "there"), [("true", False), ("false", True)])
def test_the_api_does_what_the_page_does(admin: Client, dry_run: str, there: bool) -> None:
    good = book([("G9", "新网格", WEST_TWO)])
    answer = admin.post(f"/api/v1/duty-grids/import?dry_run={dry_run}", upload(good))
    assert (answer.status_code, answer.json()["counts"]) == (200, {"new": 1})
    assert DutyGrid.objects.filter(code="G9").exists() == there


@pytest.mark.parametrize("address", ["/base/duty", "/base/duty/template", "/base/duty/export"])
def test_pages_are_for_system_administrators(client: Client, address: str) -> None:
    client.force_login(account("shift_leader"))
    assert client.get(address).status_code == 403
