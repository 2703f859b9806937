"""Excel workbooks at the edge: read as plain text and dates, never trusted; written so that no cell is a formula."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cityloop.base.errors import Refused
from cityloop.base.words import listed

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_UNPACKED: Final = 60 * 1024 * 1024  # a workbook is a zip: a small one may unpack to gigabytes
MOST_ROWS: Final = 10_000
MOST_TEXT: Final = 2_000
MOST_PLAIN: Final = 60  # columns of a sheet whose columns nobody knows beforehand
REMARK: Final = "备注"  # a column that every sheet may have and nobody reads

Value = str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading; `day` columns hold dates, all others text."""

    name: str
    required: bool = False
    day: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its title, with its columns in the order of the template."""

    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row; row 0 is the sheet as a whole, row 1 the headings."""

    sheet: str
    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row under its number in the workbook; cells by heading, empty ones are "" or None (dates)."""

    number: int
    cells: Mapping[str, Value]

    def text(self, name: str) -> str:
        """The text under a heading."""
        value = self.cells.get(name)
        return value if isinstance(value, str) else ""

    def day(self, name: str) -> date | None:
        """The date under a heading."""
        value = self.cells.get(name)
        return value if isinstance(value, date) else None


@dataclass(slots=True)
class Book:
    """What was read: rows by sheet title, and every problem found on the way. Rows with a problem are left out."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Upload(Protocol):
    """An uploaded file, as pages and the API have it."""

    size: int | None

    def read(self) -> bytes:
        """All of it."""


def read_upload(file: Upload) -> bytes:
    """What was uploaded; refused as `too_large` before it is read."""
    _check_size(file.size or 0)
    return file.read()


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise Refused("too_large", _("文件超过 %(size)s MB") % {"size": MOST_BYTES >> 20}, {"rule": "size"})


def read_book(content: bytes, sheets: Sequence[Sheet]) -> Book:
    """Read the named sheets of an .xlsx; sheets of other titles are passed over.

    Refused as `too_large`, or as `invalid` when it is no workbook or has none of the sheets.
    """
    _check_container(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception:  # the library raises whatever it stumbles over
        raise Refused("invalid", _("无法读取此文件，请另存为 .xlsx 后再试"), {"rule": "workbook"}) from None
    try:
        found = [sheet for sheet in sheets if sheet.title in workbook.sheetnames]
        if not found:
            titles = listed(sheet.title for sheet in sheets)
            raise Refused("invalid", _("没有找到工作表：%(titles)s") % {"titles": titles}, {"rule": "sheets"})
        book = Book()
        for sheet in found:
            _read_sheet(workbook[sheet.title], sheet, book)
        return book
    finally:
        workbook.close()


def read_plain(content: bytes, *, most_rows: int = MOST_ROWS) -> list[list[str]]:
    """The first sheet of any .xlsx, or a CSV file, as text; formulas stay the text that they are.

    Refused as `too_large` with more rows, or as `invalid` when it is neither.
    """
    if content[:2] == b"PK":
        found = _plain_workbook(content, most_rows)
    else:
        _check_size(len(content))
        found = _plain_csv(content, most_rows)
    if len(found) > most_rows + 1:
        raise Refused("too_large", _("超过 %(rows)s 行，请分几次进行") % {"rows": most_rows}, {"rule": "rows"})
    return found


def _plain_workbook(content: bytes, most_rows: int) -> list[list[str]]:
    _check_container(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        rows = workbook.worksheets[0].iter_rows(max_row=most_rows + 2, max_col=MOST_PLAIN, values_only=True)
        found = [["" if value is None else str(value).strip()[:MOST_TEXT] for value in row] for row in rows]
        workbook.close()
    except Exception:  # the library raises whatever it stumbles over
        raise Refused("invalid", _("无法读取此文件，请另存为 .xlsx 后再试"), {"rule": "workbook"}) from None
    while found and not any(found[-1]):
        found.pop()
    return found


def _plain_csv(content: bytes, most_rows: int) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("invalid", _("不是 UTF-8 或 GBK 的文本文件"), {"rule": "encoding"})
    if "\x00" in text:
        raise Refused("invalid", _("不是 .xlsx 或 CSV 文件"), {"rule": "csv"})
    try:
        rows = islice(csv.reader(io.StringIO(text)), most_rows + 2)
        return [[cell.strip()[:MOST_TEXT] for cell in row[:MOST_PLAIN]] for row in rows if any(row)]
    except csv.Error:
        raise Refused("invalid", _("不是 .xlsx 或 CSV 文件"), {"rule": "csv"}) from None


def _check_container(content: bytes) -> None:
    _check_size(len(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused("invalid", _("不是 .xlsx 文件"), {"rule": "workbook"}) from None
    if unpacked > MOST_UNPACKED:
        raise Refused("too_large", _("文件解压后过大"), {"rule": "size"})


def _read_sheet(worksheet: Any, sheet: Sheet, book: Book) -> None:
    rows = worksheet.iter_rows(max_col=len(sheet.columns) + 10)
    headings = [str(cell.value or "").strip() for cell in next(rows, ())]
    problems = list(_heading_problems(headings, sheet))
    book.problems += problems
    book.rows[sheet.title] = []
    if problems:
        return
    columns = {column.name: column for column in sheet.columns}
    order = [columns.get(heading) for heading in headings]
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            message = _("超过 %(rows)s 行，请分几次导入") % {"rows": MOST_ROWS}
            book.problems.append(Problem(sheet.title, number, message))
            return
        _read_row(number, list(zip(order, cells, strict=False)), sheet, book)


def _heading_problems(headings: list[str], sheet: Sheet) -> Iterator[Problem]:
    known = {column.name for column in sheet.columns}
    for column in sheet.columns:
        if column.required and column.name not in headings:
            yield Problem(sheet.title, 1, _("缺少列：%(name)s") % {"name": column.name})
    for heading in headings:
        if heading and heading not in known and heading != REMARK:
            yield Problem(sheet.title, 1, _("不认识的列：%(name)s") % {"name": heading})
        if heading in known and headings.count(heading) > 1:
            yield Problem(sheet.title, 1, _("列重复：%(name)s") % {"name": heading})


def _read_row(number: int, cells: list[tuple[Column | None, Any]], sheet: Sheet, book: Book) -> None:
    values: dict[str, Value] = {}
    wrong: list[str] = []
    for column, cell in cells:
        if column is None:
            continue
        try:
            values[column.name] = _value(column, cell)
        except ValueError as error:
            wrong.append(f"{column.name}：{error}")
    if not wrong and not any(values.values()):
        return
    wrong += [
        _("%(name)s：必填") % {"name": column.name}
        for column in sheet.columns
        if column.required and column.name in values and not values[column.name]
    ]
    if wrong:
        book.problems.append(Problem(sheet.title, number, "；".join(wrong)))
    else:
        book.rows[sheet.title].append(Row(number, values))


def _value(column: Column, cell: Any) -> Value:
    """The cell as text or date; ValueError says in words why not."""
    value = cell.value
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=") and cell.data_type != "s"):
        raise ValueError(_("不接受公式，请粘贴为数值"))
    if cell.data_type == "e":
        raise ValueError(_("单元格有错误值"))
    if column.day:
        return _day(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    if len(text) > MOST_TEXT:
        raise ValueError(_("文字过长"))
    if "\x00" in text:
        raise ValueError(_("含有不可用的字符"))
    return text


def _day(value: object) -> date | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"):
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise ValueError(_("日期应写作 2026-03-02"))


def write_book(
    sheets: Sequence[Sheet], rows: Mapping[str, Iterable[Sequence[Value | float]]], notes: Sequence[Sequence[str]] = ()
) -> bytes:
    """An .xlsx of these sheets, cells in the order of the columns; `notes` go on a last sheet 说明."""
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(sheet.title), sheet, rows.get(sheet.title, ()))
    hints = [(f"{sheet.title}·{column.name}", column.hint) for sheet in sheets for column in sheet.columns]
    page = workbook.create_sheet("说明")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 80
    for line in [*[hint for hint in hints if hint[1]], *notes]:
        page.append([_cell(page, text) for text in line])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _write_sheet(page: Any, sheet: Sheet, rows: Iterable[Sequence[Value | float]]) -> None:
    page.freeze_panes = "A2"
    for position in range(len(sheet.columns)):
        page.column_dimensions[chr(ord("A") + position)].width = 18
    headings = []
    for column in sheet.columns:
        heading = _cell(page, column.name)
        heading.font = Font(bold=True, color="C00000" if column.required else "000000")
        headings.append(heading)
    page.append(headings)
    for row in rows:
        page.append([_cell(page, value) for value in row])


def _cell(page: Any, value: Value | float) -> Any:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with "=" stays a text
        cell.number_format = "@"  # codes keep their leading zeros when edited
    return cell
