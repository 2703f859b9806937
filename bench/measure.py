"""The order of the measurements, and their lines."""

import argparse
import os
from collections.abc import Callable, Sequence
from statistics import median

from django.db import connection

from bench import city, floor, histories, reads
from bench.client import Session
from bench.loop import CLIENTS, Client, Rates, one_round
from bench.server import serving
from cityloop.cases.models import Case
from tests.world import World

Say = Callable[[str], None]
FLOOR_SECONDS = 8
# The best open peer, tuned, on such a machine with as many cases and clients; a second.
PEER = {"reports": 68, "actions": 46, "case, API": 67, "newest twenty, API": 12}
LEAST_RATIO, MOST_STATEMENTS, MOST_MILLISECONDS = 0.10, 10, 40
LIMITED = ("box, page", "box, API", "case, page", "case, API")


def run(words: argparse.Namespace, say: Say) -> int:
    """Load what lacks, measure everything; 1 if something expected was not reached."""
    world = city.make()
    load(words.cases, say)
    say(f"database             {describe_server()}")
    failed: list[str] = []
    recorded, scripts = floor.record(world)
    failed += statements(floor.statements(recorded), say)
    connection.close()
    with serving() as port:
        # Looks first: what the floor reports stays, and its cases all lie at a few places.
        looks(words, port, say, failed)
        rates(words, world, port, scripts, say, failed)
    say("" if failed else "Everything expected was reached.")
    for line in failed:
        say(f"NOT REACHED          {line}")
    return 1 if failed else 0


def load(count: int, say: Say) -> None:
    """Have that many cases."""
    there = Case.objects.count()
    if there < count:
        connection.close()
        seconds = histories.load(count - there, say)
        say(f"loading              {(count - there) / seconds:.0f} cases/s, {count - there:,} in {seconds:.0f} s")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_caseevent")
        say(f"cases                {Case.objects.count():,} with {cursor.fetchone()[0]:,} events")


def describe_server() -> str:
    """The database server, and how durable it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), postgis_lib_version()")
        version, postgis = cursor.fetchone()
        found = [f"{version.split(' (')[0]}, PostGIS {postgis}"]
        for name in ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            found.append(f"{name} {cursor.fetchone()[0]}")
    return ", ".join(found)


def statements(found: dict[str, float], say: Say) -> list[str]:
    """Statements a request, beside BEGIN and COMMIT."""
    for name, count in found.items():
        say(f"statements           {name} {count:.1f}")
    return [f"{name}: {count:.1f} statements" for name, count in found.items() if count > MOST_STATEMENTS]


def rates(
    words: argparse.Namespace, world: World, port: int, scripts: Sequence[floor.Script], say: Say, failed: list[str]
) -> None:
    """Reports and actions over HTTP, and beside each round the floor."""
    clients = [Client(world, number, session=lambda name: Session(port, name)) for number in range(CLIENTS)]
    one_round(clients, 5)  # so that both processes remember what they remember
    found: list[Rates] = []
    floors: dict[str, list[float]] = {"report": [], "action": []}
    for _ in range(words.rounds):
        found.append(one_round(clients, words.each))
        for kind, reached in floors.items():
            reached.append(
                floor.rate(os.environ["DATABASE_URL"], scripts, kind, clients=CLIENTS, seconds=FLOOR_SECONDS)
            )
    for name, kind in (("reports", "report"), ("actions", "action")):
        reached = [getattr(one, name) for one in found]
        ratio = median(reached) / median(floors[kind])
        say(_rate(f"{name}/s over HTTP", reached) + _beside(name, median(reached)))
        say(_rate(f"{name}/s by pgbench", floors[kind]))
        say(f"{name + ' ratio':21}{ratio:.2f}")
        if ratio < LEAST_RATIO:
            failed.append(f"{name}: {ratio:.2f} of the floor")
    for step in found[0].steps:
        say(_rate(f"  {step}/s", [one.steps[step] for one in found]))


def _rate(name: str, reached: Sequence[float]) -> str:
    return f"{name:21}median {median(reached):.0f}, least {min(reached):.0f}, most {max(reached):.0f}"


def _beside(name: str, reached: float) -> str:
    if name not in PEER:
        return ""
    return f" (peer {PEER[name]}: {reached / PEER[name]:.1f} times)"


def looks(words: argparse.Namespace, port: int, say: Say, failed: list[str]) -> None:
    """How long reads take for one client, and how many a second eight get."""
    numbers = reads.some_numbers(words.asks)
    for read in reads.READS:
        found = reads.times(port, read, numbers)
        many = reads.rate(port, read, numbers, CLIENTS)
        say(
            f"{read.name:35}p50 {found.median:.1f} ms, p95 {found.p95:.1f} ms; 8 clients {many:.0f}/s"
            + _beside(read.name, many)
        )
        if read.name in LIMITED and found.p95 > MOST_MILLISECONDS:
            failed.append(f"{read.name}: p95 {found.p95:.1f} ms")
