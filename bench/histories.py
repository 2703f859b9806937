"""A hundred thousand case files over the last half year, made with a fixed seed and copied in by two processes."""

import multiprocessing
import os
import time
from collections.abc import Callable
from random import Random
from typing import Any

import django
from django.utils import timezone

PROCESSES = 2
BATCH = 500
SEED = 20261120
SPOTS = 1000  # of a wide city's side at which histories begin


def load(count: int, tell: Callable[[str], None], *, wide: bool = False) -> float:
    """Make and copy in that many cases, at places of the wide city if there is one; returns the seconds it took."""
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    done = context.Value("q", 0)
    parts = [context.Process(target=_load_part, args=(part, count, done, wide)) for part in range(PROCESSES)]
    for part in parts:
        part.start()
    told = 0
    while any(part.is_alive() for part in parts):
        time.sleep(1)
        if done.value - told >= count // 10:
            told = done.value
            tell(f"  ·  {told:,} of {count:,} cases, {told / (time.monotonic() - began):.0f} a second")
    if any(part.exitcode for part in parts):
        raise SystemExit("Loading failed; the lines above say why.")
    return time.monotonic() - began


def _load_part(part: int, count: int, done: Any, wide: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    django.setup()
    load_some(range(part, count, PROCESSES), count, lambda more: _add(done, more), wide=wide)


def _add(done: Any, more: int) -> None:
    with done.get_lock():
        done.value += more


def load_some(numbers: range, count: int, tell: Callable[[int], None], *, wide: bool = False) -> None:
    """Make these of `count` cases and copy them in, some hundred at a time."""
    # The models can only be imported once Django is set up, which a spawned process does above.
    from bench.city import DISTRICTS, places  # noqa: PLC0415
    from bench.making import Maker  # noqa: PLC0415
    from bench.wide.ground import SIDES, spots  # noqa: PLC0415

    if wide:
        where = {one.operator: spots(side, SPOTS) for one, side in zip(DISTRICTS, SIDES, strict=True)}
    else:
        where = {one.operator: places(one) for one in DISTRICTS}
    maker = Maker(timezone.now(), where)
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        for number in batch:
            maker.make(Random(SEED + number), 1 - number / count)
        maker.flush()
        tell(len(batch))
