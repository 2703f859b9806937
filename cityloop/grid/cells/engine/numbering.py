"""Codes: fifteen digits, west to east and north to south within the community, numbers never given twice."""

from collections.abc import Sequence
from math import sqrt
from typing import Final

Place = tuple[float, float]  # metres east, metres north

MOST_NUMBERS: Final = 999


class NumbersExhausted(Exception):
    """A community has no numbers left."""

    def __init__(self, community: str, wanted: int) -> None:
        super().__init__(f"{community}: {wanted}")
        self.community, self.wanted = community, wanted


def reading_order(places: Sequence[Place], *, row: float) -> list[int]:
    """The places from north to south in rows of that many metres, from west to east within a row."""
    if not places:
        return []
    top = max(north for _, north in places)
    return sorted(range(len(places)), key=lambda at: (int((top - places[at][1]) / row), places[at][0], at))


def row_of(area: float) -> float:
    """How high a row is for cells of that many m²."""
    return 0.9 * sqrt(area)


def number_cells(community: str, places: Sequence[Place], *, after: int = 0, row: float) -> list[str]:
    """The code of each place; `after` is the highest number that this community has ever given."""
    if after + len(places) > MOST_NUMBERS:
        raise NumbersExhausted(community, after + len(places))
    codes = [""] * len(places)
    for number, at in enumerate(reading_order(places, row=row), start=after + 1):
        codes[at] = f"{community}{number:03d}"
    return codes


def is_after(one: Place, other: Place) -> bool:
    """Whether the other place may come next: further east, or further south."""
    return other[0] > one[0] or other[1] < one[1]
