"""Workbooks from outside are read as text and dates, and refused in words where they are not."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from cityloop.base import sheets
from cityloop.base.errors import Refused
from cityloop.base.sheets import Column, Sheet, read_book, write_book

UNITS = Sheet("单位", (Column("编码", required=True), Column("名称"), Column("启用日期", day=True)))
HEAD = ["编码", "名称", "启用日期"]


def book(*rows: list[Any], title: str = "单位") -> bytes:
    """A workbook of one sheet."""
    workbook = Workbook()
    page = workbook.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["01", "局", date(2026, 3, 2)], ("01", "局", date(2026, 3, 2))),
        ([101, 2.0, datetime(2026, 3, 2, 8)], ("101", "2", date(2026, 3, 2))),  # noqa: DTZ001 (as Excel has them)
        ([" 01 ", None, "2026年3月2日"], ("01", "", date(2026, 3, 2))),
        (["01", 1.5, "2026/3/2"], ("01", "1.5", date(2026, 3, 2))),
        (["01", None, None], ("01", "", None)),
    ],
)
def test_cells_become_text_and_dates(cells: list[Any], read: tuple[Any, ...]) -> None:
    found = read_book(book(HEAD, cells), [UNITS])
    assert found.problems == []
    row = found.rows["单位"][0]
    assert (row.number, row.text("编码"), row.text("名称"), row.day("启用日期")) == (2, *read)


@pytest.mark.parametrize(
    ("rows", "where", "word"),
    [
        ([HEAD, ["=1+1", "局", None]], 2, "公式"),
        ([HEAD, [None, "局", None]], 2, "编码"),
        ([HEAD, ["1", "局", "三月"]], 2, "日期"),
        ([HEAD, ["1", "局", date(2026, 3, 2)], ["2", "长" * 2001, None]], 3, "过长"),
        ([["名称"]], 1, "编码"),
        ([[*HEAD, "编制"]], 1, "编制"),
        ([[*HEAD, "编码"]], 1, "编码"),
        ([], 1, "编码"),
    ],
)
def test_what_is_wrong_is_said_by_row(rows: list[list[Any]], where: int, word: str) -> None:
    problem = read_book(book(*rows), [UNITS]).problems[0]
    assert (problem.sheet, problem.row) == ("单位", where)
    assert word in problem.message


def test_empty_rows_and_remarks_are_passed_over() -> None:
    found = read_book(book([*HEAD, "备注"], ["1", "", None, "x"], [None, None, None, None], ["2"]), [UNITS])
    assert found.problems == []
    assert [row.number for row in found.rows["单位"]] == [2, 4]


def bomb() -> bytes:
    """A small zip that says it unpacks to more than we take."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"not a workbook", "invalid"),
        (lambda: b"0" * (sheets.MOST_BYTES + 1), "too_large"),
        (bomb, "too_large"),
        (lambda: book(HEAD, title="别的"), "invalid"),
    ],
)
def test_files_that_are_refused_whole(content: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_book(content(), [UNITS])
    assert caught.value.code == code


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    found = read_book(book(HEAD, ["1"], ["2"], ["3"]), [UNITS])
    assert [problem.row for problem in found.problems] == [4]


def test_what_is_written_is_read_again_and_is_no_formula() -> None:
    rows = [("=HYPERLINK()", "@SUM(1)", date(2026, 3, 2)), ("007", "", None)]
    found = read_book(write_book([UNITS], {"单位": rows}), [UNITS])
    assert found.problems == []
    assert [tuple(row.cells.values()) for row in found.rows["单位"]] == rows
