"""What the project carries of the national categories and one city's handbook. Pure reading: no database.

The files and where they come from: `README.md` beside this one. Everything is read once per process.
"""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parent
AREA_CLASSES: Final = ("A", "B", "C")
# Chinese words of the handbook and the stored words of `limits`.
UNITS: Final[Mapping[str, str]] = {
    "紧急工作时": "urgent_hour",
    "紧急工作日": "urgent_day",
    "工作时": "work_hour",
    "工作日": "work_day",
    "自然日": "calendar_day",
}


class Amount(NamedTuple):
    """A limit as the handbook gives it: 4 and `work_hour`."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition of the national standard."""

    code: str
    name: str
    year: int
    valid_from: date
    is_default: bool
    local_minors: bool


@dataclass(frozen=True, slots=True)
class MinorRow:
    """A minor category with its major's name. `held` says why it is not offered ("" if it is)."""

    edition: str
    kind: str
    code: str
    name: str
    major_name: str
    confidence: str
    held: str = ""
    geometry: str = ""
    typical_unit: str = ""
    local: bool = False
    maps_to: str = ""


class HandbookKey(NamedTuple):
    """What names a row of the handbook: edition "2013", kind "event", code "0101", seq 2."""

    edition: str
    kind: str
    code: str
    seq: int


@dataclass(frozen=True, slots=True)
class HandbookRow:
    """One filing condition with its closing condition and limit. Without a limit it is kept but not offered."""

    edition: str
    kind: str
    code: str
    seq: int
    condition: str
    close_condition: str
    amount: Decimal | None
    unit: str
    source: str = ""
    confidence: str = ""
    limits: Mapping[str, Amount] = field(default_factory=dict)

    @property
    def key(self) -> HandbookKey:
        """What names this row."""
        return HandbookKey(self.edition, self.kind, self.code, self.seq)

    @property
    def held(self) -> str:
        """Why the row itself is not offered ("" if nothing speaks against it)."""
        return "" if self.limits else "no_limit"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One choice of a dictionary."""

    dictionary: str
    code: str
    label: str
    label_en: str
    note: str
    position: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of reports."""

    code: str
    name: str
    name_en: str
    kind: str
    verification: str
    position: int
    valid_from: date
    files_directly: bool = False
    registers_itself: bool = False
    wants_answer: bool = False
    exchange_code: str = ""
    note: str = ""


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of one table beside this file."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_toml(name: str) -> dict[str, Any]:
    """One TOML file beside this one."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def editions() -> tuple[EditionRow, ...]:
    """The editions the project carries."""
    return tuple(EditionRow(**row) for row in read_toml("editions.toml")["edition"])


@cache
def english_names() -> Mapping[str, str]:
    """English names by Chinese name, of major and minor categories."""
    return {row["name"]: row["name_en"] for row in read_csv("names_en.csv")}


def category_confidence(text: str) -> str:
    """How sure code and name are, as a stored word; the tables say it in prose, the limit's part after a `;`."""
    first = text.split(";")[0]
    for start, word in (("verified", "verified"), ("inferred", "inferred"), ("unresolved", "unresolved")):
        if first.startswith(start):
            return word
    return "recalled"


def limit_confidence(text: str) -> str:
    """How sure the limit is: one city's published figure, or recalled and to be confirmed."""
    return "recalled" if "recalled" in text or "参考" in text else "municipal"


def minors_of(edition: str, kind: str, file: str, *, local: bool = False) -> Iterator[MinorRow]:
    """The minor categories of one table."""
    for row in read_csv(file):
        confidence = category_confidence(row["confidence"])
        yield MinorRow(
            edition,
            kind,
            row["code"],
            row["name"],
            row["major_name"],
            confidence,
            held="unresolved" if confidence == "unresolved" else "other_city" if local else "",
            geometry=row.get("geometry", ""),
            typical_unit=row.get("typical_unit", ""),
            local=local,
            maps_to=row.get("maps_to_2013", ""),
        )


@cache
def minors() -> tuple[MinorRow, ...]:
    """Every minor category, the 2013 edition first (the 2007 one points to it)."""
    return (
        *minors_of("2013", "component", "component_types_2013.csv"),
        *minors_of("2013", "component", "component_types_local.csv", local=True),
        *minors_of("2013", "event", "event_types_2013.csv"),
        *minors_of("2007", "component", "component_types_2007.csv"),
        *minors_of("2007", "event", "event_types_2007.csv"),
    )


def handbook_row(edition: str, kind: str, row: Mapping[str, str], *, seq: int, source: str = "") -> HandbookRow:
    """One line of a table as a row of the handbook: the same limit for every class of area."""
    limit = Amount(Decimal(row["amount"]), UNITS[row["unit"]]) if row["amount"] else None
    return HandbookRow(
        edition,
        kind,
        row["code"],
        seq,
        row["condition"],
        row["close_condition"],
        limit.amount if limit else None,
        limit.unit if limit else "",
        source or row.get("source", ""),
        limit_confidence(row.get("confidence", "")),
        dict.fromkeys(AREA_CLASSES, limit) if limit else {},
    )


@cache
def splits() -> Mapping[tuple[str, str, str], tuple[Mapping[str, str], ...]]:
    """The reviewed table: (edition, kind, code) to the lines that replace the table's own."""
    found: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for row in read_csv("splits.csv"):
        found.setdefault((row["edition"], row["kind"], row["code"]), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def split_rows(edition: str, kind: str, rows: Iterable[Mapping[str, str]]) -> Iterator[HandbookRow]:
    """The lines of a table, those of a split code replaced by the reviewed table's."""
    done: set[str] = set()
    for row in rows:
        reviewed = splits().get((edition, kind, row["code"]))
        if not reviewed:
            yield handbook_row(edition, kind, row, seq=int(row.get("seq") or 1))
        elif row["code"] not in done:
            done.add(row["code"])
            for part in reviewed:
                merged = {**part, "confidence": row["confidence"]}
                yield handbook_row(edition, kind, merged, seq=int(part["seq"]), source=row["source"])


def events_of_2013() -> Iterator[HandbookRow]:
    """The table of conditions, and from the table of types what has a condition but no line there."""
    rows = read_csv("event_standards_2013.csv")
    known = {row["code"] for row in rows}
    rest = [row for row in read_csv("event_types_2013.csv") if row["condition"] and row["code"] not in known]
    yield from split_rows("2013", "event", [*rows, *rest])


def components_of_2007(components: Iterable[HandbookRow]) -> Iterator[HandbookRow]:
    """The 2007 edition lists no conditions of components: those of the 2013 category it maps to (decision 0021)."""
    by_code: dict[str, list[HandbookRow]] = {}
    for row in components:
        by_code.setdefault(row.code, []).append(row)
    for minor in minors_of("2007", "component", "component_types_2007.csv"):
        for row in by_code.get(minor.maps_to, []) if minor.maps_to else []:
            yield HandbookRow(
                "2007",
                "component",
                minor.code,
                row.seq,
                row.condition,
                row.close_condition,
                row.amount,
                row.unit,
                f"取 GB/T 30428.2-2013 小类 {row.code}",
                row.confidence,
                row.limits,
            )


@cache
def handbook() -> tuple[HandbookRow, ...]:
    """Every row of the handbook, one per condition."""
    components = tuple(split_rows("2013", "component", read_csv("component_standards_2013.csv")))
    events = [row for row in read_csv("event_types_2007.csv") if row["condition"]]
    return (
        *components,
        *events_of_2013(),
        *components_of_2007(components),
        *split_rows("2007", "event", events),
    )


def handbook_rows() -> list[HandbookRow]:
    """Every row of the handbook, one per condition."""
    return list(handbook())


@cache
def dictionary_names() -> Mapping[str, tuple[str, str]]:
    """Names of the dictionaries by code: Chinese, English."""
    tables = {code: table for code, table in read_toml("dictionaries.toml").items() if isinstance(table, dict)}
    return {code: (table["name"], table["name_en"]) for code, table in tables.items()}


@cache
def entries() -> tuple[EntryRow, ...]:
    """Every choice of every dictionary, in order."""
    tables = read_toml("dictionaries.toml")
    return tuple(
        EntryRow(code, word, label, label_en, note, position, tables["valid_from"])
        for code in dictionary_names()
        for position, (word, label, label_en, note) in enumerate(tables[code]["entries"], 1)
    )


@cache
def sources() -> tuple[SourceRow, ...]:
    """Every source of reports, in order."""
    table = read_toml("sources.toml")
    return tuple(
        SourceRow(**row, position=position, valid_from=table["valid_from"])
        for position, row in enumerate(table["source"], 1)
    )
