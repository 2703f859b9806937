"""The stamp by which cached calendars and limits are known to be current.

A process remembers the stamp for at most `MEMORY_SECONDS`, so that reading costs no statement in between. The
transaction that wrote keeps its own stamp on its commit hook: it sees what it wrote, nobody else does, and a rollback
takes it away.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from cityloop.limits.models import LimitsVersion

MEMORY_SECONDS: Final = 5.0
_memory: dict[str, tuple[str, float]] = {}


@dataclass(frozen=True)
class Written:
    """The commit hook of a transaction that wrote limits, with the stamp that it gave them."""

    stamp: str

    def __call__(self) -> None:
        """Let this process see the new rows at once; others see them after `MEMORY_SECONDS` at most."""
        forget()


def forget() -> None:
    """Read the stamp anew at the next use."""
    _memory.clear()


def current() -> str:
    """The stamp of the limits in the database, at most `MEMORY_SECONDS` old; "" while there are none."""
    for hook in reversed(connection.run_on_commit):
        if isinstance(hook[1], Written):
            return hook[1].stamp
    remembered, clock = _memory.get("stamp"), time.monotonic()
    if remembered and clock - remembered[1] < MEMORY_SECONDS:
        return remembered[0]
    stamp = LimitsVersion.objects.values_list("stamp", flat=True).first() or ""
    _memory["stamp"] = (stamp, clock)
    return stamp


def bump() -> None:
    """Say that limits have changed. Called by every action of this app, inside its transaction."""
    stamp = secrets.token_hex(16)
    LimitsVersion.objects.update_or_create(id=1, defaults={"stamp": stamp})
    transaction.on_commit(Written(stamp))
