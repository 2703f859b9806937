"""Import with all checks beside bare COPY into the same indexed tables, in the same run."""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from cityloop.codes.models import Minor
from cityloop.grid.exchange import imports
from cityloop.grid.models import DataImport
from cityloop.org.actor import SYSTEM

SEED = 20260301
COLUMNS = (
    "valid_from, code, minor_id, name, place, cell_id, manager_id, owner_id, maintainer_id, state, changed_on, source,"
    " accuracy, extension, photos, note, geom, invented"
)
MOVED = ", ".join("'99' || substr(c.code, 3)" if name == "code" else f"c.{name}" for name in COLUMNS.split(", "))
CELL_BOXES = """
SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM grid_cell WHERE valid_to IS NULL ORDER BY code"""


class Speeds(NamedTuple):
    """Rows a second: the import from file to base data, its parts, and bare COPY."""

    rows: int
    whole: float
    check: float
    apply: float
    copy: float

    @property
    def ratio(self) -> float:
        """The import beside COPY."""
        return self.whole / self.copy


def measure(count: int) -> Speeds:
    """Import that many components, copy as many in, and undo both."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / "components.geojson"
        write_file(path, count)
        begun = time.perf_counter()
        job = begin(path)
        imports.run_check(job, now=timezone.now())
        checked = time.perf_counter()
        imports.run_apply(job, by=SYSTEM, now=timezone.now())
        applied = time.perf_counter()
        rows = job.counts["good"]
        bare = copy_again(job, Path(folder) / "rows")
        transaction.set_rollback(True)
    return Speeds(rows, count / (applied - begun), count / (checked - begun), rows / (applied - checked), rows / bare)


def begin(path: Path) -> DataImport:
    """An import of that file that takes its good rows."""
    job = imports.start(str(path), path.name, layer="components", by=SYSTEM, now=timezone.now())
    mapping = {"fields": {"minor": "kind", "place": "street", "note": "remark"}, "extension": {"pole": "pole"}}
    imports.configure(job, mapping, by=SYSTEM, now=timezone.now())
    job.good_rows = True
    job.save(update_fields=["good_rows"])
    return job


def write_file(path: Path, count: int) -> None:
    """Components at places of a fixed seed all over the city's cells."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for number, feature in enumerate(features(count)):
            file.write((",\n" if number else "") + json.dumps(feature, ensure_ascii=False))
        file.write("\n]}")


def features(count: int) -> Iterator[dict[str, Any]]:
    """Features of the file."""
    dice = random.Random(SEED)
    minors = list(Minor.objects.filter(edition__is_default=True, kind="component").values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(CELL_BOXES)
        boxes = cursor.fetchall()
    for number in range(count):
        west, south, east, north = dice.choice(boxes)
        at = [round(dice.uniform(west, east), 7), round(dice.uniform(south, north), 7)]
        values = {"kind": dice.choice(minors), "street": f"{number % 700}号路", "remark": "", "pole": str(number)}
        yield {"type": "Feature", "properties": values, "geometry": {"type": "Point", "coordinates": at}}


def copy_again(job: DataImport, path: Path) -> float:
    """Seconds that COPY takes for the rows that the import wrote, under other codes."""
    written = (
        f"SELECT {MOVED} FROM grid_component c JOIN grid_change h ON h.code = c.code WHERE h.batch = '{job.batch}'"
    )
    with connection.cursor() as cursor:
        with path.open("wb") as file, cursor.copy(f"COPY ({written}) TO STDOUT") as copy:
            for block in copy:
                file.write(block)
        begun = time.perf_counter()
        with path.open("rb") as file, cursor.copy(f"COPY grid_component ({COLUMNS}) FROM STDIN") as copy:
            while block := file.read(1 << 16):
                copy.write(block)
        return time.perf_counter() - begun
