"""Invents doors, landmarks and points of interest along the demonstration's streets: `places.csv`.

Run after `make_geography.py`; the same streets give the same file. Doors run from the east or the south end, odd
numbers on the left; one in five is registered, so that the others have to be worked out from their neighbours.
"""

import csv
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shapely import MultiLineString, line_merge
from shapely.geometry import LineString, Point, shape
from shapely.ops import substring

FOLDER = Path(__file__).parent / "geography"
LON, LAT = 121.475, 31.232  # the plane's origin
WIDE, HIGH = 111_320.0 * math.cos(math.radians(LAT)), 110_860.0
SEED = 20_261_120
SHORTEST, APART, SIDE = 150.0, 14.0, 11.0  # metres: of a street with doors, between doors of one side, from the middle
HEAD = (
    "code",
    "kind",
    "name",
    "category",
    "street",
    "number",
    "inner",
    "aliases",
    "former",
    "lon",
    "lat",
    "since",
    "invented",
)
SINCE = "2024-01-01"
WORDS = (
    "东风", "新华", "永安", "同德", "春申", "广益", "安康", "福临", "万宜", "锦绣", "明德", "景行", "泰和", "汇丰里",
    "听涛", "望江", "朝阳", "长兴", "久安", "宏图",
)  # fmt: skip
# kind, what the name ends with, category, what people call it
SORTS = (
    ("poi", "菜市场", "菜市场", "菜场"), ("poi", "小学", "学校", ""), ("poi", "公园", "公园", ""),
    ("poi", "派出所", "机关", ""), ("poi", "社区卫生服务中心", "医疗", "卫生中心"), ("poi", "图书馆", "文化", ""),
    ("poi", "公共厕所", "公厕", "公厕"), ("poi", "停车场", "停车场", ""), ("landmark", "大厦", "楼宇", ""),
    ("landmark", "钟楼", "标志物", ""), ("landmark", "广场", "广场", ""), ("tract", "小区", "住宅小区", ""),
    ("quarter", "商圈", "商圈", ""),
)  # fmt: skip


def to_plane(lon: float, lat: float) -> tuple[float, float]:
    """Metres east and north of the origin."""
    return (lon - LON) * WIDE, (lat - LAT) * HIGH


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Degrees again, with six decimals."""
    return round(LON + x / WIDE, 6), round(LAT + y / HIGH, 6)


def streets() -> dict[str, LineString | MultiLineString]:
    """The ground streets by name, in the plane."""
    parts: dict[str, list[LineString]] = {}
    for one in json.loads((FOLDER / "streets.geojson").read_text(encoding="utf-8"))["features"]:
        if one["properties"]["level"] == "ground" and one["properties"]["name"]:
            line = shape(one["geometry"])
            for part in getattr(line, "geoms", [line]):
                at = LineString([to_plane(*point) for point in part.coords])
                parts.setdefault(one["properties"]["name"], []).append(at)
    return {name: line_merge(MultiLineString(lines)) for name, lines in sorted(parts.items())}


def main_line(line: Any) -> LineString:
    """Its longest stretch, beginning in the east or, if it runs that way, in the south."""
    longest: LineString = max(getattr(line, "geoms", [line]), key=lambda part: part.length)
    (x0, y0), (x1, y1) = longest.coords[0], longest.coords[-1]
    is_right = x0 >= x1 if abs(x1 - x0) >= abs(y1 - y0) else y0 <= y1
    return longest if is_right else LineString(list(longest.coords)[::-1])


def beside(line: LineString, along: float, away: float) -> tuple[float, float]:
    """A point so far along the line and so far to its left."""
    piece = substring(line, max(along - 1, 0), min(along + 1, line.length))
    (x0, y0), (x1, y1) = piece.coords[0], piece.coords[-1]
    long = math.hypot(x1 - x0, y1 - y0) or 1.0
    here: Point = line.interpolate(along)
    return here.x - (y1 - y0) / long * away, here.y + (x1 - x0) / long * away


def doors_of(name: str, line: Any) -> Iterator[tuple[int, tuple[float, float]]]:
    """All doors of a street, registered or not: number and place in the plane."""
    run, chance = main_line(line), random.Random(f"{SEED} {name}")
    if run.length < SHORTEST:
        return
    for step in range(int(run.length / APART)):
        for parity, side in ((1, SIDE), (0, -SIDE)):
            along = min(max(step * APART + chance.uniform(2, APART - 2), 0), run.length)
            yield 2 * step + 2 - parity, beside(run, along, side + chance.uniform(-3, 3))


def is_registered(name: str, number: int) -> bool:
    """One in five."""
    return random.Random(f"{SEED} {name} {number}").random() < 0.2


def rows() -> Iterator[dict[str, Any]]:
    """The file's rows."""
    lines, count = streets(), 0
    empty = dict.fromkeys(HEAD, "") | {"since": SINCE, "invented": 1}
    for name, line in lines.items():
        for number, at in doors_of(name, line):
            if is_registered(name, number):
                count += 1
                lon, lat = to_degrees(*at)
                own = {"kind": "door", "name": f"{name}{number}号", "street": name, "number": number}
                yield empty | own | {"code": f"31010103{count:08d}", "lon": lon, "lat": lat}
    yield from named_rows(lines, empty)


def named_rows(lines: dict[str, Any], empty: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Landmarks and the like: each sort under several words, on streets drawn by lot."""
    chance, count = random.Random(SEED), 0
    roads = [name for name, line in lines.items() if main_line(line).length >= SHORTEST]
    for word in WORDS:
        for kind, ending, category, short in chance.sample(SORTS, 4):
            run = main_line(lines[chance.choice(roads)])
            at = beside(run, chance.uniform(0, run.length), chance.choice((-1, 1)) * chance.uniform(18, 45))
            lon, lat = to_degrees(*at)
            count += 1
            former = f"红旗{ending}{count}" if count % 9 == 0 else ""
            own = {"kind": kind, "name": word + ending, "category": category, "former": former, "lon": lon, "lat": lat}
            yield empty | own | {"code": f"31010105{count:08d}", "aliases": word + short if short else ""}


if __name__ == "__main__":
    made = list(rows())
    with (FOLDER / "places.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    print(f"{len(made)} places")
