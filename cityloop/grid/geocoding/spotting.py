"""Known names inside a text: they tell its parts where grammar cannot. Plain functions, no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from cityloop.base.spelling import key_of
from cityloop.grid.geocoding.parse import Query, Reading, level_inner, read

LONGEST_NAME: Final = 16  # characters of a name that is looked for inside a text
LONGEST_TEXT: Final = 48
AREA, STREET = 0, 1  # ranks, as `models.places.NameRank` has them
_NUMBER: Final = re.compile(r"(\d{1,5})((?:号|弄)(?:\d+支弄)?(?:\d+号?)?)?(?=\D|$)")


@dataclass(frozen=True, slots=True)
class Spot:
    """A known name and where in the text's key it stands."""

    key: str
    rank: int
    start: int

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.key)


def parts_of(text: str) -> list[str]:
    """All substrings of its key that may be names."""
    key = key_of(text)[:LONGEST_TEXT]
    return [
        key[at : at + long] for at in range(len(key)) for long in range(2, LONGEST_NAME + 1) if at + long <= len(key)
    ]


def lay_out(text: str, known: Mapping[str, int]) -> list[Spot]:
    """The known names in the text from left to right, the longest first, none overlapping."""
    key = key_of(text)[:LONGEST_TEXT]
    found: list[Spot] = []
    at = 0
    while at < len(key):
        longest = next((key[at : at + long] for long in range(LONGEST_NAME, 1, -1) if key[at : at + long] in known), "")
        if longest:
            found.append(Spot(longest, known[longest], at))
        at += len(longest) or 1
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for: names of areas, and the readings of the rest."""

    areas: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def names(self) -> list[str]:
        """Every name that any of it needs, once."""
        wanted = [name for reading in self.readings for name in reading.names]
        return list(dict.fromkeys([*self.areas, *wanted]))


def plan(query: Query, known: Mapping[str, int]) -> Plan:
    """The query's readings, and those that known names suggest; areas that it begins with are taken off first."""
    spots = lay_out(query.text, known)
    areas = _leading_areas(spots)
    rest = _after(query.text, areas[-1].end) if areas else ""
    if not rest:
        readings, names = query.readings, query.areas
    else:
        readings, names = read(rest), tuple(spot.key for spot in areas)
    others = [spot for spot in spots if spot not in areas] if rest else spots
    return Plan(names, tuple(dict.fromkeys([*readings, *_suggest(query.text, others)])))


def _leading_areas(spots: list[Spot]) -> list[Spot]:
    found: list[Spot] = []
    for spot in spots:
        if spot.rank != AREA or spot.start != (found[-1].end if found else 0):
            break
        found.append(spot)
    return found


def _after(text: str, length: int) -> str:
    """The text behind so many characters of its key."""
    at = next((at for at in range(len(text) + 1) if len(key_of(text[:at])) >= length), len(text))
    return text[at:].lstrip(" ,的")


def _suggest(text: str, spots: list[Spot]) -> list[Reading]:
    key = key_of(text)
    streets = list(dict.fromkeys(spot.key for spot in spots if spot.rank == STREET))
    found = [Reading("crossing", (streets[0], streets[1]), sure=0.9)] if len(streets) > 1 else []
    for spot in spots:
        if spot.rank == AREA and len(spots) > 1:
            continue
        number = _NUMBER.match(key, spot.end)
        if number and spot.rank != AREA:
            inner = level_inner((number[2] or "").removeprefix("号"))
            found.append(Reading("door", (spot.key,), int(number[1]), inner, sure=0.9))
            if spot.rank == STREET:
                continue
        share = len(spot.key) / max(len(key), 1)
        if share < 1:
            own = replace(Reading("name", (spot.key,)), sure=0.5 + 0.4 * share, within=True)
            # A landmark on a street says more than the street.
            found.append(replace(own, sure=own.sure + 0.08) if spot.rank > STREET else own)
    return found
