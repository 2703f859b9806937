"""Invented components along the real streets: what a survey of the standard's classes would find, much thinned."""

from collections import Counter
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from making.areas import Cell
from making.network import Way, to_degrees

ALL = ("primary", "secondary", "tertiary", "residential", "living_street", "unclassified")
MAIN = ("primary", "secondary", "tertiary")
QUIET = ("tertiary", "residential", "living_street", "unclassified")
HALF_WIDTH = {"primary": 9.0, "secondary": 8.0, "tertiary": 6.5}  # metres from the centreline to the kerb; 5 elsewhere


@dataclass(frozen=True)
class Kind:
    """One minor category (2013 edition): every so many metres, so far from the kerb (inside is negative)."""

    minor: str
    name: str
    every: float
    off: float
    classes: tuple[str, ...] = ALL
    shape: str = "point"
    manager: str = ""  # unit codes of units.csv: 主管, 权属, 养护
    owner: str = ""
    maintainer: str = ""


# `*-` stands for the unit of the district, `OFFICE-*` for the office of the 街道; others are the city's.
KINDS = (
    Kind("0101", "上水井盖", 330, -3.0, manager="CONSTRUCTION", owner="WATER", maintainer="WATER"),
    Kind("0102", "污水井盖", 260, -2.0, manager="CONSTRUCTION", owner="DRAINAGE", maintainer="DRAINAGE"),
    Kind("0103", "雨水井盖", 250, -4.0, manager="CONSTRUCTION", owner="DRAINAGE", maintainer="DRAINAGE"),
    Kind("0104", "雨水箅子", 190, -0.3, manager="CONSTRUCTION", owner="DRAINAGE", maintainer="DRAINAGE"),
    Kind("0105", "电力井盖", 420, 1.5, manager="CONSTRUCTION", owner="POWER", maintainer="POWER"),
    Kind("0107", "通信井盖", 380, 1.8, manager="CONSTRUCTION", owner="TELECOM", maintainer="TELECOM"),
    Kind("0111", "燃气井盖", 460, -3.5, manager="CONSTRUCTION", owner="GAS", maintainer="GAS"),
    Kind("0127", "通信交接箱", 700, 2.5, manager="CONSTRUCTION", owner="TELECOM", maintainer="TELECOM"),
    Kind("0137", "路灯", 75, 0.6, manager="CONSTRUCTION", owner="LIGHTING", maintainer="LIGHTING"),
    Kind("0142", "邮筒", 2300, 1.6, MAIN, manager="POST", owner="POST", maintainer="POST"),
    Kind("0148", "变压器(箱)", 1300, 3.0, QUIET, manager="CONSTRUCTION", owner="POWER", maintainer="POWER"),
    Kind("0150", "监控电子眼", 420, 0.8, MAIN, manager="POLICE", owner="POLICE", maintainer="POLICE"),
    Kind("0204", "公交站亭(牌)", 640, 1.0, MAIN, manager="TRANSPORT", owner="BUS", maintainer="BUS"),
    Kind("0212", "路名牌", 430, 0.9, manager="CIVIL", owner="CIVIL", maintainer="CIVIL"),
    Kind("0213", "交通标志牌", 330, 0.7, manager="TRAFFIC", owner="TRAFFIC", maintainer="TRAFFIC"),
    Kind("0214", "交通信号灯", 460, 0.5, MAIN, manager="TRAFFIC", owner="TRAFFIC", maintainer="TRAFFIC"),
    Kind("0217", "交通护栏", 900, -0.2, MAIN, "line", manager="TRAFFIC", owner="TRAFFIC", maintainer="TRAFFIC"),
    Kind("0225", "非机动车停放点(存车支架)", 1100, 2.2, ALL, "area", "*-CITYSCAPE", "OFFICE-*", "OFFICE-*"),
    Kind("0301", "公共厕所", 3100, 9.0, ALL, "area", "*-CITYSCAPE", "*-CITYSCAPE", "*-SANITATION"),
    Kind("0305", "垃圾箱", 210, 1.2, ALL, "point", "*-CITYSCAPE", "*-CITYSCAPE", "*-SANITATION"),
    Kind("0308", "宣传栏", 1700, 2.6, QUIET, "point", "OFFICE-*", "OFFICE-*", "OFFICE-*"),
    Kind("0402", "行道树", 120, 0.9, ALL, "point", "*-GREENERY", "*-GREENERY", "*-GREENERY"),
    Kind("0407", "街头座椅", 1500, 2.4, MAIN, "point", "*-GREENERY", "*-GREENERY", "*-GREENERY"),
)


@dataclass
class Component:
    """One invented object; its outline in degrees."""

    minor: str
    place: str
    shape: BaseGeometry
    cell: Cell
    kind: Kind
    code: str = ""


def _streets(ways: list[Way]) -> list[tuple[str, str, LineString]]:
    """Name, class and line of ground streets, longest runs joined, one carriageway of a pair at a time."""
    found = []
    for name, road_class in sorted({(way.name, way.road_class) for way in ways if way.is_ground}):
        lines = [way.line for way in ways if way.is_ground and (way.name, way.road_class) == (name, road_class)]
        merged = shapely.line_merge(shapely.union_all(lines))
        found += [(name, road_class, line) for line in shapely.get_parts(merged) if line.length > 12]
    return found


def _form(kind: Kind, line: LineString, at: float, side: int, off: float) -> BaseGeometry:
    """The object's outline in metres: a point, ten metres of fence, or a small rectangle beside the street."""
    here, ahead = line.interpolate(at), line.interpolate(min(at + 0.5, line.length))
    back = line.interpolate(max(at - 0.5, 0))
    length = back.distance(ahead) or 1.0
    step = ((ahead.x - back.x) / length, (ahead.y - back.y) / length)
    aside = (-step[1] * side, step[0] * side)

    def corner(along: float, away: float) -> tuple[float, float]:
        return (
            here.x + step[0] * along + aside[0] * (off + away),
            here.y + step[1] * along + aside[1] * (off + away),
        )

    if kind.shape == "line":
        return LineString([corner(-5, 0), corner(5, 0)])
    if kind.shape == "area":
        return Polygon([corner(-4, 0), corner(4, 0), corner(4, 3), corner(-4, 3)])
    return Point(corner(0, 0))


def _along(kind: Kind, start: float, line: LineString, half: float) -> list[tuple[float, BaseGeometry]]:
    """The kind's objects on one line, sides in turn, beginning after `start` metres left over from the line before."""
    found, at, side = [], start, 1
    while at < line.length:
        found.append((at, _form(kind, line, at, side, half + kind.off)))
        at, side = at + kind.every, -side
    return found


def unit_of(code: str, cell: Cell) -> str:
    """The unit that a kind's pattern means at this cell."""
    if code == "OFFICE-*":
        return f"OFFICE-{cell.street}"
    return code.replace("*", cell.street[:6])


def place_components(ways: list[Way], cells: list[Cell]) -> list[Component]:
    """All components, coded per district and minor from west to east."""
    tree = shapely.STRtree([cell.metres for cell in cells])
    found: list[Component] = []
    for number, kind in enumerate(KINDS):
        left = kind.every * ((number * 0.37) % 1)
        for name, road_class, line in _streets(ways):
            if road_class not in kind.classes:
                continue
            half = HALF_WIDTH.get(road_class, 5.0)
            for _, shape in _along(kind, left, line, half):
                owners = tree.query(shape.representative_point(), predicate="within")
                if len(owners):
                    found.append(Component(kind.minor, name, to_degrees(shape), cells[int(min(owners))], kind))
            left = (left - line.length) % kind.every
    _number(found)
    return found


def _number(found: list[Component]) -> None:
    """Codes of sixteen digits: district, minor, sequence in that district."""
    count: Counter[str] = Counter()
    found.sort(
        key=lambda it: (it.cell.code[:6], it.minor, round(it.shape.centroid.x, 6), round(it.shape.centroid.y, 6))
    )
    for component in found:
        prefix = component.cell.code[:6] + component.minor
        count[prefix] += 1
        component.code = f"{prefix}{count[prefix]:06d}"
