"""Conducts a replay: a database of its own, one process a share of the cases, progress, and the check at the end."""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from django.core.management import call_command
from django.db import connection

from cityloop.evaluation.replay import city, database
from cityloop.evaluation.replay.month import Month, read_month, specs_of
from cityloop.evaluation.replay.plan import Frame, Planned, plan, plan_older
from cityloop.evaluation.replay.run import Run
from cityloop.journal.actions import record
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM

MANAGE: Final = "from cityloop.config.manage import main; main()"
PAUSE: Final = 2.0  # seconds between two lines of progress
LOCK: Final = 20_0811  # advisory locks: one holder a share of the cases
Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What is to be replayed."""

    name: str
    share: float
    seed: int
    processes: int = 1

    @property
    def mark(self) -> dict[str, object]:
        """What the database's journal says of it."""
        return city.mark_of(self.name, share=self.share, seed=self.seed)


def planned_cases(month: Month, frame: Frame, *, share: float) -> list[Planned]:
    """Every case with its steps: those that the text names first, then the month."""
    older = [plan_older(frame, number, fate) for fate, numbers in month.older.items() for number in numbers]
    return older + [plan(frame, spec) for spec in specs_of(month, share=share, seed=frame.seed)]


def steps_of(cases: Sequence[Planned]) -> int:
    """How many actions the plans hold, timers not counted."""
    return sum(len(case.steps) for case in cases)


# --- inside the replay's own database ---


def prepare(order: Order, *, password: str | None = None) -> None:
    """Migrate the database and make the city, once. Raises `database.Occupied`."""
    begun = database.demand_own(order.mark)
    call_command("migrate", verbosity=0)
    if not begun:
        city.build(read_month(order.name), order.mark, password=password)


def run_share(order: Order, part: int, say: Say) -> int:
    """Take all steps of one process's cases; says `{"done": n}` now and then. Returns how many actions it took."""
    with connection.cursor() as cursor:
        # A run cut off may still hold its lock for a moment.
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, part])
        # What a crash of the server would take is taken again by the next run.
        cursor.execute("SET synchronous_commit TO off")
    month = read_month(order.name)
    cast = city.find_cast(month, order.seed)
    cases = planned_cases(month, cast.frame, share=order.share)
    own = [case for case in cases if case.spec.index % order.processes == part]
    run, last = Run(cast, own), time.monotonic()
    gc.freeze()  # hundreds of thousands of plans, that no collection needs to visit again
    say(json.dumps({"all": steps_of(own)}))

    def progress(actions: int) -> None:
        nonlocal last
        if time.monotonic() - last > PAUSE / 2:
            last = time.monotonic()
            say(json.dumps({"done": actions, "left": run.left}))

    actions = run.go(city.END, progress)
    say(json.dumps({"done": actions, "left": 0, "cpu": round(time.process_time())}))
    return actions


def demand_begun(order: Order) -> None:
    """Refuse (`database.Occupied`) a database without this replay."""
    if not database.demand_own(order.mark):
        raise database.Occupied("nothing has been replayed here yet")


def finish(order: Order, seconds: float, actions: int) -> None:
    """Note in the journal that every share is through."""
    if not Entry.objects.filter(what=city.FINISHED).exists():
        data = {**order.mark, "seconds": round(seconds), "actions": actions}
        record(city.FINISHED, by_id=None, by_name=SYSTEM.name, now=city.END, data=data)


# --- from outside ---


class Failed(Exception):
    """A process of the replay ended badly; what it said has been passed on."""


def child(url: str, order: Order, *words: str) -> "subprocess.Popen[str]":
    """A process of this program that works in the replay's database."""
    command = [sys.executable, "-c", MANAGE, "replay", order.name, "--share", repr(order.share)]
    command += ["--seed", str(order.seed), "--processes", str(order.processes), *words]
    settings = {**os.environ, "DATABASE_URL": url}
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True)


def call(url: str, order: Order, *words: str) -> str:
    """Run a child to its end; what it said. Raises `Failed`."""
    process = child(url, order, *words)
    said, _nothing = process.communicate()
    if process.returncode:
        raise Failed(said.strip())
    return said


@dataclass(frozen=True, slots=True)
class Done:
    """What a replay took: seconds by the clock, actions, and seconds of computing in its own processes."""

    seconds: float
    actions: int
    cpu: int

    @property
    def words(self) -> str:
        """One line for people."""
        speed = self.actions / self.seconds if self.seconds else 0
        return f"{self.actions} actions in {self.seconds:.0f} s, {speed:.0f} actions/s, {self.cpu} s of computing"


def run_all(url: str, order: Order, say: Say) -> Done:
    """Run all shares side by side and say how far they are. Raises `Failed`."""
    began = time.monotonic()
    workers = [child(url, order, "--here", f"run:{part}") for part in range(order.processes)]
    try:
        actions, cpu = _watch(workers, began, say)
    except BaseException:
        for worker in workers:
            worker.terminate()
        raise
    if any(worker.wait() for worker in workers):
        raise Failed("a process of the replay failed")
    return Done(time.monotonic() - began, actions, cpu)


def _watch(workers: Sequence["subprocess.Popen[str]"], began: float, say: Say) -> tuple[int, int]:
    """Read what the processes say until all have ended; how many actions they took, and seconds of computing."""
    known: list[dict[str, int]] = [{} for _ in workers]
    said = began
    for number, line in _lines([worker.stdout for worker in workers if worker.stdout]):
        known[number].update(json.loads(line))
        if time.monotonic() - said > PAUSE:
            said = time.monotonic()
            say(_progress(known, said - began))
    return sum(row.get("done", 0) for row in known), sum(row.get("cpu", 0) for row in known)


def _lines(pipes: Sequence[IO[str]]) -> Iterator[tuple[int, str]]:
    """Lines of several pipes, in turns: each says something every second."""
    open_ones = dict(enumerate(pipes))
    while open_ones:
        for number, pipe in list(open_ones.items()):
            line = pipe.readline()
            if line:
                yield number, line
            else:
                del open_ones[number]


def _progress(known: Sequence[dict[str, int]], seconds: float) -> str:
    done = sum(row.get("done", 0) for row in known)
    left = sum(row.get("left", row.get("all", 0)) for row in known)
    speed = done / seconds if seconds else 0
    rest = f"{left / speed / 60:.1f} min left" if speed else "…"
    return f"{done} actions, {left} to go, {speed:.0f} actions/s, {rest}"
