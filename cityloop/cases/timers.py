"""The loop that wakes timers. Due ids are read unlocked; `perform` locks the case and rechecks."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from cityloop.base.errors import Refused
from cityloop.cases.actions import perform
from cityloop.cases.models import Case, Timer
from cityloop.org.actor import SYSTEM

BATCH: Final = 100
RETRY: Final = timedelta(minutes=5)
log = logging.getLogger(__name__)


def due(until: datetime) -> list[Timer]:
    """The next timers that fire at or before `until`, in their order."""
    return list(Timer.objects.filter(fires_at__lte=until).order_by("fires_at", "id").select_related("case")[:BATCH])


def fire(timer: Timer, now: datetime) -> bool:
    """Perform a timer's transition at `now`, and forget the timer; whether it did something.

    A transition that the flow no longer offers means that the moment has passed. Any other failure pushes the timer
    forward, so that one bad row never stops the rest.
    """
    try:
        # One transaction: a worker killed in between must not remind twice.
        with transaction.atomic():
            done = _perform(timer, now)
            # Only the row that fired: an action may have set the clock's next moment meanwhile.
            Timer.objects.filter(pk=timer.pk, fires_at=timer.fires_at).delete()
    except Exception:
        log.exception("timer %s of case %s failed", timer.do, timer.case_id)
        Timer.objects.filter(pk=timer.pk, fires_at=timer.fires_at).update(
            fires_at=now + RETRY, failures=timer.failures + 1
        )
        return False
    return done


def _perform(timer: Timer, now: datetime) -> bool:
    try:
        perform(timer.case, timer.do, by=SYSTEM, now=now)
    except Refused as refusal:
        log.info("timer %s of case %s: %s", timer.do, timer.case_id, refusal.code)
        return False
    return True


def fire_due_of(case: Case, until: datetime) -> int:
    """Fire one case's timers due at or before `until`, each at its own moment, for histories told afterwards."""
    timers = Timer.objects.filter(case=case, fires_at__lte=until).order_by("fires_at", "id").select_related("case")
    return sum(fire(timer, timer.fires_at) for timer in timers)


def fire_due(until: datetime, *, virtual: bool = False) -> int:
    """Fire everything due; how many did something. On a virtual clock each fires at its own moment."""
    count = 0
    while batch := due(until):
        for timer in batch:
            count += fire(timer, timer.fires_at if virtual else until)
        if len(batch) < BATCH:
            break
    return count
