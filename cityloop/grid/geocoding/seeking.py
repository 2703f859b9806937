"""Known names for what was typed: candidates by index, the best of them by likeness."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from cityloop.base.spelling import Spelling, is_latin, key_of, pairs_of, spell
from cityloop.grid.geocoding import sql
from cityloop.grid.geocoding.likeness import Name, Why, compare
from cityloop.grid.geocoding.spotting import parts_of

MOST_ASKED: Final = 12  # names of one text that are looked up
MOST_MATCHES: Final = 24  # of one name
LEAST: Final = 0.55  # likeness worth showing


@dataclass(frozen=True, slots=True)
class Match:
    """A known name that fits, its bearer, and how well it fits."""

    name: Name
    score: float
    why: Why
    street: str
    code: str
    place_kind: str
    area_code: str
    lon: float | None
    lat: float | None


def find_spots(text: str) -> dict[str, int]:
    """Known names that stand in the text letter for letter, and their ranks."""
    return {row["key"]: row["rank"] for row in rows_of(sql.SPOTS, {"parts": parts_of(text)})}


def find_names(asked: Iterable[str]) -> dict[str, list[Match]]:
    """The names that fit each text, the best first."""
    texts = list(asked)[:MOST_ASKED]
    spellings = [spell(text) for text in texts]
    found: dict[str, list[Match]] = {text: [] for text in texts}
    if texts:
        for row in rows_of(sql.CANDIDATES, _given(spellings)):
            match = _match(row, spellings[row["nr"] - 1])
            if match:
                found[texts[row["nr"] - 1]].append(match)
    return {text: _best(matches) for text, matches in found.items()}


def find_scattered(text: str) -> list[Match]:
    """Names that hold all its characters in that order: 上图 for 上海图书馆."""
    spelling = spell(text)
    if len(spelling.key) < 2 or is_latin(spelling.key):
        return []
    rows = rows_of(sql.SCATTERED, {"chars": sorted(set(spelling.key))})
    return _best([match for row in rows if (match := _match(row, spelling))])


def _given(spellings: list[Spelling]) -> dict[str, list[str]]:
    latin = [is_latin(one.key) for one in spellings]
    mixed = [any("a" <= char <= "z" for char in one.key) for one in spellings]
    return {
        "keys": [one.key for one in spellings],
        "latin": [one.key if only else "" for one, only in zip(spellings, latin, strict=True)],
        "sounds": [one.sound for one in spellings],
        "initials": [one.initials if some else "" for one, some in zip(spellings, mixed, strict=True)],
        "near": [_array(one.near) for one in spellings],
        # Letters are in half of all Latin names: only words are looked for in the middle of one.
        "pairs": [
            _array(pairs_of(one.key)) if not only or len(one.key) >= 4 else "{}"
            for one, only in zip(spellings, latin, strict=True)
        ],
    }


def _array(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it; keys have neither quotes nor commas."""
    return "{" + ",".join(str(value) for value in values) + "}"


def _match(row: dict[str, Any], asked: Spelling) -> Match | None:
    fields = ("id", "rank", "kind", "name", "bearer", "key", "pinyin", "sound", "initials")
    name = Name(**{field: row[field] for field in fields})
    judged = compare(asked, name)
    if judged is None or judged[0] < LEAST:
        return None
    rest = {field: row[field] for field in ("street", "code", "place_kind", "area_code", "lon", "lat")}
    return Match(name, judged[0], judged[1], **rest)


def _best(matches: list[Match]) -> list[Match]:
    """One a bearer, the best first; areas and streets before shops that fit alike."""
    matches.sort(key=lambda one: (-one.score, one.name.rank, len(one.name.key), one.name.key, one.code))
    seen: dict[tuple[int, str, str], Match] = {}
    for match in matches:
        seen.setdefault((match.name.rank, match.street, match.code), match)
    return list(seen.values())[:MOST_MATCHES]


def rows_of(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The statement's rows by the names of their columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        assert cursor.description is not None
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def street_key_of(match: Match) -> str:
    """Under which doors of this bearer are kept: a street's own name, or a compound's."""
    return key_of(match.street or match.name.bearer)
