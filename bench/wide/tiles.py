"""Tiles by HTTP: cold and warm, by layer and zoom, beside the statements that draw them; and a whole viewport."""

import argparse
import gzip
import math
import time
from collections.abc import Callable, Iterable, Sequence
from random import Random
from statistics import median
from typing import Any, Final, NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.city import SEED
from bench.client import Session, demand
from bench.server import serving
from cityloop.base.maps import LEAST_ZOOM, MOST_ZOOM, Layer, Tile, Wanted, list_layers
from cityloop.org.actor import Actor, get_actor
from cityloop.org.models import Person
from cityloop.org.permissions import has_permission

DENSE, OTHERS = 6, 14  # tiles of a layer and zoom: the fullest ones, and any that hold something
VIEWPORT: Final = (4, 3)  # tiles of 512 pixels that a screen of 1366 × 768 touches
LOOKED_AT: Final = (9, 12, 14, 16, 17)  # zooms of the viewports
COLD_MS, WARM_MS, MOST_BYTES = 150, 10, 500_000
# Who asks: base data for somebody at a centre; cases also for somebody who sees only those of his unit.
ASKERS: Final = ("dispatcher", "b01")

Say = Callable[[str], None]


class Asked(NamedTuple):
    """One tile by HTTP: milliseconds for the first and the second asking, bytes as sent and as drawn."""

    cold: float
    warm: float
    sent: int
    drawn: int


class Figures(NamedTuple):
    """The tiles of one layer and zoom."""

    name: str
    zoom: int
    asked: list[Asked]
    bare: list[float]  # milliseconds of their statements alone


def run(words: argparse.Namespace, say: Say) -> list[str]:
    """Measure and print; what was expected and not reached."""
    found: list[Figures] = []
    with serving(processes=1) as port:
        for username in ASKERS:
            found += _of(username, port, say)
        _viewports(port, say)
    return _summary(found, say)


def _of(username: str, port: int, say: Say) -> Iterable[Figures]:
    actor = get_actor(Person.objects.get(username=username), now=timezone.now())
    session = Session(port, username, accepts="gzip")
    for layer in list_layers(lambda permission: has_permission(actor, permission)):
        if username != ASKERS[0] and layer.group != "cases":
            continue
        name = layer.name if username == ASKERS[0] else f"{layer.name}, {username}"
        for zoom in range(max(layer.min_zoom, LEAST_ZOOM), min(layer.max_zoom, MOST_ZOOM) + 1):
            wanted = choose(zoom)
            asked = [ask(session, layer.name, tile) for tile in wanted]
            figures = Figures(name, zoom, asked, [_bare(layer, tile, actor) for tile in wanted])
            say(_line(figures))
            yield figures


def choose(zoom: int) -> list[Tile]:
    """The fullest tiles of components at that zoom, and some others that hold any, drawn with the fixed seed."""
    level = next(level for level in (12, 14, 16, 18) if level >= zoom)
    up = level - zoom
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT x >> %s, y >> %s, sum(count) FROM grid_componenttally WHERE level = %s GROUP BY 1, 2"
            " HAVING sum(count) > 0 ORDER BY 3 DESC, 1, 2",
            [up, up, level],
        )
        tiles = [Tile(zoom, x, y) for x, y, _count in cursor.fetchall()]
    rest = tiles[DENSE:]
    return tiles[:DENSE] + Random(SEED + zoom).sample(rest, min(OTHERS, len(rest)))


def ask(session: Session, layer: str, tile: Tile) -> Asked:
    """The tile twice."""
    path = f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"
    first = demand(session.get(path), 200, 204)
    second = demand(session.get(path), 200, 204)
    drawn = gzip.decompress(first.body) if first.body[:2] == b"\x1f\x8b" else first.body
    return Asked(first.seconds * 1000, second.seconds * 1000, len(first.body), len(drawn))


def _bare(layer: Layer, tile: Tile, actor: Actor) -> float:
    """Milliseconds of the statements that draw the tile, sent once more without anything round them."""
    wanted = Wanted(tile, actor, timezone.now())
    with CaptureQueriesContext(connection) as sent:
        layer.draw(wanted)
    statements = [query["sql"] for query in sent.captured_queries]
    with connection.cursor() as cursor:
        began = time.perf_counter()
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
        return (time.perf_counter() - began) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    return sorted(values)[math.ceil(len(values) * share) - 1]


def _line(found: Figures) -> str:
    cold, warm = [one.cold for one in found.asked], [one.warm for one in found.asked]
    ratio = sum(cold) / max(sum(found.bare), 0.001)
    return (
        f"tile {found.name + f' z{found.zoom}':24}cold p50 {median(cold):.1f}, p95 {percentile(cold, 0.95):.1f} ms; "
        f"warm p50 {median(warm):.1f}, p95 {percentile(warm, 0.95):.1f} ms; SQL alone p50 {median(found.bare):.1f}, "
        f"p95 {percentile(found.bare, 0.95):.1f} ms (cold is {ratio:.1f} times); "
        f"largest {max(one.drawn for one in found.asked) / 1000:.0f} KB"
    )


def _summary(found: Sequence[Figures], say: Say) -> list[str]:
    asked = [one for figures in found for one in figures.asked]
    cold = percentile([one.cold for one in asked], 0.95)
    warm = percentile([one.warm for one in asked], 0.95)
    most = max(one.drawn for one in asked)
    ratio = sum(one.cold for one in asked) / sum(ms for figures in found for ms in figures.bare)
    say(f"tiles, cold          p50 {median(one.cold for one in asked):.1f} ms, p95 {cold:.1f} ms ({len(asked)} tiles)")
    say(f"tiles, warm          p50 {median(one.warm for one in asked):.1f} ms, p95 {warm:.1f} ms")
    say(f"tiles, ratio         {ratio:.2f} times the bare SQL")
    say(f"largest tile         {most / 1000:.0f} KB as drawn, {max(one.sent for one in asked) / 1000:.0f} KB as sent")
    failed = [
        f"{figures.name} z{figures.zoom}: cold p95 {slow:.0f} ms"
        for figures in found
        if (slow := percentile([one.cold for one in figures.asked], 0.95)) > COLD_MS
    ]
    failed += [f"warm tiles: p95 {warm:.1f} ms"] if warm > WARM_MS else []
    return failed + ([f"largest tile: {most:,} bytes"] if most > MOST_BYTES else [])


def _viewports(port: int, say: Say) -> None:
    """All layers at once on one screen over the fullest place: bytes and seconds with nothing kept in the browser."""
    session = Session(port, ASKERS[0], accepts="gzip")
    layers: list[dict[str, Any]] = demand(session.get("/api/v1/map/layers"), 200).json()["layers"]
    for zoom in LOOKED_AT:
        middle = choose(zoom)[0]
        asked = [
            ask(session, layer["name"], Tile(zoom, middle.x + x - 1, middle.y + y - 1))
            for layer in layers
            if layer["min_zoom"] <= zoom <= layer["max_zoom"]
            for x in range(VIEWPORT[0])
            for y in range(VIEWPORT[1])
        ]
        say(
            f"viewport z{zoom:<11}{sum(one.sent for one in asked) / 1000:.0f} KB as sent in {len(asked)} tiles, "
            f"{sum(one.drawn for one in asked) / 1000:.0f} KB as drawn; asked one after the other "
            f"{sum(one.cold for one in asked):.0f} ms"
        )
