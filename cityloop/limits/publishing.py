"""Who must know when a calendar is published. Whoever keeps deadlines registers here by name, in `AppConfig.ready`.

A listener runs inside the publishing transaction: it recomputes its provisional deadlines, or publishing fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cityloop.limits.clock import Calendar


@dataclass(frozen=True, slots=True)
class Published:
    """A calendar that has just come into force, in place of another or of none."""

    version_id: int
    calendar: Calendar
    replaced_id: int | None
    now: datetime


Listener = Callable[[Published], None]
_listeners: dict[str, Listener] = {}


def register_listener(name: str, function: Listener) -> None:
    """Call `function` whenever a calendar is published, in order of names. `ValueError` if the name is another's."""
    if _listeners.setdefault(name, function) is not function:
        raise ValueError(f"{name} already listens to published calendars")


def unregister_listener(name: str) -> None:
    """Take a listener away again; for tests."""
    _listeners.pop(name, None)


def announce(published: Published) -> None:
    """Tell every listener."""
    for _name, function in sorted(_listeners.items()):
        function(published)
