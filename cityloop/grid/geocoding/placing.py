"""From names that were found to points: crossings, doors, middles of streets, steps from there. One statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cityloop.base.geometry import METRES_PER_DEGREE, LonLat, metres_between
from cityloop.grid.geocoding import sql
from cityloop.grid.geocoding.likeness import Why
from cityloop.grid.geocoding.parse import Bearing, Step
from cityloop.grid.geocoding.seeking import rows_of

TOUCHING: Final = 40.0  # metres between two centrelines that meet
CLOSE: Final = 200.0  # metres between two streets that people still call a crossing
ONE_STREET: Final = 3_000.0  # metres between two neighbouring doors of the same street

AZIMUTHS: Final[dict[Bearing, int]] = {"n": 0, "ne": 45, "e": 90, "se": 135, "s": 180, "sw": 225, "w": 270, "nw": 315}


@dataclass(frozen=True, slots=True)
class Spotted:
    """A point, how much it weighs against a sure one, and why it is there."""

    place: LonLat
    weight: float
    why: Why
    code: str = ""
    label: str = ""
    area_code: str = ""


def place_crossings(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Spotted]:
    """Where each two streets meet, or come close."""
    if not pairs:
        return {}
    given = {"ones": [one for one, _ in pairs], "others": [other for _, other in pairs]}
    found = {}
    for row in rows_of(sql.CROSSINGS, given):
        metres = row["apart"] * METRES_PER_DEGREE
        if metres <= CLOSE:
            meets = metres <= TOUCHING
            found[row["one"], row["other"]] = Spotted(
                _place(row), 1.0 if meets else 0.85 - 0.15 * metres / CLOSE, Why.CROSSING if meets else Why.NEARBY
            )
    return found


def place_along(road: str, *, limit: int) -> list[tuple[str, LonLat]]:
    """The streets that meet this one, and where."""
    return [(row["name"], _place(row)) for row in rows_of(sql.ALONG, {"road": road, "limit": limit})]


def place_middles(names: Sequence[str], *, area: str) -> dict[str, tuple[LonLat, bool]]:
    """The middle of each street, and whether it lies in the area."""
    if not names:
        return {}
    rows = rows_of(sql.MIDDLES, {"names": list(names), "area": area})
    return {row["name"]: (_place(row), bool(row["area_code"])) for row in rows}


def place_beside(asked: Sequence[tuple[str, LonLat]]) -> dict[int, Spotted]:
    """By the position in `asked`: the point of the street nearest to the place, if it is near."""
    if not asked:
        return {}
    given = {
        "names": [name for name, _ in asked],
        "lons": [place.lon for _, place in asked],
        "lats": [place.lat for _, place in asked],
    }
    rows = [row for row in rows_of(sql.BESIDE, given) if row["metres"] <= 2 * CLOSE]
    return {row["nr"]: Spotted(_place(row), 0.95 - 0.15 * row["metres"] / (2 * CLOSE), Why.NEARBY) for row in rows}


def place_doors(asked: Sequence[tuple[str, int, str]]) -> dict[int, list[Spotted]]:
    """By the position in `asked` (street's key, number, what follows): the door, else one worked out."""
    if not asked:
        return {}
    given = {
        "keys": [key for key, _, _ in asked],
        "numbers": [n for _, n, _ in asked],
        "inners": [i for *_, i in asked],
    }
    near: dict[int, list[dict[str, Any]]] = {}
    for row in rows_of(sql.DOORS, given):
        near.setdefault(row["nr"], []).append(row)
    return {nr: found for nr, rows in near.items() if (found := _doors_from(rows, asked[nr][1]))}


def _doors_from(rows: Sequence[dict[str, Any]], number: int) -> list[Spotted]:
    by_how: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_how.setdefault(row["how"], []).append(row)
    if "same" in by_how:
        return [_known(row, 1.0, Why.DOOR) for row in by_how["same"]]
    if "lane" in by_how:
        return [_known(by_how["lane"][0], 0.93, Why.LANE)]
    below, above = by_how.get("below", [None])[0], by_how.get("above", [None])[0]
    if below and above and metres_between(_place(below), _place(above)) <= ONE_STREET:
        return [_between(below, above, number)]
    nearest = min(rows, key=lambda row: (_numbers_off(row, number), row["code"]))
    return [_known(nearest, max(0.82 - 0.004 * _numbers_off(nearest, number), 0.62), Why.BESIDE)]


def _numbers_off(row: dict[str, Any], number: int) -> int:
    """How many numbers away; a door across the street counts as farther."""
    off: int = abs(row["number"] - number)
    return off + 4 * (off % 2)


def _known(row: dict[str, Any], weight: float, why: Why) -> Spotted:
    label = row["name"] if why is Why.DOOR else ""
    return Spotted(_place(row), weight, why, code=row["code"], label=label, area_code=row["area_code"])


def _between(below: dict[str, Any], above: dict[str, Any], number: int) -> Spotted:
    """On the line from one neighbour to the other, as far along as the number is between theirs."""
    share = (number - below["number"]) / (above["number"] - below["number"])
    lon = below["lon"] + share * (above["lon"] - below["lon"])
    lat = below["lat"] + share * (above["lat"] - below["lat"])
    apart = metres_between(_place(below), _place(above))
    return Spotted(LonLat(round(lon, 6), round(lat, 6)), 0.94 - 0.1 * apart / ONE_STREET, Why.BETWEEN)


def place_areas(codes: Sequence[str]) -> dict[str, LonLat]:
    """A point inside each area."""
    return {row["code"]: _place(row) for row in rows_of(sql.AREA_POINTS, {"codes": list(codes)})} if codes else {}


def take_steps(starts: Sequence[tuple[LonLat, str, str]], step: Step) -> list[LonLat]:
    """Where the step leads from each place; along one of its two streets where one runs that way."""
    given = {
        "lons": [place.lon for place, _, _ in starts],
        "lats": [place.lat for place, _, _ in starts],
        "roads": [road for _, road, _ in starts],
        "others": [other for *_, other in starts],
        "metres": step.metres,
        "azimuth": AZIMUTHS[step.bearing],
    }
    found = {row["nr"]: _place(row) for row in rows_of(sql.STEPS, given)}
    return [found[nr] for nr in range(len(starts))]


def _place(row: dict[str, Any]) -> LonLat:
    return LonLat(round(row["lon"], 6), round(row["lat"], 6))
