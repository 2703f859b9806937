"""Foreign files for tests: whole ones of every format, and broken ones. Made here, so that nothing binary is kept."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cityloop.grid.exchange.writing import translate

Feature = tuple[Mapping[str, Any], Mapping[str, Any] | None]


def point(x: float, y: float, *more: float) -> dict[str, Any]:
    """A point as GeoJSON."""
    return {"type": "Point", "coordinates": [x, y, *more]}


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    """A polygon of one ring as GeoJSON."""
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*ring, ring[0])]]}


def features(rows: Iterable[Feature]) -> str:
    """A collection as text."""
    made = [{"type": "Feature", "properties": values, "geometry": shape} for values, shape in rows]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def geojson(path: Path, rows: Iterable[Feature], encoding: str = "utf-8") -> Path:
    """A GeoJSON file."""
    path.write_bytes(features(rows).encode(encoding))
    return path


def lines(path: Path, rows: Iterable[Feature]) -> Path:
    """What the writer takes: one feature a line."""
    made = ({"type": "Feature", "properties": values, "geometry": shape} for values, shape in rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")
    return path


def shapefile(folder: Path, rows: Iterable[Feature], *, kind: str = "shp", drop: Iterable[str] = ()) -> Path:
    """A zipped Shapefile; `drop` names endings that are left out of the archive."""
    translate(lines(folder / "rows.geojsonl", rows), folder / "made.shp", form=kind, epsg=4326)
    return zipped(folder / "made.zip", {f"部件/路灯{part.suffix}": part.read_bytes() for part in parts(folder, drop)})


def parts(folder: Path, drop: Iterable[str]) -> list[Path]:
    """The files of a Shapefile."""
    return [part for part in sorted(folder.glob("made.*")) if part.suffix not in {".zip", *drop}]


def geopackage(folder: Path, rows: Iterable[Feature]) -> Path:
    """A GeoPackage."""
    translate(lines(folder / "rows.geojsonl", rows), folder / "made.gpkg", form="gpkg", epsg=4326)
    return folder / "made.gpkg"


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """An archive of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A CSV file."""
    path.write_bytes(text.encode(encoding))
    return path


OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="31.2000" lon="121.4000" version="1"/>
  <node id="2" lat="31.2005" lon="121.4010" version="1"/>
  <node id="3" lat="31.2002" lon="121.4002" version="1"><tag k="highway" v="street_lamp"/></node>
  <way id="9" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="中山路"/></way>
</osm>
"""

VRT = """<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>CSV:/etc/passwd</SrcDataSource>
<SrcLayer>passwd</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""
