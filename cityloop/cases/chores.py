"""What the worker does beside timers: following the events at every look, and the root of all histories once a day."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cityloop.base.time import city_date, city_midnight
from cityloop.cases.models import Case
from cityloop.cases.steps.history import root
from cityloop.journal.actions import record
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM

# Whoever follows the events registers here by name, in `AppConfig.ready`.
_followers: dict[str, Callable[[], object]] = {}
# A database with this entry in its journal lives on a virtual clock: the real one must not touch it.
VIRTUAL_CLOCK: Final = "evaluation.replay_began"


def register_follower(name: str, follow: Callable[[], object]) -> None:
    """Let the worker call `follow` at every look. `ValueError` if the name is another's."""
    if _followers.setdefault(name, follow) is not follow:
        raise ValueError(f"{name} follows already")


def follow_events() -> None:
    """Call every follower, in order of names."""
    for _name, follow in sorted(_followers.items()):
        follow()


def is_on_virtual_clock() -> bool:
    """Whether this database was made by a replay."""
    return Entry.objects.filter(what=VIRTUAL_CLOCK).exists()


def anchor_histories(now: datetime) -> None:
    """Write the root over all histories into the journal, once a city day."""
    today = city_midnight(city_date(now))
    if Entry.objects.filter(what="cases.root", at__gte=today).exists():
        return
    heads = Case.objects.order_by("pk").values_list("number", "last_seq", "last_hash")
    record(
        "cases.root",
        by_id=None,
        by_name=SYSTEM.name,
        now=now,
        data={"root": root(heads.iterator()), "cases": Case.objects.count()},
    )
