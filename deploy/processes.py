"""Processes that we started, known by pid and start time, so that a pid used again by a stranger is never ended."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Record:
    """One process: its pid, its start in clock ticks after boot, and which boot that was."""

    name: str
    pid: int
    started: int
    boot: str


def boot_id() -> str:
    """The name of this boot of the machine."""
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def parse_started(stat: str) -> int:
    """The start time in a line of /proc/<pid>/stat: field 22; the name in field 2 may hold blanks and brackets."""
    return int(stat.rpartition(")")[2].split()[19])


def find_started(pid: int) -> int | None:
    """When the process with this pid started, None when there is none or it has ended."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state = stat.rpartition(")")[2].split()[0]
    return None if state in {"Z", "X"} else parse_started(stat)


def record(name: str, pid: int) -> Record:
    """What to note of a process that we have just started.

    Raises:
        ProcessLookupError: it has ended already.
    """
    started = find_started(pid)
    if started is None:
        raise ProcessLookupError(pid)
    return Record(name, pid, started, boot_id())


def is_alive(known: Record) -> bool:
    """The very process of the record is still running, not another one under its pid."""
    return known.boot == boot_id() and find_started(known.pid) == known.started


class Ledger:
    """The file that names our processes, so that the next start finds those that were left over."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Record]:
        """What was noted; a damaged file counts as empty."""
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return [Record(**row) for row in rows]
        except (OSError, ValueError, TypeError):
            return []

    def write(self, records: list[Record]) -> None:
        """Replace the file in one go."""
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(json.dumps([asdict(one) for one in records], indent=1), encoding="utf-8")
        draft.replace(self.path)

    def add(self, one: Record) -> None:
        """Note one more process."""
        self.write([*self.read(), one])

    def stop_left_over(self, *, grace_seconds: float = 10.0) -> list[Record]:
        """End what an earlier run left behind, latest first, and forget the rest."""
        alive = [one for one in self.read() if one.pid != os.getpid() and is_alive(one)]
        for one in reversed(alive):
            stop(one, grace_seconds=grace_seconds)
        self.write([])
        return alive


def wait_until(done: Callable[[], bool], seconds: float, *, pause: float = 0.1) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def send(known: Record, number: signal.Signals) -> None:
    """Signal a process of ours and, where it leads one, its group; the record is checked right before."""
    if not is_alive(known):
        return
    try:
        if os.getpgid(known.pid) == known.pid:
            os.killpg(known.pid, number)
        else:
            os.kill(known.pid, number)
    except ProcessLookupError:
        return


def wait_for_end(known: Record, seconds: float) -> bool:
    """Whether a process of ours ended in time."""
    return wait_until(lambda: not is_alive(known), seconds)


def stop(known: Record, *, grace_seconds: float) -> None:
    """Ask a process of ours to end, and end it when it does not."""
    send(known, signal.SIGTERM)
    if not wait_for_end(known, grace_seconds):
        send(known, signal.SIGKILL)
        wait_for_end(known, 5.0)
