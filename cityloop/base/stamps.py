"""The stamp by which what a process keeps of an app's rows is known to be current.

A process remembers the stamp for at most `MEMORY_SECONDS`, so that reading costs no statement in between. The
transaction that wrote keeps its own stamp on its commit hook: it sees what it wrote, nobody else does, and a rollback
takes it away. The stamp is random, not counted: a number that a rolled-back transaction gave out would come again.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

MEMORY_SECONDS: Final = 5.0


class Stamp:
    """The stamp in the one row of `model`, which has the columns `id` and `stamp`."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._remembered: tuple[str, float] | None = None

    def forget(self) -> None:
        """Read the stamp anew at the next use."""
        self._remembered = None

    def current(self) -> str:
        """The stamp in the database, at most `MEMORY_SECONDS` old; "" while there is none."""
        for hook in reversed(connection.run_on_commit):
            written = hook[1]
            if isinstance(written, _Written) and written.of is self:
                return written.stamp
        remembered, clock = self._remembered, time.monotonic()
        if remembered and clock - remembered[1] < MEMORY_SECONDS:
            return remembered[0]
        stamp: str = self.model.objects.values_list("stamp", flat=True).first() or ""
        self._remembered = (stamp, clock)
        return stamp

    def bump(self) -> None:
        """Say that rows have changed. Called by every action of the app, inside its transaction."""
        stamp = secrets.token_hex(16)
        self.model.objects.update_or_create(id=1, defaults={"stamp": stamp})
        transaction.on_commit(_Written(self, stamp))


@dataclass(frozen=True)
class _Written:
    """The commit hook of a transaction that wrote, with the stamp that it gave."""

    of: Stamp
    stamp: str

    def __call__(self) -> None:
        """Let this process see the new rows at once; others see them after `MEMORY_SECONDS` at most."""
        self.of.forget()
