"""Names of tasks, and what happens to troubles and Ctrl-C in all of them."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from deploy import checks, run
from deploy.console import Trouble, complain, say
from deploy.options import Options, read_options

INTERRUPTED = 130

TASKS: dict[str, Callable[[Options, Sequence[str]], int]] = {
    "run": lambda options, _: run.run(options),
    "stop": lambda options, _: run.stop_all(options),
    "prepare": lambda options, _: checks.prepare(options),
    "test": checks.whole_suite,
    "quick": lambda options, _: checks.quick(options),
    "lint": lambda options, _: checks.lint(options),
    "docs": lambda options, _: checks.docs(options),
    "bench": checks.bench,
    "do": checks.do,
}


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(words: Sequence[str]) -> int:
    """Do one task; the result is the exit code."""
    if not words or words[0] not in TASKS:
        print(f"Name one of: {', '.join(TASKS)}", file=sys.stderr)
        return 2
    # Also when we were started in the background, where a shell has Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    os.umask(0o022)
    try:
        return TASKS[words[0]](read_options(), words[1:])
    except Trouble as trouble:
        complain(trouble)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return INTERRUPTED
