"""Files out: our rows as lines of GeoJSON, and GDAL's formats made of them by a child process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.gis.gdal.libgdal import lgdal

from cityloop.grid.exchange.reading import MEMORY, ROOT, SECONDS
from cityloop.grid.exchange.refusals import refused

PROGRAM: Final = (
    f"import sys; sys.path[:0] = [{ROOT!r}]; from cityloop.grid.exchange.child.writing import main; sys.exit(main())"
)


def translate(source: Path, target: Path, *, form: str, epsg: int) -> None:
    """Make a file of another format from lines of GeoJSON; coordinates stay as they are and are called `epsg`.

    `epsg` 0 names no system. Both files lie in the same folder.
    """
    order = {
        "source": str(source),
        "target": str(target),
        "folder": str(source.parent),
        "format": form,
        "options": [*(["-a_srs", f"EPSG:{epsg}"] if epsg else []), "-nln", target.stem],
        "gdal": lgdal._name,
        "limits": {"memory": MEMORY, "seconds": SECONDS, "unpacked": settings.IMPORT_UNPACKED_BYTES},
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM],
        input=json.dumps(order) + "\n",
        capture_output=True,
        text=True,
        env={},
        cwd=source.parent,
        timeout=SECONDS,
        check=False,
    )
    answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    if "end" not in answer:
        raise refused(answer.get("refused", "crashed"), answer.get("values", {}))
