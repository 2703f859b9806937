"""Import of the organisation: every row is judged, and all are taken over or none."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import Workbook, load_workbook

from cityloop.base.errors import Refused
from cityloop.base.importing import Report
from cityloop.journal.models import Entry
from cityloop.org import actions
from cityloop.org.actor import SYSTEM, get_actor
from cityloop.org.importing import SHEETS, export_book, import_book, template_book
from cityloop.org.models import ImportDraft, Person, Post, Unit
from tests.org.make import NOW, PASSWORD, actor, holder

pytestmark = pytest.mark.django_db
HEADS: dict[str, list[str]] = {
    "单位": ["编码", "名称", "层级", "上级编码"],
    "人员": ["用户名", "姓名", "单位账号", "经办人", "初始密码"],
    "岗位": ["用户名", "岗位", "单位编码", "区域编码", "起始日期", "结束日期"],
}
GOOD: dict[str, list[list[Any]]] = {
    # A child before its parent: the order in the file does not matter.
    "单位": [["102", "市建设局", "专业部门", "1"], ["1", "指挥中心", "市级中心", None]],
    "人员": [["Wang", "王工", None, None, "first-horse-1"], ["jsj", "市建设局", "是", "张工、李工", None]],
    "岗位": [["wang", "派遣员", "1", "3101", date(2026, 1, 1), None], ["jsj", "责任单位经办", "102", None, None, None]],
}


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook with these rows under the usual headings."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in [HEADS[title], *rows]:
            page.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def run(sheets: dict[str, list[list[Any]]], *, dry_run: bool = False, by: Any = SYSTEM) -> Report:
    """Import these rows."""
    return import_book(workbook(sheets), by=by, now=NOW, dry_run=dry_run)


def count() -> tuple[int, int, int]:
    """How many units, people and posts there are."""
    return Unit.objects.count(), Person.objects.count(), Post.objects.count()


@pytest.fixture
def written(db: None) -> Callable[[], tuple[int, ...]]:
    """Units, people and posts written since the test began."""
    before = count()
    return lambda: tuple(now - then for now, then in zip(count(), before, strict=True))


def test_a_good_file_is_taken_over(written: Callable[[], tuple[int, ...]]) -> None:
    trial = run(GOOD, dry_run=True)
    assert (trial.is_sound, trial.applied, written()) == (True, False, (0, 0, 0))
    report = run(GOOD)
    assert (report.counts, report.applied, written()) == ({"new": 6}, True, (2, 2, 2))
    assert [line.row for line in report.lines] == [2, 3, 2, 3, 2, 3]
    unit = Unit.objects.select_related("parent").get(code="102")
    assert unit.parent is not None
    assert unit.path == f"{unit.parent.pk}/{unit.pk}/"
    wang, shared = Person.objects.get(username="wang"), Person.objects.get(username="jsj")
    assert (wang.check_password("first-horse-1"), wang.must_change_password) == (True, True)
    assert not shared.has_usable_password()
    assert [handler.name for handler in shared.handlers.all()] == ["张工", "李工"]
    assert get_actor(wang, now=NOW).posts[0].area_code == "3101"
    assert Entry.objects.filter(what="org.imported").count() == 1


def test_the_same_file_again_changes_nothing_and_a_new_one_only_what_differs() -> None:
    run(GOOD)
    assert run(GOOD).counts == {"same": 6}
    change = {
        "单位": [["102", "市住建局", "专业部门", None]],
        "人员": [["jsj", "市住建局", "是", "张工", "ignored-pass-1"]],
        "岗位": [["wang", "派遣员", "1", "3101", date(2026, 1, 1), date(2026, 12, 31)]],
    }
    assert run(change).counts == {"changed": 3}
    unit = Unit.objects.get(code="102")
    assert (unit.name, unit.parent, unit.path) == ("市住建局", None, f"{unit.pk}/")
    shared = Person.objects.get(username="jsj")
    assert (shared.name, shared.has_usable_password()) == ("市住建局", False)
    assert Post.objects.get(kind="dispatcher", person__username="wang").valid_to == date(2026, 12, 31)


def test_two_units_may_change_places() -> None:
    rows = [["1", "甲", "team", None], ["2", "乙", "team", "1"], ["3", "丙", "team", "2"]]
    run({"单位": rows})
    assert run({"单位": [["1", "甲", "team", "2"], ["2", "乙", "team", None]]}).counts == {"changed": 2}
    one, two, three = Unit.objects.filter(code__in="123").order_by("code")
    assert [unit.path for unit in (one, two, three)] == [f"{two.pk}/{one.pk}/", f"{two.pk}/", f"{two.pk}/{three.pk}/"]


@pytest.mark.parametrize(
    ("sheet", "row", "word"),
    [
        ("单位", ["9", "新", "专业部门", "nowhere"], "nowhere"),
        ("单位", ["9", "新", "司令部", None], "司令部"),
        ("单位", ["102", "重复", "专业部门", None], "第 2 行重复"),
        ("单位", ["9", "自己", "专业部门", "9"], "成环"),
        ("单位", ["=A1", "公式", "专业部门", None], "公式"),
        ("单位", [None, "无编码", "专业部门", None], "编码"),
        ("人员", ["WANG", "同名", None, None, None], "第 2 行重复"),
        ("人员", ["new", "新", "也许", None, None], "是 或 否"),
        ("人员", ["new", "新", "否", "张工", None], "单位账号"),
        ("人员", ["new", "新", None, None, "12345"], "10"),
        ("岗位", ["nobody", "派遣员", "1", None, None, None], "nobody"),
        ("岗位", ["wang", "司令", "1", None, None, None], "司令"),
        ("岗位", ["wang", "派遣员", "999", None, None, None], "999"),
        ("岗位", ["wang", "派遣员", "1", "31x", None, None], "数字"),
        ("岗位", ["wang", "派遣员", "1", None, "三月", None], "日期"),
        ("岗位", ["wang", "受理员", "1", None, date(2026, 3, 2), date(2026, 3, 1)], "早于"),
        ("岗位", ["wang", "派遣员", "1", "3101", date(2026, 2, 1), None], "相同岗位"),
    ],
)
def test_one_wrong_row_stops_the_whole_file(
    sheet: str, row: list[Any], word: str, written: Callable[[], tuple[int, ...]]
) -> None:
    report = run({**GOOD, sheet: [*GOOD[sheet], row]})
    wrong = [line for line in report.lines if line.verdict == "wrong"]
    assert [(line.sheet, line.row) for line in wrong][:1] == [(sheet, 4)]
    assert word in wrong[0].message
    assert (report.applied, written()) == (False, (0, 0, 0))


def test_a_circle_across_rows_and_known_units_is_named() -> None:
    run({"单位": [["1", "甲", "team", None], ["2", "乙", "team", "1"]]})
    report = run({"单位": [["1", "甲", "team", "3"], ["3", "丙", "team", "2"]]})
    assert {line.subject for line in report.lines if "成环" in line.message} == {"1", "3"}


def test_administrators_are_not_appointed_by_import() -> None:
    by = actor("system_admin")
    rows = {"岗位": [["wang", "安全管理员", "1", None, None, None]]}
    report = run({**GOOD, **rows}, by=by)
    assert [line.verdict for line in report.lines if line.sheet == "岗位"] == ["wrong"]
    with pytest.raises(Refused) as caught:
        run(GOOD, by=actor("security_admin"))
    assert caught.value.code == "not_yours"


def test_what_is_exported_is_imported_unchanged() -> None:
    run(GOOD)
    exported = export_book(by=SYSTEM)
    again = import_book(exported, by=SYSTEM, now=NOW, dry_run=False)
    assert (set(again.counts), again.counts["same"] >= 6) == ({"same"}, True)
    assert b"first-horse-1" not in exported
    assert load_workbook(BytesIO(template_book())).sheetnames == [*(sheet.title for sheet in SHEETS), "说明"]


def test_the_command(tmp_path: Path, written: Callable[[], tuple[int, ...]]) -> None:
    path, out = tmp_path / "org.xlsx", StringIO()
    call_command("import_org", path, "--template", stdout=out)
    path.write_bytes(workbook(GOOD))
    call_command("import_org", path, "--dry-run", stdout=out)
    assert written() == (0, 0, 0)
    call_command("import_org", path, stdout=out)
    assert written() == (2, 2, 2)
    assert "6 new; imported" in out.getvalue()
    path.write_bytes(workbook({"单位": [["9", "新", "x", None]]}))
    for wrong in (path, tmp_path / "missing.xlsx"):
        with pytest.raises(CommandError):
            call_command("import_org", wrong, stdout=out)


def upload(content: bytes) -> SimpleUploadedFile:
    """An uploaded workbook."""
    return SimpleUploadedFile("机构.xlsx", content)


def test_the_page_checks_first_and_imports_on_confirmation(
    client: Client, written: Callable[[], tuple[int, ...]]
) -> None:
    client.force_login(holder("system_admin"))
    assert client.get("/org/import").status_code == 200
    wrong = client.post("/org/import", {"file": upload(workbook({"单位": [["9", "新", "司令部", None]]}))})
    assert "司令部" in wrong.content.decode()
    assert not ImportDraft.objects.exists()
    before = written()
    shown = client.post("/org/import", {"file": upload(workbook(GOOD))})
    assert written() == before
    draft = ImportDraft.objects.get()
    assert f'value="{draft.pk}"' in shown.content.decode()
    other = Client()
    other.force_login(holder("system_admin", "other"))
    assert other.post("/org/import", {"draft": draft.pk}).status_code == 404
    assert client.post("/org/import", {"draft": draft.pk}).status_code == 200
    assert Unit.objects.filter(code="102").exists()
    assert not ImportDraft.objects.exists()
    assert client.post("/org/import", {"draft": draft.pk}).status_code == 404
    for address in ("/org/import/template", "/org/export"):
        assert load_workbook(BytesIO(client.get(address).content)).sheetnames[0] == "单位"


@pytest.mark.parametrize(("dry_run", "units"), [("true", 1), ("false", 3)])
def test_the_api_does_what_the_page_does(
    client: Client, dry_run: str, units: int, written: Callable[[], tuple[int, ...]]
) -> None:
    client.force_login(holder("system_admin"))
    answer = client.post(f"/api/v1/org/import?dry_run={dry_run}", {"file": upload(workbook(GOOD))})
    assert (answer.status_code, answer.json()["counts"], written()[0]) == (200, {"new": 6}, units)
    refused = client.post("/api/v1/org/import", {"file": upload(b"x")})
    assert json.loads(refused.content)["code"] == "invalid"


def test_old_posts_stay_when_a_known_person_is_closed() -> None:
    run(GOOD)
    actions.deactivate_person(Person.objects.get(username="wang"), by=SYSTEM, now=NOW)
    rows = {"岗位": [["wang", "派遣员", "1", None, date(2026, 4, 1), None]]}
    assert run(rows).counts == {"wrong": 1}
    assert PASSWORD not in str(list(Entry.objects.values_list("data", flat=True)))
    assert get_actor(Person.objects.get(username="wang"), now=NOW + timedelta(days=40)).posts == ()
