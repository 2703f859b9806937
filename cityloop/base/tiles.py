"""Vector tiles: their addresses, what the database is told of a tile, and a memory of drawn ones."""

import gzip
import hashlib
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from cityloop.base.errors import Refused
from cityloop.base.maps import Tile
from cityloop.base.words import speak

EXTENT: Final = 4096  # units of a tile's side
BUFFER: Final = 64  # units drawn beyond it, so that lines do not end at the seam
PIXELS: Final = 512  # of a tile's side on the screen
MOST_BYTES: Final = 500_000  # of a tile before packing; a layer drops, simplifies or gathers to stay below
EARTH: Final = 40_075_016.685578488  # metres of Web Mercator around the equator
MIME: Final = "application/vnd.mapbox-vector-tile"
FOR_GOOD: Final = 86_400  # seconds for which a browser keeps a tile under its stamp
FOR_A_WHILE: Final = 60  # and one that depends on who asks

# For statements: the tile's frame in metres, the tile in degrees, and that with the rim that lines are drawn into.
_FRAME: Final = "ST_TileEnvelope(%(z)s::int, %(x)s::int, %(y)s::int)"
BOX: Final = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)"
RIM: Final = "ST_Expand(" + BOX + ", %(rim)s)"


def shape(geometry: str) -> str:
    """The SQL that draws a line or an area in degrees into the tile, simplified; NULL where nothing of it is left."""
    simple = f"ST_Simplify(ST_Transform({geometry}, 3857), %(pixel)s)"
    return f"ST_AsMVTGeom({simple}, {_FRAME}, {EXTENT}, {BUFFER}, true)"


def square(level: str, x: str, y: str) -> str:
    """The SQL that draws another, smaller tile into the tile."""
    return f"ST_AsMVTGeom(ST_TileEnvelope({level}::int, {x}, {y}), {_FRAME}, {EXTENT}, {BUFFER}, true)"


def point(geometry: str) -> str:
    """The SQL that draws a point in degrees into the tile in whose `BOX` it lies: with a rim, two would have it."""
    return f"ST_AsMVTGeom(ST_Transform({geometry}, 3857), {_FRAME}, {EXTENT}, 0, false)"


def encoded(name: str, rows: str) -> str:
    """The SQL of one source layer: `rows` is a SELECT with the columns `id`, `geom` and the properties."""
    return f"SELECT ST_AsMVT(t, '{name}', {EXTENT}, 'geom', 'id') FROM ({rows}) t WHERE t.geom IS NOT NULL"


def read_tile(z: int, x: int, y: int, *, least: int, most: int) -> Tile:
    """The tile of that address; refused as `not_found` if there is none, or the layer has no such zoom."""
    if not (least <= z <= most and x < 1 << z and y < 1 << z):
        raise Refused("not_found", speak("没有此瓦片"), {"tile": [z, x, y], "zooms": [least, most]})
    return Tile(z, x, y)


def lon_of(x: float, z: int) -> float:
    """The longitude at which a column of tiles begins."""
    return x / (1 << z) * 360.0 - 180.0


def lat_of(y: float, z: int) -> float:
    """The latitude at which a row of tiles begins, from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / (1 << z)))))


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile in which a place lies."""
    side = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(z, int((lon + 180) / 360 * side), int(y * side))


def values_of(tile: Tile) -> dict[str, Any]:
    """What the pieces of statements above stand for."""
    west, east = lon_of(tile.x, tile.z), lon_of(tile.x + 1, tile.z)
    return {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "west": west,
        "east": east,
        "north": lat_of(tile.y, tile.z),
        "south": lat_of(tile.y + 1, tile.z),
        "rim": (east - west) * BUFFER / EXTENT,
        "pixel": EARTH / (1 << tile.z) / PIXELS,
    }


def draw(statement: str, values: Mapping[str, Any]) -> bytes:
    """The tile that a statement of one column gives: its rows, one after the other, are one tile."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return b"".join(bytes(row[0]) for row in cursor.fetchall() if row[0])


def draw_rows(statement: str, values: Mapping[str, Any], *, rows: Iterable[QuerySet[Any]]) -> bytes:
    """The tile that a statement gives of rows: its `{}` stands for all querysets together. No rows, no tile."""
    return b"".join(bytes(row[0]) for row in read_rows(statement, values, rows=rows) if row[0])


def read_rows(statement: str, values: Mapping[str, Any], *, rows: Iterable[QuerySet[Any]]) -> list[tuple[Any, ...]]:
    """What such a statement answers; nothing where the querysets are known to be empty."""
    compiled = [each for queryset in rows if (each := _compiled(queryset))]
    if not compiled:
        return []
    given = iter(value for _sql, params in compiled for value in params)
    found: list[Any] = []

    def place(mark: re.Match[str]) -> str:
        found.append(values[mark[1]] if mark[1] else next(given))
        return "%s"

    text = statement.replace("{}", " UNION ALL ".join(f"({sql})" for sql, _params in compiled))
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r"%(?:\((\w+)\))?s", place, text), found)
        return list(cursor.fetchall())


def _compiled(queryset: QuerySet[Any]) -> tuple[str, Sequence[Any]] | None:
    try:
        sql, params = queryset.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, params


class Memory:
    """Packed tiles by key, the least lately used forgotten beyond so many bytes. Safe among threads.

    Two threads that want the same tile make it once. Keys hold everything that a tile depends on, so nothing is ever
    taken back: what is old is not asked for again.
    """

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making = tuple(threading.Lock() for _ in range(64))

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The packed tile under this key, made where it is not known."""
        found = self._find(key)
        if found is not None:
            return found
        with self._making[hash(key) % len(self._making)]:
            found = self._find(key)
            if found is None:
                found = pack(make())
                self._keep(key, found)
        return found

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._known.clear()
            self._bytes = 0

    def _find(self, key: str) -> bytes | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def _keep(self, key: str, body: bytes) -> None:
        with self._lock:
            self._bytes += len(body) + len(key)
            self._known[key] = body
            while self._bytes > self._most() and self._known:
                old, gone = self._known.popitem(last=False)
                self._bytes -= len(gone) + len(old)


def pack(body: bytes) -> bytes:
    """The body as it travels and is kept; an empty tile stays empty."""
    return gzip.compress(body, 5, mtime=0) if body else b""


KEPT: Final = Memory(lambda: int(settings.TILE_CACHE_MB) * 1_000_000)


def digest(*parts: object) -> str:
    """A short name for these parts together."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def version_of(stamp: str, scope: str) -> str:
    """What an address says after `?v=`: another one whenever the data or the scope are others."""
    return digest(stamp, scope)


def answer(request: HttpRequest, key: str, *, seconds: int, make: Callable[[], bytes]) -> HttpResponse:
    """The tile under this key, 304 for who has it already, 204 for an empty one.

    `seconds` is for how long the browser need not ask again: 0 where the address does not name this very version.
    """
    headers = {
        "ETag": f'W/"{key}"',
        "Cache-Control": f"private, max-age={seconds}" if seconds else "private, no-cache",
        "Vary": "Accept-Encoding, Authorization, Cookie",
    }
    asked = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if f'"{key}"' in asked:
        return HttpResponse(status=304, headers=headers)
    body = KEPT.get(key, make)
    if not body:
        return HttpResponse(status=204, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(body, content_type=MIME, headers=headers | {"Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(body), content_type=MIME, headers=headers)
