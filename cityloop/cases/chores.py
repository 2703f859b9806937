"""What the worker does once a day."""

from datetime import datetime

from cityloop.base.time import city_date, city_midnight
from cityloop.cases.history import root
from cityloop.cases.models import Case
from cityloop.evidence.actions import expire
from cityloop.journal.actions import record
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM


def daily(now: datetime) -> None:
    """Anchor all histories in the journal, once a city day, and let unlinked uploads expire."""
    expire(now)
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
