"""Imports with all their checks, beside COPY of the same rows into the same indexed tables in the same run."""

import argparse
import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils import timezone

from bench.city import SEED
from cityloop.grid.exchange import imports
from cityloop.grid.models import Area, Component, DataImport
from cityloop.org.actor import SYSTEM

ROWS: Final = 50_000
LEAST_RATIO: Final = 0.2
TWIN: Final = "98"  # with what the codes of the rows begin that COPY writes
OUTSIDE: Final = "990101"  # the code of the district that a survey of another place gets
METRE: Final = 1 / 111_000
COLUMNS: Final = [column.column for column in Component._meta.concrete_fields if column.column != "id"]
CHECKED: Final = "SET CONSTRAINTS ALL IMMEDIATE"  # foreign keys are checked at the end, which is undone here
# Which categories of ours their files are.
CAMBRIDGE: Final[Mapping[str, str]] = {
    "INFRA_StreetLights.geojson": "0137",
    "INFRA_StreetLightsNotCityOwned.geojson": "0137",
    "INFRA_ParkLights.geojson": "0139",
    "INFRA_Hydrants.geojson": "0124",
    "INFRA_ParkBenches.geojson": "0407",
    "DPW_LitterBarrels.geojson": "0305",
    "DPW_PedestrianRamps.geojson": "0181",
    "TRAFFIC_MeteredParkingSpaces.geojson": "0201",
    "TRANS_BusShelters.geojson": "0204",
}

Say = Callable[[str], None]


class Took(NamedTuple):
    """Rows in the file and written, and seconds: reading and checking, writing, COPY of what was written."""

    rows: int
    written: int
    checking: float
    writing: float
    copying: float

    @property
    def ratio(self) -> float:
        """Rows a second of the whole import, beside those of COPY."""
        return (self.rows / (self.checking + self.writing)) / (self.written / self.copying)


def run(words: argparse.Namespace, say: Say) -> list[str]:
    """Measure and print; what was expected and not reached."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.geojson"
        rows = max(1000, round(ROWS * min(words.scale * 2, 1)))
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(_features(rows))}), encoding="utf-8")
        failed += _tell("generated", [_import(path, {"fields": {"minor": "minor", "place": "place"}})], say)
        if words.cambridge:
            failed += _tell("Cambridge", list(_cambridge(words.cambridge, Path(folder))), say)
    return failed


def _features(count: int) -> Iterator[dict[str, Any]]:
    """New components some metres from real ones, of their categories; a few too near to one, as surveys have them."""
    chance = Random(SEED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.code, c.place, ST_X(s.at), ST_Y(s.at)"
            " FROM grid_component c JOIN codes_minor m ON m.id = c.minor_id"
            " CROSS JOIN LATERAL (SELECT ST_PointOnSurface(c.geom) AS at) s WHERE c.valid_to IS NULL AND c.code ~ '^32'"
            " ORDER BY hashtextextended(c.code, %s) LIMIT %s",
            [SEED, count],
        )
        for minor, place, lon, lat in cursor:
            at = [round(lon + chance.uniform(-9, 9) * METRE, 7), round(lat + chance.uniform(-9, 9) * METRE, 7)]
            yield {
                "type": "Feature",
                "properties": {"minor": minor, "place": place},
                "geometry": {"type": "Point", "coordinates": at},
            }


def _cambridge(path: Path, folder: Path) -> Iterator[Took]:
    """Their layers, one import each, in a district of their real outline."""
    with zipfile.ZipFile(path) as archive:
        outline = json.loads(archive.read("BOUNDARY_CityBoundary.geojson"))["features"][0]["geometry"]
        shape = GEOSGeometry(json.dumps(outline))
        Area.objects.get_or_create(
            code=OUTSIDE,
            defaults={
                "name": "Cambridge",
                "level": "district",
                "geom": MultiPolygon(shape) if shape.geom_type == "Polygon" else shape,
                "valid_from": timezone.now().date(),
            },
        )
        for name, minor in CAMBRIDGE.items():
            (folder / name).write_bytes(archive.read(name))
            yield _import(folder / name, {"constants": {"minor": minor}, "fields": {}})


def _import(path: Path, mapping: dict[str, Any]) -> Took:
    """Import the good rows, then copy their like; neither stays."""
    now = timezone.now()
    began = time.perf_counter()
    job = imports.start(str(path), path.name, layer="components", by=SYSTEM, now=now)
    job.good_rows = True
    job.save(update_fields=["good_rows"])
    kept = {name: job.mapping[name] for name in ("member", "layer", "encoding", "places", "crs") if name in job.mapping}
    imports.configure(job, kept | mapping, by=SYSTEM, now=now)
    imports.run_check(job, now=now)
    checking = time.perf_counter() - began
    if job.refusal:
        raise SystemExit(f"{path.name}: {job.refusal}")
    counts = job.counts
    writing, rows = _write(job, now)
    copying = _copy(rows)
    imports.discard(DataImport.objects.get(pk=job.pk), by=SYSTEM, now=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE grid_component, grid_componenttally, grid_change")
    return Took(counts["rows"], counts["good"], checking, writing, copying)


def _write(job: DataImport, now: datetime) -> tuple[float, bytes]:
    """Seconds for writing the rows, and they themselves under codes of their own, as COPY takes them."""
    last = Component.objects.order_by("-pk").values_list("pk", flat=True)[0]
    wanted = ", ".join(f"'{TWIN}' || substr(code, 3)" if name == "code" else f'"{name}"' for name in COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        imports.run_apply(job, by=SYSTEM, now=now)
        cursor.execute(CHECKED)
        took = time.perf_counter() - began
        with cursor.copy(f"COPY (SELECT {wanted} FROM grid_component WHERE id > {last}) TO STDOUT") as copy:
            rows = b"".join(bytes(part) for part in copy)
        transaction.set_rollback(True)
    return took, rows


def _copy(rows: bytes) -> float:
    """Seconds for a COPY of these rows."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        with cursor.copy(f"COPY grid_component ({names}) FROM STDIN") as copy:
            copy.write(rows)
        cursor.execute(CHECKED)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _tell(name: str, found: list[Took], say: Say) -> list[str]:
    took = Took(*(sum(part) for part in zip(*found, strict=True)))
    rate = took.rows / (took.checking + took.writing)
    say(f"import, {name:13}{took.rows:,} rows, {took.written:,} good: {rate:,.0f} rows a second")
    say(f"  read and checked   {took.checking:.1f} s; written with their history {took.writing:.1f} s")
    say(f"COPY beside it       {took.written / took.copying:,.0f} rows a second, ratio {took.ratio:.2f}")
    return [f"import, {name}: {took.ratio:.2f} of COPY"] if took.ratio < LEAST_RATIO else []
