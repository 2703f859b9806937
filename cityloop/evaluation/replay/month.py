"""A published month as data: how many cases each unit had, of which category, and what became of them. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "data"
KINDS: Final = ("event", "component")
ON_TIME, LATE, OPEN, UNOWNED = "on_time", "late", "open", "unowned"


@dataclass(frozen=True, slots=True)
class Spec:
    """One case as far as the publication tells: its unit ("" for none), category, and what became of it.

    `index` stays the same whatever share of the month is replayed.
    """

    index: int
    unit: str
    kind: str
    major: str
    fate: str


@dataclass(frozen=True)
class Month:
    """The published figures."""

    body: Mapping[str, Any]

    @property
    def districts(self) -> Sequence[str]:
        """The districts in the order of the unit list."""
        return tuple(self.body["districts"])

    @property
    def departments(self) -> Sequence[str]:
        """The departments in the order of the unit list, those without cases last."""
        return (*self.body["departments"], *self.body["departments_without_cases"])

    @property
    def unowned(self) -> str:
        """The name of the row of cases without a responsible unit."""
        return str(self.body["unowned"])

    def majors(self, kind: str) -> Sequence[str]:
        """The published major categories of a kind."""
        return tuple(self.body[f"{kind}_types"])

    def by_major(self, unit: str, kind: str) -> Sequence[int]:
        """Cases of a unit by major category; zeros for a unit that the table leaves out."""
        return tuple(self.body[f"{kind}s"].get(unit) or [0] * len(self.majors(kind)))

    def row(self, unit: str) -> Mapping[str, int]:
        """The published columns of a unit; zeros for one without cases."""
        values = self.body["units"].get(unit) or [0] * len(COLUMNS)
        return dict(zip(COLUMNS, values, strict=True))

    @property
    def totals(self) -> Mapping[str, int]:
        """The published columns of the whole city."""
        return dict(zip(COLUMNS, self.body["totals"]["counts"], strict=True))

    @cached_property
    def older(self) -> Mapping[str, Sequence[int]]:
        """Cases of earlier months that the text names, by what had become of them."""
        return {name: tuple(numbers) for name, numbers in self.body["older_cases"].items()}


# The eight published columns; received cases are not split by kind.
COLUMNS: Final = (
    "received",
    "dispatched_event",
    "dispatched_component",
    "on_time_event",
    "on_time_component",
    "closed_event",
    "closed_component",
    "open",
)


def read_month(name: str) -> Month:
    """The month of that name; raises `FileNotFoundError`."""
    return Month(json.loads((FOLDER / name / "month.json").read_text(encoding="utf-8")))


def specs_of(month: Month, *, share: float, seed: int) -> list[Spec]:
    """The cases of the month, or of a share of it with every unit that had any. The same for the same seed."""
    return [spec for group in _groups(month, seed) for spec in _share_of(group, share, seed)]


def _groups(month: Month, seed: int) -> Iterator[list[Spec]]:
    """All cases by unit and kind. Which category came to which end is not published: they are paired by the seed."""
    index = 0
    for unit in (*month.districts, month.unowned, *month.departments):
        for kind in KINDS:
            majors = [
                name
                for name, count in zip(month.majors(kind), month.by_major(unit, kind), strict=True)
                for _ in range(count)
            ]
            fates = _fates(month, unit, kind)
            assert len(majors) == len(fates), f"{unit} {kind}: the tables do not agree"
            Random(f"{seed} {unit} {kind}").shuffle(majors)
            owner = "" if unit == month.unowned else unit
            yield [
                Spec(index + place, owner, kind, major, fate)
                for place, (major, fate) in enumerate(zip(majors, fates, strict=True))
            ]
            index += len(majors)


def _fates(month: Month, unit: str, kind: str) -> list[str]:
    row = month.row(unit)
    given, closed, on_time = row[f"dispatched_{kind}"], row[f"closed_{kind}"], row[f"on_time_{kind}"]
    rest = UNOWNED if unit == month.unowned else OPEN
    return [ON_TIME] * on_time + [LATE] * (closed - on_time) + [rest] * (given - closed)


def _share_of(group: list[Spec], share: float, seed: int) -> list[Spec]:
    if not group or share >= 1:
        return group
    count = max(1, round(len(group) * share))
    first = group[0]
    return sorted(Random(f"{seed} {first.index} share").sample(group, count), key=lambda spec: spec.index)
