"""The tiles in a file of imagery, read by SQLite: the files never change, so every thread keeps its connection."""

import math
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

JPEG: Final = b"\xff\xd8"
MOST_OPEN: Final = 8  # files that a thread keeps open
_own = threading.local()


@dataclass(frozen=True, slots=True)
class Extent:
    """Where an image has tiles: degrees, and from which zoom to which."""

    west: float
    south: float
    east: float
    north: float
    min_zoom: int
    max_zoom: int


def read_extent(path: Path) -> Extent:
    """What a file of tiles holds; `ValueError` if it holds none."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        low, high = file.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        if high is None:
            raise ValueError("no tiles")
        span = "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles WHERE zoom_level = ?"
        left, right, top, bottom = file.execute(span, [high]).fetchone()
    count = 2**high
    west, east = (column / count * 360 - 180 for column in (left, right + 1))
    north, south = (_latitude(row / count) for row in (top, bottom + 1))
    return Extent(west, south, east, north, low, high)


def read_tile(name: str, z: int, x: int, y: int) -> bytes | None:
    """The picture of a tile, None where the image has none."""
    row = _file(name).execute(
        "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", [z, x, y]
    )
    found = row.fetchone()
    return bytes(found[0]) if found else None


def type_of(picture: bytes) -> str:
    """Opaque tiles are JPEG, those at the border PNG."""
    return "image/jpeg" if picture.startswith(JPEG) else "image/png"


def _file(name: str) -> sqlite3.Connection:
    opened: dict[str, sqlite3.Connection] = _own.__dict__.setdefault("opened", {})
    found = opened.pop(name, None)
    if found is None:
        path = Path(settings.IMAGERY_ROOT) / name
        found = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        while len(opened) >= MOST_OPEN:
            opened.pop(next(iter(opened))).close()
    opened[name] = found  # the one used last stands last
    return found


def _latitude(share: float) -> float:
    """Degrees north of a share of the Mercator square, from the top."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))
