"""A report as a value: rows of units, figures by category, totals, ranking. Pure; it knows no city."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from cityloop.evaluation.counting import Group
from cityloop.evaluation.rates import percent, rate_text, share_text
from cityloop.evaluation.terms import Terms, read_terms

KINDS: Final = ("event", "component")
GROUPS: Final = ("district", "department")
ALL: Final = "all"
NONE: Final = "none"  # the label of cases without a responsible unit


class Figures(NamedTuple):
    """Received, given (派遣), on time, closed."""

    received: int = 0
    given: int = 0
    on_time: int = 0
    closed: int = 0

    def plus(self, other: "Figures") -> "Figures":
        """The sum."""
        return Figures(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def open(self) -> int:
        """Not closed: received less closed."""
        return self.received - self.closed

    @property
    def moved(self) -> int:
        """Received, and no more the unit's."""
        return self.received - self.given


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the report: a unit with all below it (`unit_ids`)."""

    label: str
    name: str
    group: str
    unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MajorColumn:
    """A major category as a column."""

    id: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class OlderCase:
    """A case from before the period that the text names: still open, or coordinated and closed within it."""

    case_id: int
    number: str
    external_number: str
    category: str
    unit: str
    coordinated: bool
    closed: bool


@dataclass(frozen=True)
class Report:
    """One report, whole: everything that pages, workbook and text show is computed from here."""

    terms: Terms
    rows: Sequence[UnitRow]
    majors: Sequence[MajorColumn]
    counts: Mapping[tuple[str, str, int], Figures]  # by label, kind, major id
    older: Sequence[OlderCase] = field(default_factory=tuple)

    @cached_property
    def _sums(self) -> Mapping[tuple[str, str], Figures]:
        """By label and kind; kind "" is both and what has no category."""
        found: dict[tuple[str, str], Figures] = {}
        for (label, kind, _major), figures in self.counts.items():
            for key in ((label, kind), (label, "")) if kind else ((label, ""),):
                found[key] = found.get(key, Figures()).plus(figures)
        return found

    def figures(self, label: str, kind: str = "") -> Figures:
        """The figures of a row, a group or the city, of one kind or both."""
        return self._sums.get((label, kind), Figures())

    def of_major(self, label: str, major: MajorColumn) -> Figures:
        """The figures of one major category."""
        return self.counts.get((label, major.kind, major.id), Figures())

    def columns(self, kind: str) -> list[MajorColumn]:
        """The major categories of a kind."""
        return [major for major in self.majors if major.kind == kind]

    def rate(self, label: str) -> Decimal | None:
        """结案率 of a row."""
        figures = self.figures(label)
        return percent(figures.closed, figures.received, rounding=self.terms.rates)

    def rate_text(self, label: str) -> str:
        """结案率 as printed."""
        figures = self.figures(label)
        return rate_text(figures.closed, figures.received, rounding=self.terms.rates)

    def on_time_texts(self, label: str) -> tuple[str, str]:
        """On time of received, and of closed, as printed."""
        figures = self.figures(label)
        return (
            rate_text(figures.on_time, figures.received, rounding=self.terms.rates),
            rate_text(figures.on_time, figures.closed, rounding=self.terms.rates),
        )

    def share_text(self, label: str) -> str:
        """The share of the city's received cases, as printed."""
        return share_text(self.figures(label).received, self.figures(ALL).received)

    def group(self, name: str) -> list[UnitRow]:
        """The rows of a group by volume, ties in the order of the unit list; the unowned cases stand last."""
        rows = [row for row in self.rows if row.group == name]
        return sorted(rows, key=lambda row: (row.label == NONE, -self.figures(row.label).received))

    def by_volume(self, kind: str) -> list[UnitRow]:
        """All rows for the tables by category: the districts, then the rest with the unowned cases, by volume."""
        districts = [row for row in self.rows if row.group == GROUPS[0] and row.label != NONE]
        others = [row for row in self.rows if row.group != GROUPS[0]]
        others += [row for row in self.rows if row.label == NONE]
        ordered = (sorted(rows, key=lambda row: -self.figures(row.label, kind).given) for rows in (districts, others))
        return [row for rows in ordered for row in rows]

    def ranking(self, name: str) -> list[tuple[int, UnitRow]]:
        """The units of a group by rate, best first, equal rates in the order of the unit list, with their places.

        Equal rates share a place. Units without cases have no rate and stand last, the unowned cases not at all.
        """
        rated = [(self.rate(row.label), row) for row in self.rows if row.group == name and row.label != NONE]
        ordered = sorted(rated, key=lambda pair: Decimal(1) if pair[0] is None else -pair[0])
        places: list[tuple[int, UnitRow]] = []
        for position, (rate, row) in enumerate(ordered, start=1):
            same = position > 1 and ordered[position - 2][0] == rate
            places.append((places[-1][0] if same else position, row))
        return places

    def without_cases(self, name: str) -> list[UnitRow]:
        """The units of a group that had nothing."""
        return [row for row in self.rows if row.group == name and not self.figures(row.label).received]

    def as_json(self) -> dict[str, Any]:
        """Everything that a published report keeps."""
        return {
            "rows": [[row.label, row.name, row.group, list(row.unit_ids)] for row in self.rows],
            "majors": [[major.id, major.kind, major.name] for major in self.majors],
            "counts": [[*key, *self.counts[key]] for key in sorted(self.counts)],
            "older": [
                [one.case_id, one.number, one.external_number, one.category, one.unit, one.coordinated, one.closed]
                for one in self.older
            ],
        }


def figures_of(groups: Iterable[Group]) -> dict[tuple[str, str, int], Figures]:
    """Counted groups by their key."""
    return {
        (row.label, row.kind, row.major_id): Figures(row.received, row.given, row.on_time, row.closed) for row in groups
    }


def read_report(terms: Mapping[str, str], body: Mapping[str, Any]) -> Report:
    """A stored report."""
    return Report(
        terms=read_terms(terms),
        rows=[UnitRow(label, name, group, tuple(ids)) for label, name, group, ids in body["rows"]],
        majors=[MajorColumn(*row) for row in body["majors"]],
        counts={(label, kind, major): Figures(*rest) for label, kind, major, *rest in body["counts"]},
        older=[OlderCase(*row) for row in body["older"]],
    )
