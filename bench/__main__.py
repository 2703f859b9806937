"""`python -m bench`: load, measure, and print one figure a line."""

import argparse
import os
import platform
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import django

from bench import database

CLIENTS = 8


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def read_words() -> argparse.Namespace:
    """What the person wants."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases to load (100000)")
    parser.add_argument("--anew", action="store_true", help="load again, whatever the bench's database holds")
    parser.add_argument("--rounds", type=int, default=3, help="how often each rate is measured (3)")
    parser.add_argument("--each", type=int, default=25, help="cases of each client in a round (25)")
    parser.add_argument("--asks", type=int, default=300, help="how often each read is asked (300)")
    wide = parser.add_argument_group("the map at a million", "a city of its own (some twenty minutes; loaded once)")
    wide.add_argument("--map", action="store_true", help="a million components and cases: import, tiles, places, boxes")
    wide.add_argument("--scale", type=float, default=1.0, help="that share of the million (1)")
    wide.add_argument("--cambridge", type=Path, help="cambridge_geojson.zip: import its real components too")
    return parser.parse_args()


def machine() -> list[str]:
    """Where the figures come from."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=database.ROOT
    )
    return [
        f"machine              {os.cpu_count()} × {cpu}, {memory:.0f} GB",
        f"load before          {os.getloadavg()[0]:.2f}",
        f"versions             Python {platform.python_version()}, Django {django.__version__}, "
        f"revision {revision.stdout.strip() or 'unknown'}",
        f"date                 {datetime.now().astimezone():%Y-%m-%d %H:%M}",
    ]


def main() -> int:
    """Do it."""
    words = read_words()
    os.environ["DATABASE_URL"] = database.make(database.WIDE if words.map else database.NAME, anew=words.anew)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    django.setup()
    # Models can only be imported now.
    from bench import measure  # noqa: PLC0415
    from bench.wide import run as wide  # noqa: PLC0415

    for line in machine():
        say(line)
    return wide.run(words, say) if words.map else measure.run(words, say)


if __name__ == "__main__":
    sys.exit(main())
