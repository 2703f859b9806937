"""Makes the test set of geocoding: queries and where their places truly are, worked out from the lines alone.

    python tests/data/geocoding/make.py            the queries of the demonstration area
    python tests/data/geocoding/make.py FOLDER     and Cambridge, from TRANS_Centerlines and TRANS_Intersections there

Nothing here asks the program that is tested; the same input gives the same files.
"""

import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from shapely.geometry import Point

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "demo"))

import make_places as city  # noqa: E402

HEAD = ("sort", "query", "label", "lon", "lat", "metres")
CHANCE = random.Random(20_261_121)
# Same sound, other character: what an input method offers first, or a caller's spelling.
ALIKE = dict(
    zip(
        "南京西浙江河北山福建广贵州龙门金陵中华人民盛泽淮海成都新昌黄重庆",
        "男惊息哲姜何被善副健光桂洲隆们今零终画仁明胜择怀孩城督心仓皇众轻",
        strict=True,
    )
)
WRONG = "口木日天大小"
SOUTH, EAST = (0, -1), (1, 0)
SIDES = {"东": (1, 0), "南": (0, -1), "西": (-1, 0), "北": (0, 1)}


def row(sort: str, query: str, at: tuple[float, float] | None, *, label: str = "", metres: int = 30) -> dict[str, Any]:
    """A query; the place is in the plane."""
    lon, lat = city.to_degrees(*at) if at else ("", "")
    return {"sort": sort, "query": query, "label": label, "lon": lon, "lat": lat, "metres": metres}


def take(rows: Iterable[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of them, drawn by lot."""
    found = list(rows)
    return CHANCE.sample(found, min(count, len(found)))


def only(names: list[str], form: Callable[[str], Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Forms that only one of the names has, with the name."""
    made = [(name, one) for name in names for one in form(name)]
    count = Counter(one for _name, one in made)
    return ((name, one) for name, one in made if count[one] == 1 and one not in names)


def crossings(lines: dict[str, Any]) -> list[tuple[str, str, Point]]:
    """Pairs of streets that meet at one place, and where."""
    found = []
    for (one, a), (other, b) in combinations(lines.items(), 2):
        shared = a.buffer(3).intersection(b.buffer(3))
        if not shared.is_empty and shared.length < 80:
            found.append((one, other, shared.centroid))
    return found


def street_rows(names: list[str]) -> Iterator[dict[str, Any]]:
    """Names of streets: whole, in part, misspelt, by keyboard."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    def form(sort: str, make: Callable[[str], Iterable[str]], count: int) -> list[dict[str, Any]]:
        return take((row(sort, text, None, label=name) for name, text in only(names, make)), count)

    yield from take((row("whole", name, None, label=name) for name in names), 30)
    yield from form("beginning", lambda name: [name[:2]] if len(name) > 3 else [name[:-1]], 25)
    yield from form("part", lambda name: [name[1:]] if len(name) > 3 else [], 10)
    yield from form("homophone", lambda name: [name.replace(c, ALIKE[c], 1) for c in name[:-1] if c in ALIKE], 30)
    yield from form("wrong", lambda name: [name[:1] + CHANCE.choice(WRONG) + name[2:]] if len(name) > 3 else [], 20)
    yield from form("missing", lambda name: [name[:1] + name[2:]] if len(name) > 3 else [], 20)
    yield from form("swapped", lambda name: [name[1] + name[0] + name[2:]] if len(name) > 3 else [], 10)
    yield from form("initials", lambda name: ["".join(lazy_pinyin(name, style=Style.FIRST_LETTER))], 25)
    yield from form("pinyin", lambda name: ["".join(lazy_pinyin(name))], 15)
    yield from form("area", lambda name: [f"上海市{name}"], 6)
    yield from form("noise", lambda name: [f"我现在在{name}附近", f"{name}的路边"], 8)
    yield from form("width", lambda name: [name.replace("一", "１")] if "一" in name else [], 2)


def crossing_rows(lines: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Two streets, in every way to say it."""
    ways = (
        "{}与{}交叉口",
        "{}{}路口",
        "{}{}口",
        "{}近{}",
        "{}（近{}）",
        "{}/{}",
        "{}和{}交界处",
        "{}靠近{}",
        "{}、{}路口",
        "{} {}",
        "在{}与{}的十字路口附近",
        "上海市黄浦区{}与{}交叉口",
    )
    met = crossings(lines)
    for way in ways:
        for one, other, at in CHANCE.sample(met, 9):
            yield row("crossing", way.format(*CHANCE.sample([one, other], 2)), (at.x, at.y), metres=40)
    for one, other, at in CHANCE.sample(met, 60):
        wrong = next((one.replace(c, ALIKE[c], 1) for c in one[:-1] if c in ALIKE), "")
        if wrong:
            yield row("crossing misspelt", f"{wrong}{other}路口", (at.x, at.y), metres=40)
    for one, other, at in CHANCE.sample(met, 14):
        for side in CHANCE.sample(sorted(SIDES), 1):
            x, y = at.x + 60 * SIDES[side][0], at.y + 60 * SIDES[side][1]
            yield row("step from crossing", f"{one}与{other}交叉口{side}侧60米", (x, y), metres=45)


def door_rows(lines: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Doors that are registered, and doors between them."""
    known, unknown = [], []
    for name, line in lines.items():
        doors = list(city.doors_of(name, line))
        own = [(number, at) for number, at in doors if city.is_registered(name, number)]
        known += [(name, number, at) for number, at in own]
        for number, at in doors:
            side = [other for other, _ in own if other % 2 == number % 2]
            if side and min(side) < number < max(side) and number not in side:
                unknown.append((name, number, at))
    ways = ("{}{}号", "{}{}", "黄浦区{}{}号", "{}{}号302室", "{}{}号附近", "上海市{}{}号门口")
    for name, number, at in CHANCE.sample(known, 40):
        yield row("door", CHANCE.choice(ways).format(name, number), at, metres=5)
    for name, number, at in CHANCE.sample(known, 6):
        yield row(
            "width",
            f"{name}{str(number).translate(str.maketrans('0123456789', '０１２３４５６７８９'))}号",
            at,
            metres=5,
        )
    for name, number, at in CHANCE.sample(unknown, 40):
        yield row("door between", f"{name}{number}号", at, metres=40)


def place_rows() -> Iterator[dict[str, Any]]:
    """Invented landmarks and points of interest."""
    with (city.FOLDER / "places.csv").open(encoding="utf-8") as file:
        places = [one for one in csv.DictReader(file) if one["kind"] != "door"]
    at = {one["name"]: city.to_plane(float(one["lon"]), float(one["lat"])) for one in places}
    names = sorted(at)
    yield from (row("place", name, at[name], label=name) for name in CHANCE.sample(names, 20))
    yield from (row("alias", one["aliases"], at[one["name"]]) for one in places if one["aliases"])
    yield from (row("former", one["former"], at[one["name"]]) for one in places if one["former"])
    yield from take((row("part", part, at[name]) for name, part in only(names, lambda n: [n[1:]])), 10)
    swap = only(names, lambda n: [n.replace(c, WRONG[len(n) % 6], 1) for c in n[1:2]] if len(n) > 3 else [])
    yield from take((row("place misspelt", wrong, at[name]) for name, wrong in swap), 15)
    for name in CHANCE.sample(names, 16):
        side, metres = CHANCE.choice(sorted(SIDES)), CHANCE.choice((20, 50, 100))
        x, y = at[name][0] + metres * SIDES[side][0], at[name][1] + metres * SIDES[side][1]
        way = CHANCE.choice(("{}{}侧{}米", "{}以{}{}米", "{}向{}{}米", "距{}{}约{}米"))
        yield row("step", way.format(name, side, metres), (x, y), metres=10)


def write(name: str, rows: Iterable[dict[str, Any]], head: tuple[str, ...] = HEAD) -> None:
    """A CSV file, each query once."""
    made = list({one[head[1]]: one for one in rows}.values())
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    print(name, len(made), Counter(one[head[0]] for one in made))


def make_huangpu() -> None:
    """The demonstration area."""
    lines = city.streets()
    names = sorted(lines)
    write("huangpu.csv", [*street_rows(names), *crossing_rows(lines), *door_rows(lines), *place_rows()])


# Cambridge: the segments of this box, with their real address ranges.
BOX = (-71.1120, 42.3640, -71.0930, 42.3760)


def make_cambridge(folder: Path) -> None:
    """Doors at the ends of the real ranges: those of every other segment are known, the others are asked for."""
    segments, known, asked = [], [], []
    for number, one in enumerate(segments_in(folder)):
        name = one["properties"]["Street"]
        coords = [[round(x, 6), round(y, 6)] for x, y in one["geometry"]["coordinates"]]
        line = {"type": "LineString", "coordinates": coords}
        segments.append({"type": "Feature", "properties": {"code": f"C{number:04d}", "name": name}, "geometry": line})
        for door, lon, lat in ends_of(one["properties"], coords):
            (known if number % 2 == 0 else asked).append((name, door, lon, lat))
    doors = {(name, door): (lon, lat) for name, door, lon, lat in known}
    write_known([{"street": n, "number": d, "lon": at[0], "lat": at[1]} for (n, d), at in sorted(doors.items())])
    ranges = take(range_rows(asked, set(doors)), 150)
    met = take(met_rows(folder, {one["properties"]["name"] for one in segments}), 60)
    write("cambridge.csv", ranges + met)
    lines = ",\n".join(json.dumps(one) for one in segments)
    note = '"licence": "City of Cambridge, Massachusetts; PDDL 1.0"'
    whole = f'{{"type": "FeatureCollection", {note}, "features": [\n{lines}\n]}}\n'
    (HERE / "cambridge_streets.geojson").write_text(whole, encoding="utf-8")


def features_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """The features of one of the city's files."""
    found: list[dict[str, Any]] = json.loads((folder / name).read_text(encoding="utf-8"))["features"]
    return found


def is_inside(lon: float, lat: float) -> bool:
    """Whether a point lies in the box."""
    west, south, east, north = BOX
    return west <= lon <= east and south <= lat <= north


def segments_in(folder: Path) -> list[dict[str, Any]]:
    """The named segments inside the box, in a fixed order."""
    inside = [
        one
        for one in features_of(folder, "TRANS_Centerlines.geojson")
        if one["geometry"]["type"] == "LineString"
        and one["properties"].get("Street")
        and all(is_inside(*point) for point in one["geometry"]["coordinates"])
    ]
    return sorted(inside, key=lambda one: str(one["properties"].get("ID")))


def range_rows(asked: list[tuple[str, int, float, float]], have: set[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """Doors that are not known and stand between known ones of their side."""
    for name, door, lon, lat in asked:
        side = [d for n, d in have if n == name and d % 2 == door % 2]
        if (name, door) not in have and side and min(side) < door < max(side):
            query = CHANCE.choice((f"{door} {name}", f"{name} {door}"))
            yield {"sort": "range", "query": query, "label": "", "lon": lon, "lat": lat, "metres": 60}


def met_rows(folder: Path, names: set[str]) -> Iterator[dict[str, Any]]:
    """Crossings of two of the streets, where the city says they are."""
    for one in features_of(folder, "TRANS_Intersections.geojson"):
        roads, (lon, lat) = str(one["properties"].get("Intersection")).split(" & "), one["geometry"]["coordinates"]
        if len(roads) == 2 and set(roads) <= names and is_inside(lon, lat):
            query = CHANCE.choice(("{} & {}", "{} and {}", "{} / {}")).format(*roads)
            at = {"lon": round(lon, 6), "lat": round(lat, 6)}
            yield {"sort": "crossing", "query": query, "label": "", **at, "metres": 40}


def write_known(rows: list[dict[str, Any]]) -> None:
    """The doors that the test registers."""
    with (HERE / "cambridge_doors.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("street", "number", "lon", "lat"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print("cambridge_doors.csv", len(rows))


def ends_of(values: dict[str, Any], coords: list[list[float]]) -> Iterator[tuple[int, float, float]]:
    """The doors at both ends of both sides: from-numbers at the first point, to-numbers at the last, 8 m aside."""
    for side, away in (("L", 8.0), ("R", -8.0)):
        first, last = int(values.get(f"{side}_From") or 0), int(values.get(f"{side}_To") or 0)
        for door, here, other, sign in ((first, coords[0], coords[1], 1), (last, coords[-1], coords[-2], -1)):
            if door and first != last:
                (x0, y0), (x1, y1) = here, other
                east, north = (x1 - x0) * sign * 82_300, (y1 - y0) * sign * 111_060
                long = (east**2 + north**2) ** 0.5 or 1.0
                # 6 m into the segment, so that both streets of a corner keep their own.
                inward = sign * 6 / long
                lon = x0 + (inward * east - away * north / long) / 82_300
                lat = y0 + (inward * north + away * east / long) / 111_060
                yield door, round(lon, 6), round(lat, 6)


if __name__ == "__main__":
    make_huangpu()
    if len(sys.argv) > 1:
        make_cambridge(Path(sys.argv[1]))
