"""How long cells take: the demonstration's street net laid side by side until it is a city.

`python -m bench.cells 9` makes 9 × 9 copies, some 46,000 cells on 460 km².
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import shapely

from cityloop.grid.cells.engine.checks import CellShape, check
from cityloop.grid.cells.engine.generator import generate
from cityloop.grid.cells.engine.linework import Line, Outline, strength_of

GEOGRAPHY = Path(__file__).parent.parent / "demo" / "geography"


def _features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GEOGRAPHY / name).read_text(encoding="utf-8"))["features"]
    return found


def _shape(feature: dict[str, Any]) -> Any:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def tiled(times: int) -> tuple[list[Outline], list[Line]]:
    """Communities and streets of the demonstration, `times` × `times` beside each other, each copy with own codes."""
    communities = [one for one in _features("areas.geojson") if one["properties"]["level"] == "community"]
    streets = [one for one in _features("streets.geojson") if one["properties"]["level"] == "ground"]
    west, south, east, north = shapely.total_bounds([_shape(one) for one in communities])
    outlines: list[Outline] = []
    lines: list[Line] = []
    for number in range(times * times):
        step = (number % times * (east - west), number // times * (north - south))
        for one in communities:
            code = f"{(int(one['properties']['code']) + number * 10**9) % 10**12:012d}"
            outlines.append(Outline(code, shapely.transform(_shape(one), lambda at, step=step: at + step)))
        for one in streets:
            shape = shapely.transform(_shape(one), lambda at, step=step: at + step)
            lines.append(Line(shape, strength_of(one["properties"]["road_class"])))
    return outlines, lines


def measure(times: int) -> dict[str, float]:
    """Seconds to generate and to check, how many cells, faults, and the most memory in MB."""
    outlines, lines = tiled(times)
    start = time.perf_counter()
    cells = generate(outlines, lines).cells
    made = time.perf_counter()
    problems = check([CellShape(cell.code, cell.shape) for cell in cells], outlines)
    checked = time.perf_counter()
    return {
        "cells": len(cells),
        "generate_s": round(made - start, 1),
        "check_s": round(checked - made, 1),
        "faults": sum(problem.is_fault for problem in problems),
        "fitting": round(sum(5_000 <= cell.area_m2 <= 20_000 for cell in cells) / len(cells), 4),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    }


if __name__ == "__main__":
    for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3).items():
        print(f"{name:12} {value}")
