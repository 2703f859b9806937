"""The stamp by which maps and caches of base data are known to be current."""

import secrets
from datetime import datetime
from typing import Any

from cityloop.grid.models import GridVersion
from cityloop.grid.naming import learn_names
from cityloop.journal.actions import record
from cityloop.org.actor import Actor


def note(what: str, subject: str, *, by: Actor, now: datetime, **data: Any) -> None:
    """Journal one act of this app, change the stamp, learn new names; called inside the act's transaction."""
    learn_names()
    GridVersion.objects.update_or_create(id=1, defaults={"stamp": secrets.token_hex(16)})
    record(f"grid.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=data)


def record_act(what: str, subject: str, *, by: Actor, now: datetime, **data: Any) -> None:
    """Journal one act that leaves base data as they are."""
    record(f"grid.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=data)
