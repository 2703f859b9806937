"""Boxes and lists at a hundred thousand cases and at a million: asked by HTTP, one client."""

from typing import Final

from django.db import connection

from bench import reads
from bench.server import serving
from bench.wide import notes
from cityloop.cases.models import Case

ASKED: Final = (
    "box, page",
    "box, API",
    "newest twenty, API",
    "newest twenty of a unit, API",
    "newest twenty of an inspector, API",
    "search by last digits, API",
)
SLOWER: Final = 1.25  # a p95 of the same query varies by as much from run to run

Times = dict[str, list[float]]


def measure(asks: int) -> Times:
    """Median and p95 in milliseconds, by name."""
    numbers = list(Case.objects.order_by("-pk").values_list("number", flat=True)[:asks])
    connection.close()
    found: Times = {}
    with serving() as port:
        for read in reads.READS:
            if read.name in ASKED:
                times = reads.times(port, read, numbers)
                found[read.name] = [times.median, times.p95]
    return found


def lines(few: Times, many: Times, *, count: int) -> list[str]:
    """One line each."""
    small = notes.find("box_cases")
    return [
        f"{name:35}p50 {many[name][0]:.1f} ms, p95 {many[name][1]:.1f} ms at {count:,}; "
        f"p95 {few[name][1]:.1f} ms at {small:,}"
        for name in many
        if name in few
    ]


def slower(few: Times, many: Times) -> list[str]:
    """The boxes that are slower than they were with fewer cases."""
    return [
        f"{name}: p95 {many[name][1]:.1f} ms, with fewer cases {few[name][1]:.1f} ms"
        for name in many
        if name.startswith("box") and name in few and many[name][1] > few[name][1] * SLOWER
    ]
