"""The handbook as an Excel workbook: one line per filing condition, limits per class of area. No database here.

Reading never stops at the first fault: every line that cannot be read says why, so that a clerk mends them in one go.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.base.sheets import Column, Problem, Row, Sheet, read_book, write_book
from cityloop.codes.data import AREA_CLASSES, UNITS, Amount

KINDS: Final = {"部件": "component", "事件": "event"}
GEOMETRIES: Final = {"点": "point", "线": "line", "面": "polygon"}
STATES: Final = {"启用": "offered", "停用": "retired", "未采用": "held"}
MOST_AMOUNT: Final = 1000
LIMIT: Final = re.compile(r"(\d+(?:\.\d{1,2})?)(.*)")
# Titles stand in the file, so they are Chinese in every language.
SHEET: Final = Sheet(
    "立案标准",
    (
        Column("类型", required=True, hint="部件 或 事件"),
        Column("大类代码", required=True, hint="两位数字；本地扩展大类从 21 起"),
        Column("大类名称", hint="新增本地扩展大类时必填"),
        Column("小类代码", required=True, hint="四位数字，前两位为大类代码；本地扩展小类在国标大类内从 99 向下编号"),
        Column("小类名称", hint="须与代码相符；新增本地扩展小类时必填"),
        Column("几何类型", hint="部件的 点、线 或 面；只在新增小类时用"),
        Column("序号", hint="已有条件保留原序号；新增条件可留空，自动续编"),
        Column("立案条件", hint="每行一个立案条件；同一小类有几个条件就写几行"),
        Column("结案条件"),
        Column(
            "A类时限",
            hint="数量和单位，如 4工作时、2紧急工作时、5工作日、1紧急工作日、3自然日；三类都留空则保留但不可选用",
        ),
        Column("B类时限", hint="留空即与 A 类相同"),
        Column("C类时限", hint="留空即与 A 类相同"),
        Column(
            "状态",
            hint="启用、停用 或 未采用；停用的条件自生效日期起不再用于立案，已立案件不受影响；文件中没有的行不变",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the workbook. `limits` has all classes of area or none."""

    number: int
    kind: str
    major_code: str
    major_name: str
    code: str
    name: str
    geometry: str = ""
    seq: int | None = None
    condition: str = ""
    close_condition: str = ""
    limits: Mapping[str, Amount] = field(default_factory=dict)
    state: str = "offered"


class Unreadable(ValueError):
    """A cell does not say what its column wants; the text is for the reader."""


# --- reading ---


def read_sheet(content: bytes) -> tuple[list[SheetRow], list[Problem]]:
    """The lines of a workbook, and what is wrong with the others.

    Refused as `too_large` or `invalid` when the file as a whole cannot be used.
    """
    book = read_book(content, [SHEET])
    rows: list[SheetRow] = []
    problems = list(book.problems)
    for line in book.rows.get(SHEET.title, []):
        faults: list[str] = []
        row = read_row(line, faults)
        if row:
            rows.append(row)
        else:
            problems.append(Problem(SHEET.title, line.number, "；".join(faults)))
    return rows, problems


def read_row(line: Row, faults: list[str]) -> SheetRow | None:
    """One line as a row; None if something in it cannot be read, which then stands in `faults`."""
    values: dict[str, Any] = {}
    for name, (title, reader) in READERS.items():
        try:
            values[name] = reader(line.text(title))
        except Unreadable as fault:
            faults.append(f"{title}：{fault}")
    if faults:
        return None
    limits = {area: values.pop(area) for area in AREA_CLASSES}
    if not limits["A"] and any(limits.values()):
        faults.append(_("填了 B、C 类时限，A 类时限不能为空"))
        return None
    values["limits"] = {area: limit or limits["A"] for area, limit in limits.items()} if limits["A"] else {}
    return SheetRow(line.number, **values)


def plain(text: str) -> str:
    """Full-width digits and letters as ordinary ones, no spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def one_of(choices: Mapping[str, str], *, otherwise: str | None = None) -> Callable[[str], str]:
    """A reader of a cell that takes one of a few words."""

    def read(text: str) -> str:
        if not text and otherwise is not None:
            return otherwise
        if plain(text) not in choices:
            raise Unreadable(_("应为 %(choices)s") % {"choices": "、".join(choices)})
        return choices[plain(text)]

    return read


def digits(width: int) -> Callable[[str], str]:
    """A reader of a code of so many digits; leading zeros that Excel took away are put back."""

    def read(text: str) -> str:
        code = plain(text)
        if not (code.isascii() and code.isdigit() and len(code) <= width):
            raise Unreadable(_("应为 %(width)d 位数字") % {"width": width})
        return code.zfill(width)

    return read


def words(most: int) -> Callable[[str], str]:
    """A reader of a text of at most so many characters."""

    def read(text: str) -> str:
        if len(text) > most:
            raise Unreadable(_("超过 %(most)d 字") % {"most": most})
        return text

    return read


def read_seq(text: str) -> int | None:
    """The number of a condition, or None to have one given."""
    number = plain(text)
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 999):
        raise Unreadable(_("应为 1 至 999 的整数"))
    return int(number)


def read_limit(text: str) -> Amount | None:
    """`4工作时` as an amount, or None."""
    if not text:
        return None
    found = LIMIT.fullmatch(plain(text))
    if not found or not found[2]:
        raise Unreadable(_("“%(text)s”应写数量和单位，如 4工作时") % {"text": text})
    amount, unit = Decimal(found[1]), UNITS.get(found[2])
    if unit is None:
        raise Unreadable(_("单位“%(unit)s”应为 %(units)s") % {"unit": found[2], "units": "、".join(UNITS)})
    if not 0 < amount <= MOST_AMOUNT:
        raise Unreadable(_("应大于 0，不超过 %(most)d") % {"most": MOST_AMOUNT})
    return Amount(amount, unit)


# How each column is read, by the field of `SheetRow` it fills (A, B, C together fill `limits`).
READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "kind": ("类型", one_of(KINDS)),
    "major_code": ("大类代码", digits(2)),
    "major_name": ("大类名称", words(60)),
    "code": ("小类代码", digits(4)),
    "name": ("小类名称", words(60)),
    "geometry": ("几何类型", one_of(GEOMETRIES, otherwise="")),
    "seq": ("序号", read_seq),
    "condition": ("立案条件", words(500)),
    "close_condition": ("结案条件", words(300)),
    "A": ("A类时限", read_limit),
    "B": ("B类时限", read_limit),
    "C": ("C类时限", read_limit),
    "state": ("状态", one_of(STATES, otherwise="offered")),
}


# --- writing ---


def write_limit(limit: Amount | None) -> str:
    """An amount as `4工作时`."""
    unit = {word: chinese for chinese, word in UNITS.items()}
    return f"{limit.amount.normalize():f}{unit[limit.unit]}" if limit else ""


def write_sheet(rows: Iterable[SheetRow]) -> bytes:
    """The workbook of these lines; of none, it is the template."""
    return write_book([SHEET], {SHEET.title: (list(cells_of(row)) for row in rows)})


def cells_of(row: SheetRow) -> Iterator[str]:
    """The cells of a line in the order of the columns."""
    kinds, shapes, states = ({word: title for title, word in table.items()} for table in (KINDS, GEOMETRIES, STATES))
    yield from (kinds[row.kind], row.major_code, row.major_name, row.code, row.name, shapes.get(row.geometry, ""))
    yield from (str(row.seq or ""), row.condition, row.close_condition)
    yield from (write_limit(row.limits.get(area)) for area in AREA_CLASSES)
    yield states[row.state]
