"""The handbook with its limits: loaded, exported, edited, imported."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cityloop.codes import selectors
from cityloop.codes.actions import Draft, add_major, add_minor
from cityloop.codes.catalogue import EditionNode
from cityloop.codes.data import Amount
from cityloop.codes.models import Edition, Standard
from cityloop.codes.sheets import SHEET
from cityloop.limits.clock import Limit, Unit
from cityloop.limits.handbook import (
    check_handbook,
    export_handbook,
    import_handbook,
    load_handbook,
    open_limits,
    put_condition,
)
from cityloop.limits.models import LimitRow
from cityloop.limits.selectors import forget, limit_for
from tests.codes.conftest import ADMIN, NOW
from tests.codes.test_sheets import GOOD, workbook

JUNE = date(2026, 6, 1)
MAY = date(2026, 5, 31)


@pytest.fixture
def handbook(codes: EditionNode) -> Iterator[EditionNode]:
    """Everything that `cityloop load-codes` loads; the 2013 edition."""
    forget()
    yield codes
    forget()


def only_standard(edition: EditionNode, code: str, kind: str = "event", on: date = MAY) -> int:
    minor = selectors.find_minor(edition.id, kind, code)
    assert minor
    return next(row.id for row in minor.standards if row.is_in_force(on))


def test_every_offered_condition_has_a_limit_in_every_class(handbook: EditionNode) -> None:
    counted = {row: 0 for row in Standard.objects.filter(is_offered=True).values_list("id", flat=True)}
    for standard_id in LimitRow.objects.values_list("standard_id", flat=True):
        counted[standard_id] += 1
    assert set(counted.values()) == {3}
    assert len(counted) == 757


def test_loading_again_adds_nothing(handbook: EditionNode) -> None:
    again = load_handbook(by=ADMIN, now=NOW)
    assert (again.standards, again.limits, again.dictionaries) == (0, 0, 0)
    assert again.conditions["2013", "component"] == {"offered": 280, "other_city": 95}


def test_limits_of_both_editions(handbook: EditionNode) -> None:
    for edition, kind, code, limit in (
        ("2013", "event", "0110", Limit(Decimal(4), Unit.WORK_HOUR)),
        ("2013", "event", "0501", Limit(Decimal(1), Unit.URGENT_HOUR)),
        ("2007", "event", "0501", Limit(Decimal(2), Unit.URGENT_HOUR)),
        ("2013", "event", "0101", Limit(Decimal(2), Unit.URGENT_DAY)),
        ("2007", "component", "0114", Limit(Decimal(2), Unit.URGENT_HOUR)),
    ):
        found = selectors.find_edition(edition)
        assert found
        standard = only_standard(found, code, kind)
        assert {limit_for(standard, area_class, MAY) for area_class in "ABC"} == {limit}


@pytest.mark.parametrize("edition", ["2013", "2007"])
def test_an_exported_handbook_changes_nothing(handbook: EditionNode, edition: str) -> None:
    found = selectors.find_edition(edition)
    assert found
    plan = check_handbook(export_handbook(found), edition=found, on=JUNE)
    wrong = [(change.number, change.message) for change in plan.changes if change.verdict != "same"]
    assert wrong == []
    assert len(plan.changes) == {"2013": 473 + 44 + 8 + 4, "2007": 285 + 33 + 5}[edition]


def test_a_changed_limit_is_a_new_row_from_the_day(handbook: EditionNode) -> None:
    line = {**GOOD, "立案条件": "公共场所生活垃圾未入容器", "A类时限": "2工作时", "C类时限": "1工作日"}
    old = only_standard(handbook, "0110")
    plan = import_handbook(workbook(line), edition_code="2013", on=JUNE, by=ADMIN, now=NOW, source="2026年第1号")
    assert plan.counts()["changed"] == 1
    new = only_standard(handbook, "0110", on=JUNE)
    assert new != old
    assert limit_for(old, "A", JUNE) == Limit(Decimal(4), Unit.WORK_HOUR)  # what was filed with it keeps it
    assert limit_for(new, "A", JUNE) == Limit(Decimal(2), Unit.WORK_HOUR)
    assert limit_for(new, "B", JUNE) == Limit(Decimal(2), Unit.WORK_HOUR)
    assert limit_for(new, "C", JUNE) == Limit(Decimal(1), Unit.WORK_DAY)
    assert selectors.get_standard(new).source == "2026年第1号"


def test_one_wrong_line_and_nothing_is_written(handbook: EditionNode) -> None:
    before = (Standard.objects.count(), LimitRow.objects.count())
    plan = import_handbook(
        workbook(GOOD, {**GOOD, "小类代码": "9999"}, {**GOOD, "A类时限": "2小时"}),
        edition_code="2013",
        on=JUNE,
        by=ADMIN,
        now=NOW,
    )
    assert [change.verdict for change in plan.changes] == ["changed", "wrong", "wrong"]
    assert (Standard.objects.count(), LimitRow.objects.count()) == before


def test_a_held_condition_is_offered_when_it_gets_a_limit(handbook: EditionNode) -> None:
    line = {**GOOD, "小类代码": "0115", "小类名称": "擅自搭建气模拱门", "结案条件": "拆除", "A类时限": "1工作日"}
    line["立案条件"] = "未经许可在公共场所搭设充气拱门等"
    import_handbook(workbook(line), edition_code="2013", on=JUNE, by=ADMIN, now=NOW)
    standard = only_standard(handbook, "0115", on=JUNE)
    assert selectors.is_offered_standard(standard, JUNE)
    assert not selectors.is_offered_standard(standard, MAY)


def test_a_condition_of_a_local_extension(handbook: EditionNode) -> None:
    major = add_major(
        Edition.objects.get(code="2007"), kind="event", name="公用设施", on=date(2008, 10, 1), by=ADMIN, now=NOW
    )
    minor = add_minor(major, name="公用设施问题", on=date(2008, 10, 1), by=ADMIN, now=NOW)
    limits = dict.fromkeys("ABC", Amount(Decimal(5), "work_day"))
    draft = Draft("设施损坏", "修复")
    row = put_condition(minor, draft, limits, on=date(2008, 10, 1), by=ADMIN, now=NOW)
    assert limit_for(row.id, "B", date(2008, 10, 31)) == Limit(Decimal(5), Unit.WORK_DAY)
    held = put_condition(minor, draft, {}, seq=1, on=date(2008, 11, 1), by=ADMIN, now=NOW)
    assert (held.held, selectors.is_offered_standard(row.id, date(2008, 11, 1))) == ("no_limit", False)
    edition = selectors.find_edition("2007")
    assert edition
    assert held.id not in open_limits(edition)


class TestCommands:
    """`cityloop load-codes` and `cityloop import-handbook`."""

    def test_load_codes_adds_what_is_missing_and_counts(self, handbook: EditionNode) -> None:
        out = StringIO()
        LimitRow.objects.filter(standard_id=only_standard(handbook, "0110")).delete()
        call_command("load_codes", stdout=out)
        assert "added: 0 conditions, 3 limits, 0 dictionary rows" in out.getvalue()
        assert "2013 component categories: 110 offered, 26 other_city, 8 unresolved" in out.getvalue()

    def test_export_and_import(self, handbook: EditionNode, tmp_path: Path) -> None:
        path, out = tmp_path / "book.xlsx", StringIO()
        call_command("import_handbook", path, "--export", "--edition", "2007", stdout=out)
        assert SHEET.title in load_workbook(BytesIO(path.read_bytes())).sheetnames
        call_command("import_handbook", path, "--edition", "2007", stdout=out)
        assert "323 same; imported" in out.getvalue()

    def test_dry_run_writes_nothing(self, handbook: EditionNode, tmp_path: Path) -> None:
        path, out = tmp_path / "book.xlsx", StringIO()
        path.write_bytes(workbook(GOOD))
        call_command("import_handbook", path, "--dry-run", "--from", "2026-06-01", stdout=out)
        assert "2: changed event 0110-1" in out.getvalue()
        assert "1 changed; nothing written" in out.getvalue()
        assert Standard.objects.filter(condition="积存半天以上").count() == 0

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (workbook({**GOOD, "小类代码": "9999"}), "mend the lines"),
            (b"nothing", "不是 .xlsx 文件"),
            (None, "No such file"),
        ],
    )
    def test_refusals(self, handbook: EditionNode, tmp_path: Path, content: bytes | None, says: str) -> None:
        path = tmp_path / "book.xlsx"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CommandError, match=says):
            call_command("import_handbook", path, stdout=StringIO())
