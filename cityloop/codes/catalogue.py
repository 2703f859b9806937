"""Codes as they are read: immutable nodes, and finding one by name, initials or code. No database here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from cityloop.base.words import in_language


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a row is in force: `valid_to` is the first day without it."""

    valid_from: date
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        """Whether the row holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class StandardNode(Span):
    """A filing standard (立案条件)."""

    id: int
    minor_id: int
    seq: int
    condition: str
    close_condition: str
    source: str
    confidence: str
    is_offered: bool
    held: str


@dataclass(frozen=True, slots=True)
class MinorNode(Span):
    """A minor category with all its standards, past ones included."""

    id: int
    major_id: int
    edition_id: int
    kind: str
    code: str
    name: str
    name_en: str
    initials: str
    geometry: str
    typical_unit: str
    confidence: str
    is_offered: bool
    held: str
    local: bool
    maps_to_id: int | None
    standards: tuple[StandardNode, ...] = ()

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)

    def standards_on(self, on: date) -> tuple[StandardNode, ...]:
        """The standards offered on that day, in order."""
        return tuple(row for row in self.standards if row.is_offered and row.is_in_force(on))


@dataclass(frozen=True, slots=True)
class MajorNode(Span):
    """A major category with its minors."""

    id: int
    edition_id: int
    kind: str
    code: str
    name: str
    name_en: str
    local: bool
    minors: tuple[MinorNode, ...] = ()

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


@dataclass(frozen=True, slots=True)
class EditionNode(Span):
    """An edition with its majors."""

    id: int
    code: str
    name: str
    year: int
    is_default: bool
    local_minors: bool
    majors: tuple[MajorNode, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryNode(Span):
    """One choice of a dictionary."""

    code: str
    label_zh: str
    label_en: str
    note: str
    position: int

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return in_language(self.label_zh, self.label_en)


@dataclass(frozen=True, slots=True)
class SourceNode(Span):
    """One source of reports, and what follows from it."""

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    verification: str
    files_directly: bool
    registers_itself: bool
    wants_answer: bool
    exchange_code: str
    note: str
    position: int

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


@dataclass(frozen=True)
class Snapshot:
    """Every code at one stamp of the version."""

    stamp: str
    editions: Mapping[int, EditionNode]
    dictionaries: Mapping[str, tuple[EntryNode, ...]]
    sources: tuple[SourceNode, ...]
    majors: Mapping[int, MajorNode]
    minors: Mapping[int, MinorNode]
    standards: Mapping[int, StandardNode]
    minors_by_code: Mapping[tuple[int, str, str], MinorNode]


def local_numbers(taken: Mapping[int, bool], *, inside_local: bool, extends: bool) -> list[int]:
    """Free two-digit numbers for a local minor, the next one first. `taken` says of each number whether it is local.

    Inside a local major numbers go upward from 1; inside a national one downward from 99 to above the last national
    number, if the edition lets cities extend there at all.
    """
    if inside_local:
        return [number for number in range(1, 100) if number not in taken]
    last = max((number for number, local in taken.items() if not local), default=0)
    return [number for number in range(99, last, -1) if number not in taken] if extends else []


def prune(edition: EditionNode, on: date, *, fileable_only: bool) -> Iterator[MajorNode]:
    """The majors of an edition with what is offered on that day, standards likewise.

    `fileable_only` leaves out minors without an offered standard: nothing could be filed under them.
    """
    if not edition.is_in_force(on):
        return
    for major in edition.majors:
        if not major.is_in_force(on):
            continue
        offered = (
            replace(minor, standards=minor.standards_on(on))
            for minor in major.minors
            if minor.is_offered and minor.is_in_force(on)
        )
        minors = tuple(minor for minor in offered if minor.standards or not fileable_only)
        if minors:
            yield replace(major, minors=minors)


def rank(minor: MinorNode, word: str) -> int | None:
    """How well a minor answers what was typed, 0 best; None if it does not.

    By code, name, pinyin initials ("blj" finds 暴露垃圾), English name; a filing condition's own words come last.
    """
    tests = (
        minor.code == word,
        minor.name == word,
        minor.initials == word,
        minor.code.startswith(word),
        minor.name.startswith(word),
        minor.initials.startswith(word),
        word in minor.name,
        len(word) > 1 and word in minor.initials,
        word in minor.name_en.lower(),
        len(word) > 1 and any(word in row.condition for row in minor.standards),
    )
    return next((place for place, hit in enumerate(tests) if hit), None)


def search(majors: Iterable[MajorNode], words: str, *, kind: str = "", limit: int = 20) -> list[MinorNode]:
    """The minors that answer what was typed, best first, then by code; components before events."""
    typed = words.strip().lower()
    if not typed:
        return []
    ranked = (
        (place, minor.kind, minor.code, minor)
        for major in majors
        if kind in ("", major.kind)
        for minor in major.minors
        if (place := rank(minor, typed)) is not None
    )
    return [found[3] for found in sorted(ranked, key=lambda item: item[:3])[:limit]]
