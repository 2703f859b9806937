"""What the worker does once a day. Apps register their chores by name in `AppConfig.ready`."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import OperationalError

Chore = Callable[[datetime], object]
_daily: Final[dict[str, Chore]] = {}
log = logging.getLogger(__name__)


def register_daily(name: str, chore: Chore) -> None:
    """Let the worker call `chore(now)` once a day; it may be called again. `ValueError` if the name is another's."""
    if _daily.setdefault(name, chore) is not chore:
        raise ValueError(f"{name} is a daily chore already")


def daily_names() -> tuple[str, ...]:
    """The names of all daily chores, sorted."""
    return tuple(sorted(_daily))


def do_daily(now: datetime) -> None:
    """Do every chore, in order of names. One that fails is logged and waits for the next day; the others are done.

    A database that is away ends the round: the worker begins it again.
    """
    for name in daily_names():
        try:
            _daily[name](now)
        except OperationalError:
            raise
        except Exception:
            log.exception("daily chore %s failed", name)
