"""From a GeoTIFF to a GeoPackage of tiles, made by a child process that can reach nothing but the two."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.gis.gdal.libgdal import lgdal

from cityloop.grid.exchange.reading import MEMORY, ROOT
from cityloop.grid.exchange.refusals import refused

PROGRAM: Final = (
    f"import sys; sys.path[:0] = [{ROOT!r}]; from cityloop.grid.exchange.child.imaging import main; sys.exit(main())"
)
SECONDS: Final = 4 * 3600
MOST_PIXELS: Final = 40_000_000_000  # 200 km² at 7 centimetres


@contextmanager
def converted(path: Path) -> Iterator[Path]:
    """The tiles of an image, in a folder that goes with the block: move the file to keep it.

    Refused as `invalid` for anything but a GeoTIFF of 8 bits that says where it lies, as `too_large` beyond the limits.
    """
    scratch = Path(settings.IMPORT_ROOT)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="imaging-") as name:
        folder = Path(name)
        source, target = folder / "source.tif", folder / "tiles.gpkg"
        try:
            os.link(path, source)
        except OSError:  # another file system
            shutil.copyfile(path, source)
        _convert(source, target)
        yield target


def _convert(source: Path, target: Path) -> None:
    limits = {"memory": MEMORY, "seconds": SECONDS, "unpacked": settings.IMAGERY_BYTES, "pixels": MOST_PIXELS}
    order = {
        "source": str(source),
        "target": str(target),
        "folder": str(source.parent),
        "gdal": lgdal._name,
        "limits": limits,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROGRAM],
            input=json.dumps(order) + "\n",
            capture_output=True,
            text=True,
            errors="replace",
            env={},
            cwd=source.parent,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refused("time", {}) from None
    answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    if "end" not in answer:
        raise refused(answer.get("refused", "crashed"), answer.get("values", {}))
