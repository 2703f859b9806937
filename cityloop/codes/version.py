"""The stamp by which cached codes are known to be current.

A process remembers the stamp for at most `MEMORY_SECONDS`, so that reading codes costs no statement in between. A
transaction that wrote codes reads the stamp from the database until it ends: what it wrote may yet be rolled back, and
must not be remembered by others.
"""

import secrets
import time
from typing import Final

from django.db import connection, transaction

from cityloop.codes.models import CodesVersion

MEMORY_SECONDS: Final = 5.0
_memory: dict[str, tuple[str, float]] = {}


def forget() -> None:
    """Read the stamp anew at the next use."""
    _memory.clear()


def is_writing() -> bool:
    """Whether the running transaction has written codes."""
    return any(hook[1] is forget for hook in connection.run_on_commit)


def current() -> str:
    """The stamp of the codes in the database, at most `MEMORY_SECONDS` old; "" while there are none."""
    remembered = _memory.get("stamp")
    clock = time.monotonic()
    if remembered and clock - remembered[1] < MEMORY_SECONDS and not is_writing():
        return remembered[0]
    stamp = CodesVersion.objects.values_list("stamp", flat=True).first() or ""
    if not is_writing():
        _memory["stamp"] = (stamp, clock)
    return stamp


def bump() -> None:
    """Say that codes have changed. Called by every action of this app, inside its transaction."""
    CodesVersion.objects.update_or_create(id=1, defaults={"stamp": secrets.token_hex(16)})
    transaction.on_commit(forget)
