"""What every write to codes ends with, and who writes."""

from datetime import datetime
from typing import Any, Protocol

from cityloop.codes import version
from cityloop.journal.actions import record


class Author(Protocol):
    """Who writes: an actor of `org`, of which this app knows only id and name."""

    @property
    def person_id(self) -> int | None:
        """Id of the person; None for the system."""

    @property
    def name(self) -> str:
        """The name as it is kept in the journal."""


def changed(what: str, subject: str, *, by: Author, now: datetime, **details: Any) -> None:
    """Bump the version and write the journal, as every action here does last."""
    version.bump()
    record(f"codes.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=details)
