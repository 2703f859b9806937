"""A tiny city for these tests, loaded as every city is: 2 districts, 4 communities, 16 cells, crossing streets.

Cells are squares of a thousandth of a degree, columns 0–7 from west to east and rows 0–1 from south to north. Columns
0–3 are district 310101, columns 4–7 district 310106; each pair of columns is a community.
"""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cityloop.base.geometry import LonLat
from cityloop.grid.actions import Counts, load_geography
from cityloop.grid.models import Area, Cell, Component, DutyGrid, DutyHolder, GridVersion, Level, Street
from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, Unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in the city
WEST, SOUTH, SIDE = 121.0, 31.0, 0.001
SINCE = "2024-01-01"
COMMUNITIES = ("310101002001", "310101002002", "310106012001", "310106012002")


def at(column: float, row: float) -> LonLat:
    """A place by column and row; (0.5, 0.5) is the middle of the first cell."""
    return LonLat(WEST + column * SIDE, SOUTH + row * SIDE)


def cell_code(column: int, row: int) -> str:
    """North row first, west to east within it."""
    return f"{COMMUNITIES[column // 2]}{(1 - row) * 2 + column % 2 + 1:03d}"


def square(column: float, row: float, wide: float = 1, high: float = 1) -> list[list[list[float]]]:
    """The rings of a rectangle, in degrees with six decimals."""
    corners = [(0, 0), (wide, 0), (wide, high), (0, high), (0, 0)]
    return [[[round(WEST + (column + x) * SIDE, 6), round(SOUTH + (row + y) * SIDE, 6)] for x, y in corners]]


def write_features(path: Path, features: list[tuple[dict[str, Any], str, Any]]) -> None:
    """A GeoJSON file."""
    made = [
        {"type": "Feature", "properties": values | {"since": SINCE}, "geometry": {"type": kind, "coordinates": at}}
        for values, kind, at in features
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "attribution": "© testers", "features": made}), encoding="utf-8"
    )


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_city(folder: Path) -> None:
    """The files of the tiny city."""
    areas = [("3101", "城", "city", "", 0, 8), ("310101", "东区", "district", "3101", 0, 4)]
    areas += [("310106", "西区", "district", "3101", 4, 4), ("310101002", "一街道", "street", "310101", 0, 4)]
    areas += [("310106012", "二街道", "street", "310106", 4, 4)]
    areas += [(code, f"社区{i}", "community", code[:9], i * 2, 2) for i, code in enumerate(COMMUNITIES)]
    write_features(
        folder / "areas.geojson",
        [
            ({"code": code, "name": name, "level": level, "parent": parent}, "Polygon", square(start, 0, wide, 2))
            for code, name, level, parent, start, wide in areas
        ],
    )
    write_features(
        folder / "cells.geojson",
        [
            (
                {"code": cell_code(column, row), "area_class": "ABC"[column % 3], "area_m2": 10600},
                "Polygon",
                square(column, row),
            )
            for column in range(8)
            for row in range(2)
        ],
    )
    streets = {"1": ("中山路", (0, 1), (8, 1)), "2": ("人民路", (2, 0), (2, 2)), "3": ("解放路", (6, 0), (6, 2))}
    write_features(
        folder / "streets.geojson",
        [
            (
                {"code": code, "name": name, "road_class": "primary", "level": "ground"},
                "LineString",
                [list(at(*start)), list(at(*end))],
            )
            for code, (name, start, end) in streets.items()
        ],
    )
    write_registers(folder)


def write_registers(folder: Path) -> None:
    """Its duty grids and components."""
    grid = {"since": SINCE, "invented": 1}
    write_lines(
        folder / "duty_grids.csv",
        [
            grid
            | {
                "code": f"G{number}",
                "name": f"第{number}责任网格",
                "area_code": area,
                "cells": " ".join(cell_code(column, row) for column in range(start, start + 4) for row in range(2)),
            }
            for number, area, start in ((1, "310101002", 0), (2, "310106012", 4))
        ],
    )
    lamp = {"place": "中山路", "manager": "ROADS", "owner": "", "maintainer": "", "state": "intact", "since": SINCE}
    write_lines(
        folder / "components.csv",
        [
            lamp
            | {
                "code": f"{cell_code(column, 0)[:6]}0137{column + 1:06d}",
                "cell": cell_code(column, 0),
                "shape": "POINT ({} {})".format(*at(column + 0.5, 0.9)),
            }
            for column in range(8)
        ],
    )


def clear() -> None:
    """Take the base data of the tests' world away; its codes, units and people stay."""
    for model in (DutyHolder, DutyGrid, Component, Cell, Street, GridVersion):
        model.objects.all().delete()
    for level in reversed(Level.values):  # a parent is protected by its children
        Area.objects.filter(level=level).delete()


def make_city(folder: Path) -> Counts:
    """The tiny city in the database."""
    clear()
    create_unit("ROADS", by=SYSTEM, now=NOW, name="市政", level="department")
    write_city(folder)
    return load_geography(folder, by=SYSTEM, now=NOW)


def make_inspector(username: str, *, area_code: str = "310101002") -> Person:
    """An inspector of that area."""
    person = create_person(username, by=SYSTEM, now=NOW, name=f"监督员{username}", password="right-horse-7")
    team, _ = Unit.objects.get_or_create(
        code="TEAM", defaults={"name": "采集队", "level": "team", "active_from": date(2024, 1, 1), "path": "t/"}
    )
    appoint(person, by=SYSTEM, now=NOW, kind="inspector", unit=team, area_code=area_code)
    return person
