"""What a person reads while the machine works: steps with their time, and one clear message when something is wrong."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Command = Sequence[str | Path]

TICK_SECONDS = 10.0
TAIL_LINES = 25


class Trouble(Exception):
    """A situation that the person at the keyboard has to solve: what is wrong, and what to do next."""

    def __init__(self, message: str, next_step: str = "", *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.detail = detail

    def __str__(self) -> str:
        parts = [f"{line}\n" for line in (self.detail.rstrip(), f"Stopped: {self.message}") if line]
        if self.next_step:
            parts.append("   Next: " + self.next_step.replace("\n", "\n         ") + "\n")
        return "".join(parts)


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


class Ticker:
    """Says every few seconds that a long step is still alive, and what it does."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.last_line = ""
        self._shown = time.monotonic()
        self._done = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.monotonic() - self._began

    def show(self, line: str) -> None:
        """Print a line of the step itself, which is a sign of life too."""
        self._shown = time.monotonic()
        say("     " + line.rstrip())

    def _tick(self) -> None:
        while not self._done.wait(TICK_SECONDS):
            if time.monotonic() - self._shown < TICK_SECONDS:
                continue
            say(f"     … {self.seconds:3.0f} s  {self.last_line[:100]}".rstrip())

    def __enter__(self) -> "Ticker":
        say(f"  ·  {self.title}")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


@contextmanager
def step(title: str) -> Iterator[Ticker]:
    """Show one step: its name, that it goes on, and how long it took."""
    with Ticker(title) as ticker:
        yield ticker
    if ticker.seconds >= 1:
        say(f"     done in {ticker.seconds:.0f} s")


def run_logged(
    ticker: Ticker,
    command: Command,
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    show: bool = False,
) -> None:
    """Run one command to its end with its output in a log.

    Args:
        show: print the output as well, for commands whose lines are meant for a person.

    Raises:
        subprocess.CalledProcessError: it failed; `output` holds the end of what it said.
    """
    words = [str(word) for word in command]
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n$ {' '.join(words)}\n")
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                file.write(line)
                tail.append(line)
                ticker.last_line = line.strip() or ticker.last_line
                if show:
                    ticker.show(line)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.wait() != 0:
        raise subprocess.CalledProcessError(process.returncode, words, output="".join(tail))


def tail_of(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, empty when there is none."""
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=lines))


def complain(trouble: Trouble) -> None:
    """Print a trouble after everything else."""
    sys.stdout.flush()
    print(f"\n{trouble}", file=sys.stderr, end="", flush=True)
