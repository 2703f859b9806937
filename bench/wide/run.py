"""The order of loading and measuring a wide city, and the lines that are printed."""

import argparse
from collections.abc import Callable
from importlib.util import find_spec

from django.db import connection

from bench.measure import describe_server
from bench.wide import boxes, cases, ground, notes, places, surveys, tiles
from cityloop.cases.models import Case
from cityloop.grid.models import Component

COMPONENTS = CASES = 1_000_000
FEW = 100_000  # cases beside which the boxes are measured
ASKS = 120

Say = Callable[[str], None]


def run(words: argparse.Namespace, say: Say) -> int:
    """Load what lacks, measure everything; 1 if something expected was not reached."""
    failed: list[str] = []
    load(words.scale, say)
    say(f"database             {describe_server()}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    say(f"loaded               {Component.objects.count():,} components, {Case.objects.count():,} cases, {size}")
    for part in (_boxes, tiles.run, places.run, surveys.run):
        failed += part(words, say)
    say("" if failed else "Everything expected was reached.")
    for line in failed:
        say(f"NOT REACHED          {line}")
    return 1 if failed else 0


def load(scale: float, say: Say) -> None:
    """Components, histories, copies of them; on the way the boxes with fewer cases are measured."""
    many, few = round(CASES * scale), round(FEW * scale)
    ground.make(round(COMPONENTS * scale), say)
    cases.load_originals(min(cases.ORIGINALS, few // 2), say)
    if Case.objects.count() <= few:
        cases.multiply(few, say)
        tidy()
        notes.keep("boxes", boxes.measure(ASKS))
        notes.keep("box_cases", Case.objects.count())
    rate = cases.multiply(many, say)
    if rate:
        say(f"copies               {rate:,.0f} rows a second")
        recount()
        tidy()


def tidy() -> None:
    """What the server does by itself on a city that grows slowly."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def recount() -> None:
    """Count the map's counts anew: copies wrote no events that could be followed."""
    if find_spec("cityloop.cases.tiles"):
        from cityloop.cases.tiles import counting  # noqa: PLC0415

        counting.recount()


def _boxes(words: argparse.Namespace, say: Say) -> list[str]:
    few, many = notes.find("boxes"), boxes.measure(ASKS)
    for line in boxes.lines(few, many, count=Case.objects.count()):
        say(line)
    return boxes.slower(few, many)
