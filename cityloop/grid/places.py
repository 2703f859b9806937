"""From words to a place: a street and the street that crosses it, as people say where something is."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from cityloop.base.geometry import LonLat

MOST_STREETS: Final = 8
LONGEST: Final = 60  # characters of a query

# A street answers by its name within what was typed (南京东路123号), by a part of its name, or by initials.
STREETS: Final = """
SELECT name, min(CASE WHEN strpos(%(words)s, name) > 0 THEN 0 WHEN starts_with(name, %(words)s) THEN 1
                      WHEN starts_with(initials, lower(%(words)s)) THEN 2 ELSE 3 END) AS rank,
       strpos(%(words)s, name) AS at
FROM grid_street
WHERE valid_to IS NULL AND level = 'ground' AND name <> ''
  AND (strpos(%(words)s, name) > 0 OR strpos(name, %(words)s) > 0 OR starts_with(initials, lower(%(words)s)))
GROUP BY name ORDER BY rank, CASE WHEN strpos(%(words)s, name) > 0 THEN -length(name) ELSE length(name) END, name
LIMIT %(limit)s"""

# The middle of each street, and the crossings of the first one: where another one meets it, or comes within 20 m.
_PARTS: Final = """
WITH part AS (
    SELECT name, ST_Collect(geom) AS geom FROM grid_street
    WHERE valid_to IS NULL AND level = 'ground' AND name = ANY(%(names)s) GROUP BY name)"""
MIDDLES: Final = f"""{_PARTS}
SELECT name, NULL AS crossing, ST_X(at) AS lon, ST_Y(at) AS lat
FROM part, LATERAL (SELECT ST_ClosestPoint(geom, ST_Centroid(geom)) AS at) AS middle"""
CROSSINGS: Final = """
WITH road AS (
    SELECT ST_Collect(geom) AS geom FROM grid_street WHERE valid_to IS NULL AND level = 'ground' AND name = %(road)s),
met AS (
    SELECT DISTINCT ON (s.name) s.name, ST_ClosestPoint(road.geom, s.geom) AS at
    FROM road JOIN grid_street s ON s.geom && ST_Expand(road.geom, 0.0002) AND ST_DWithin(s.geom, road.geom, 0.0002)
    WHERE s.valid_to IS NULL AND s.level = 'ground' AND s.name NOT IN ('', %(road)s)
    ORDER BY s.name, ST_Distance(s.geom, road.geom), s.code)
SELECT %(road)s AS name, name AS crossing, ST_X(at) AS lon, ST_Y(at) AS lat FROM met ORDER BY name"""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A crossing of two streets, or the middle of one where `crossing` is empty."""

    road: str
    crossing: str
    place: LonLat

    @property
    def label(self) -> str:
        """南京东路/河南中路, or 南京东路."""
        return f"{self.road}/{self.crossing}" if self.crossing else self.road


def find_places(words: str, *, limit: int = 12) -> list[FoundPlace]:
    """Places that answer an address as it is spoken: 南京东路近河南中路, 南京东路123号, `njdl`.

    Two streets give their crossing first; one gives its crossings, then its middle; a beginning or initials give the
    middles of the streets that fit. Empty where no street answers. Two statements.
    """
    text = "".join(words.split())[:LONGEST]
    if not text:
        return []
    streets = _rows(STREETS, {"words": text, "limit": MOST_STREETS})
    named = _named(streets, text)
    if not named:
        return [_place(row) for row in _rows(MIDDLES, {"names": [row["name"] for row in streets]})][:limit]
    met = [_place(row) for row in _rows(CROSSINGS, {"road": named[0]})]
    wanted = [found for found in met if found.crossing in named[1:]]
    rest = [found for found in met if found not in wanted] if not wanted else []
    middle = [] if wanted else [_place(row) for row in _rows(MIDDLES, {"names": named[:1]})]
    return [*wanted, *rest, *middle][:limit]


def _named(streets: list[dict[str, Any]], text: str) -> list[str]:
    """The streets whose whole name was typed, in the order of the text; 东路 within 南京东路 is not another one."""
    found: list[tuple[int, str]] = []
    for row in streets:
        name, at = row["name"], text.find(row["name"])
        inside = any(start <= at and at + len(name) <= start + len(other) for start, other in found)
        if at >= 0 and not inside:
            found.append((at, name))
    return [name for _at, name in sorted(found)]


def _place(row: dict[str, Any]) -> FoundPlace:
    return FoundPlace(row["name"], row["crossing"] or "", LonLat(round(row["lon"], 6), round(row["lat"], 6)))


def _rows(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        assert cursor.description is not None
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
