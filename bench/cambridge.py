"""`python -m bench.cambridge FOLDER`: the real components of a city through the whole import, layer by layer.

FOLDER holds the layers as the City of Cambridge publishes them (tests/data/cambridge has where from). They are checked
and written in one transaction, which is undone at the end.
"""

import os
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import django

OURS = Path(__file__).resolve().parent.parent / "tests" / "data" / "cambridge"


def main() -> int:
    """Import every layer that is there; 1 if one is refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    django.setup()
    # Models can only be imported now.
    from django.db import transaction  # noqa: PLC0415

    from cityloop.org.actor import SYSTEM  # noqa: PLC0415

    with transaction.atomic():
        bring(OURS / "outline.geojson", "areas", {"fields": {"code": "code", "name": "name"}}, SYSTEM)
        begun, rows = time.perf_counter(), 0
        for name, mapping in tomllib.loads((OURS / "mappings.toml").read_text(encoding="utf-8")).items():
            path = Path(sys.argv[1]) / f"{name}.geojson"
            if path.exists():
                rows += bring(path, "components", mapping, SYSTEM)
        print(f"{rows} rows in {time.perf_counter() - begun:.1f} s")
        transaction.set_rollback(True)
    return 0


def bring(path: Path, layer: str, mapping: dict[str, Any], by: Any) -> int:
    """Check one file, write its good rows, say what was found; how many rows it has."""
    from django.utils import timezone  # noqa: PLC0415

    from cityloop.grid.exchange import imports  # noqa: PLC0415
    from cityloop.grid.exchange.report import counts_of  # noqa: PLC0415

    now = timezone.now()
    job = imports.start(str(path), path.name, layer=layer, by=by, now=now)
    imports.configure(job, {"crs": "wgs84", **mapping}, by=by, now=now)
    job.good_rows = True
    job.save(update_fields=["good_rows"])
    imports.run_check(job, now=now)
    counts = dict(job.counts)
    if counts.get("good"):
        counts = imports.run_apply(job, by=by, now=now).counts
    print(f"{path.stem}: {counts.get('rows', 0)} rows, {counts.get('written', 0)} written {job.refusal}")
    for one in counts_of(job):
        print(f"    {one.label} {one.rows}: {one.sentence}")
    return int(counts.get("rows", 0))


if __name__ == "__main__":
    sys.exit(main())
