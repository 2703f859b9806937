"""From a place to its cell, and from words to places."""

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.wide.ground import SIDES, spots
from bench.wide.tiles import percentile
from cityloop.base.geometry import LonLat
from cityloop.grid.selectors import locate
from cityloop.org.actor import SYSTEM

PLACES = 2000
TEXTS = 400
GEOCODING_MS = 50

Say = Callable[[str], None]


def run(words: argparse.Namespace, say: Say) -> list[str]:
    """Measure and print; what was expected and not reached."""
    now = timezone.now()
    points = [LonLat(*one) for side in SIDES for one in spots(side, PLACES // 2)]
    took = _times(lambda point: locate(point, now=now).cell_id, points)
    say(
        f"point → cell         {len(took) / sum(took):,.0f} a second with one client, "
        f"p50 {median(took) * 1000:.1f} ms, p95 {percentile(took, 0.95) * 1000:.1f} ms; of {len(points):,} places"
    )
    return _geocoding(say) if find_spec("cityloop.grid.geocoding") else []


def _times(do: Callable[[Any], object], given: Sequence[Any]) -> list[float]:
    found = []
    for one in given:
        began = time.perf_counter()
        if not do(one):
            raise SystemExit(f"Nothing is found at {one}.")
        found.append(time.perf_counter() - began)
    return found


def _geocoding(say: Say) -> list[str]:
    """Names of the whole city, and the test set of the demonstration's real streets among them."""
    from bench.geocoding import GEOGRAPHY, ask, read_queries, report  # noqa: PLC0415
    from cityloop.grid.models import Place, PlaceName  # noqa: PLC0415
    from cityloop.grid.naming import learn_names  # noqa: PLC0415
    from cityloop.grid.place_loading import load_places  # noqa: PLC0415

    learn_names()
    if not Place.objects.exists():
        load_places(GEOGRAPHY / "places.csv", by=SYSTEM, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE grid_placename, grid_place")
    say(f"geocoding            {PlaceName.objects.count():,} names, {Place.objects.count():,} doors and places")
    quality = ask(read_queries("huangpu.csv"))
    report("huangpu", quality, say)
    return [f"geocoding: p95 {quality.p95():.0f} ms"] if quality.p95() > GEOCODING_MS else []
