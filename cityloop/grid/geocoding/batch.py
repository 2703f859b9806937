"""Many addresses at once: a table in, a workbook out, with what was found, how sure it is, and why."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.sheets import Sheet, Value, read_plain, write_book
from cityloop.grid.geocoding.batch_columns import FOUND, LAT, LON, REPORT, TEXT
from cityloop.grid.geocoding.finding import Found, find_places
from cityloop.grid.geocoding.reverse import describe
from cityloop.grid.selectors import Location, locate

Verdict = Literal["sure", "check", "none"]
SURE: Final = 0.85  # from here on nobody needs to look
DOUBTFUL: Final = 0.6
MOST_ON_PAGE: Final = 500  # rows that a page answers while one waits; the command takes any number
VERDICTS: Final[dict[str, str | Promise]] = {
    "sure": gettext_lazy("可信"),
    "check": gettext_lazy("请核对"),
    "none": gettext_lazy("未找到"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of the table: a text, or a place if the other way round; `wrong` says why it is neither."""

    number: int
    text: str
    place: LonLat | None = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found for a row: the place, its score and why, whose ground it is, and the next best."""

    asked: Asked
    found: Found | None = None
    second: Found | None = None
    location: Location | None = None
    address: str = ""

    @property
    def score(self) -> float:
        """How sure; a place in words is sure inside the city."""
        if self.found:
            return self.found.score
        return 1.0 if self.location and self.location.is_inside and not self.asked.wrong else 0.0

    @property
    def verdict(self) -> Verdict:
        """What is left to do for a person."""
        return "sure" if self.score >= SURE else "check" if self.score >= DOUBTFUL else "none"


def read_asked(content: bytes, *, reverse: bool = False, most: int = 10_000_000) -> list[Asked]:
    """The rows of a workbook or CSV file: the column 地址, or 经度 and 纬度; without such a head the first ones."""
    rows = read_plain(content, most_rows=most)
    if not rows:
        raise Refused("invalid", _("文件中没有数据"), {"rule": "rows"})
    names = (LON, LAT) if reverse else (TEXT,)
    heads = [_column(rows[0], known) for known in names]
    has_head = any(head is not None for head in heads)
    places = [head if head is not None else nr for nr, head in enumerate(heads)]
    first = 2 if has_head else 1
    return [_asked(number, [_cell(row, at) for at in places]) for number, row in enumerate(rows[first - 1 :], first)]


def _column(head: Sequence[str], known: frozenset[str]) -> int | None:
    return next((nr for nr, name in enumerate(head) if name.strip().casefold() in known), None)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _asked(number: int, cells: list[str]) -> Asked:
    if len(cells) == 1:
        return Asked(number, cells[0])
    text = ",".join(cells)
    try:
        return Asked(number, text, read_lonlat(cells))
    except Refused as no:
        return Asked(number, text, wrong=no.message)


def read_place(text: str) -> LonLat:
    """`121.47,31.23` or `121.47 31.23`; refused as `invalid`."""
    return read_lonlat([part for part in re.split(r"[\s,，]+", text.strip()) if part])


def answer(asked: Asked, *, now: datetime) -> Answered:
    """Find one row's place, or say its place in words."""
    if asked.wrong:
        return Answered(asked)
    if asked.place is not None:
        described = describe(asked.place, now=now)
        return Answered(asked, location=described.location, address=described.address)
    found = find_places(asked.text, limit=2)
    if not found:
        return Answered(asked)
    second = found[1] if len(found) > 1 else None
    return Answered(asked, found[0], second, locate(found[0].place, now=now), found[0].address)


def count(answers: Iterable[Answered]) -> dict[str, int]:
    """How many rows of each verdict."""
    found: Counter[str] = Counter(one.verdict for one in answers)
    return {verdict: found[verdict] for verdict in VERDICTS}


def write_answers(answers: Sequence[Answered]) -> bytes:
    """The workbook: a line for each row in its order, and the report."""
    sheets = [Sheet(FOUND.title, FOUND.columns), Sheet(REPORT.title, REPORT.columns)]
    rows = {FOUND.title: [_line(one) for one in answers], REPORT.title: _report(answers)}
    return write_book(sheets, rows)


def _line(one: Answered) -> list[Value]:
    at, place = one.location, one.found.place if one.found else one.asked.place
    return [
        str(one.asked.number),
        one.asked.text,
        str(VERDICTS[one.verdict]),
        one.found.label if one.found else one.address,
        f"{one.score:.2f}",
        one.asked.wrong or (one.found.reason if one.found else ""),
        f"{place.lon:.6f}" if place else "",
        f"{place.lat:.6f}" if place else "",
        (at and at.district_name) or "",
        (at and at.street_name) or "",
        (at and at.community_name) or "",
        (at and at.cell_code) or "",
        (at and at.duty_grid_name) or "",
        f"{one.second.label} {one.second.score:.2f}" if one.second else "",
    ]


def _report(answers: Sequence[Answered]) -> list[list[Value]]:
    reasons = Counter(one.found.reason for one in answers if one.found)
    lines: list[list[Value]] = [[_("行数"), str(len(answers))]]
    lines += [[str(VERDICTS[verdict]), str(number)] for verdict, number in count(answers).items()]
    lines += [[reason, str(number)] for reason, number in reasons.most_common()]
    return lines
