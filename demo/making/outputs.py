"""The files that the product reads: GeoJSON for outlines, CSV with WKT for the many components."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiLineString, MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from cityloop.grid.cells.engine.linework import Line, strength_of
from making.areas import Cell, Division
from making.components import Component, unit_of
from making.network import Way, to_degrees, to_metres

ATTRIBUTION = "© OpenStreetMap contributors"
LICENCE = "ODbL 1.0, https://opendatacommons.org/licenses/odbl/1-0/"
SINCE = date(2024, 1, 1).isoformat()
LEVELS = ("ground", "elevated", "tunnel")


def _write_features(path: Path, features: Iterable[tuple[BaseGeometry, Mapping[str, Any]]]) -> None:
    """One feature a line, so that a change reads well."""
    head = {"type": "FeatureCollection", "name": path.stem, "attribution": ATTRIBUTION, "licence": LICENCE}
    lines = [
        json.dumps(
            {"type": "Feature", "properties": dict(values), "geometry": _rounded(shape)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for shape, values in features
    ]
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def _rounded(shape: BaseGeometry) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        return round(value, 7) if isinstance(value, float) else [walk(part) for part in value]

    found = mapping(shape)
    return {"type": found["type"], "coordinates": walk(found["coordinates"])}


def _multi(shape: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([shape]) if isinstance(shape, Polygon) else shape


def write_areas(folder: Path, communities: Mapping[str, BaseGeometry], divisions: list[Division]) -> None:
    """City, districts, 街道 and communities: the outlines from which the cells were made, and their unions."""
    features = []
    for division in divisions:
        inside = [shape for code, shape in communities.items() if code.startswith(division.code)]
        if inside:
            values = {
                "code": division.code,
                "name": division.name.removesuffix("居委会") + ("社区" if division.level == "community" else ""),
                "level": division.level,
                "parent": division.parent,
                "since": SINCE,
                "invented": True,
            }
            features.append((_multi(shapely.normalize(shapely.coverage_union_all(inside))), values))
    _write_features(folder / "areas.geojson", features)


def write_cells(folder: Path, cells: list[Cell]) -> None:
    """Cells by code."""
    _write_features(
        folder / "cells.geojson",
        (
            (
                cell.degrees,
                {
                    "code": cell.code,
                    "area_class": cell.area_class,
                    "area_m2": round(cell.metres.area),
                    "since": SINCE,
                    "invented": True,
                },
            )
            for cell in sorted(cells, key=lambda cell: cell.code)
        ),
    )


def write_duty_grids(folder: Path, cells: list[Cell], divisions: list[Division]) -> None:
    """Duty grids with their cells; the outline is their union, which the loader makes."""
    names = {division.code: division.name for division in divisions}
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.duty_grid].append(cell)
    with (folder / "duty_grids.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "area_code", "since", "invented", "cells"])
        for code, group in sorted(groups.items()):
            street, _, number = code.partition("-")
            communities = {cell.community for cell in group}
            area = communities.pop() if len(communities) == 1 else street
            label = f"{names[street].removesuffix('街道')}第{int(number)}责任网格"
            writer.writerow([code, label, area, SINCE, 1, " ".join(sorted(cell.code for cell in group))])


def make_streets(ways: list[Way]) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    """Real streets: one feature for each name, class and level; corners on the grid that is written."""
    groups: dict[tuple[str, str, str], list[Way]] = defaultdict(list)
    for way in ways:
        if way.name and way.road_class:
            groups[(way.name, way.road_class.removesuffix("_link"), way.level)].append(way)
    features = []
    for number, (key, group) in enumerate(sorted(groups.items()), start=1):
        lines = shapely.line_merge(shapely.union_all([way.line for way in group], grid_size=0.1))
        shape = to_degrees(shapely.simplify(MultiLineString(list(shapely.get_parts(lines))), 0.3))
        joined = sum(way.line.length for way in group if way.joined) / sum(way.line.length for way in group)
        values = {"code": f"{number:04d}", "name": key[0], "road_class": key[1], "level": key[2], "since": SINCE}
        rounded = shapely.transform(shape, lambda at: at.round(6))
        features.append((rounded, values | {"inferred_share": round(joined, 2)}))
    return features


def lines_of(streets: list[tuple[BaseGeometry, dict[str, Any]]]) -> list[Line]:
    """The streets that cells follow, as the product reads them."""
    ground = [(shape, strength_of(values["road_class"])) for shape, values in streets if values["level"] == "ground"]
    return [Line(shape, strength) for shape, strength in ground if strength]


def write_streets(folder: Path, streets: list[tuple[BaseGeometry, dict[str, Any]]]) -> None:
    """The streets by code."""
    _write_features(folder / "streets.geojson", streets)


def write_components(folder: Path, components: list[Component]) -> None:
    """Components by code: WKT in degrees, units by code."""
    with (folder / "components.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "place", "cell", "manager", "owner", "maintainer", "state", "since", "shape"])
        for it in sorted(components, key=lambda it: it.code):
            units = [unit_of(code, it.cell) for code in (it.kind.manager, it.kind.owner, it.kind.maintainer)]
            shape = shapely.to_wkt(it.shape, rounding_precision=6, trim=True).replace(", ", ",")
            writer.writerow([it.code, it.place, it.cell.code, *units, "intact", SINCE, shape])


def report(folder: Path, cells: list[Cell], components: list[Component], ways: list[Way]) -> str:
    """The numbers that show whether the geography is sound."""
    areas = sorted(cell.metres.area for cell in cells)
    outline = to_metres(shapely.coverage_union_all([cell.degrees for cell in cells]))
    duty: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        duty[cell.duty_grid].append(cell.load)
    sizes, loads = [len(own) for own in duty.values()], [sum(own) for own in duty.values()]
    classes = {letter: sum(cell.area_class == letter for cell in cells) for letter in "ABC"}
    streets = {way.name for way in ways if way.name}
    joined = sum(way.line.length for way in ways if way.joined) / sum(way.line.length for way in ways if way.is_ground)
    return "\n".join(
        [
            f"extent            {outline.area / 1e6:.3f} km², one piece: {outline.geom_type == 'Polygon'}",
            f"cells             {len(cells)}, borders shared point by point, no overlap: "
            f"{shapely.coverage_is_valid([cell.degrees for cell in cells])}",
            f"covered           {sum(areas) / outline.area:.6f} of the extent",
            f"cell area         least {areas[0]:.0f}, 5% {areas[len(areas) // 20]:.0f}, median "
            f"{areas[len(areas) // 2]:.0f}, 95% {areas[-len(areas) // 20]:.0f}, most {areas[-1]:.0f} m²",
            f"within 5-20 thousand m²  {sum(5000 <= area <= 20000 for area in areas) / len(areas):.1%}",
            f"area classes      {classes}",
            f"communities       {len({it.community for it in cells})} in {len({it.street for it in cells})} 街道",
            f"duty grids        {len(duty)} of {min(sizes)} to {max(sizes)} cells, "
            f"load {min(loads):.2f} to {max(loads):.2f}, most over mean {max(loads) * len(loads) / sum(loads):.2f}",
            f"street names      {len(streets)}; length closed by inference {joined:.1%} of the ground network",
            f"components        {len(components)} of {len({it.minor for it in components})} minor categories",
            f"files             {sum(path.stat().st_size for path in folder.glob('*.*')) / 1e6:.2f} MB",
        ]
    )
