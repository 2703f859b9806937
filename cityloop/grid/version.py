"""The stamp by which maps and caches of base data are known to be current."""

import secrets
from datetime import datetime
from typing import Any

from cityloop.grid.models import GridVersion
from cityloop.journal.actions import record
from cityloop.org.actor import Actor


def note(what: str, subject: str, *, by: Actor, now: datetime, **data: Any) -> None:
    """Journal one act of this app and change the stamp; called inside the act's transaction."""
    GridVersion.objects.update_or_create(id=1, defaults={"stamp": secrets.token_hex(16)})
    record(f"grid.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=data)
