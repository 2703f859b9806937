"""The feed of events: in the order of (xid, id), and only below what is still being written. Nothing is skipped.

A follower is handed the ids of cases in which something happened, and looks at them as they are then: as often as it
likes. Each keeps its own position; two that follow under one name at once wait for each other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Q

from cityloop.cases.models import CaseEvent, FeedPosition

BATCH: Final = 2000  # events at once


def horizon() -> int:
    """No transaction below this id is still running: the feed below it is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def has_begun(name: str) -> bool:
    """Whether this follower has followed anything yet."""
    return FeedPosition.objects.filter(name=name, xid__gt=0).exists()


def follow(name: str, take: Callable[[set[int]], object], *, below: int | None = None) -> int:
    """Hand all new events' cases to `take`, a batch in a transaction; how many events. `below`: else the `horizon`."""
    count = 0
    while new := _follow_batch(name, take, below):
        count += new
        if new < BATCH:
            break
    return count


@transaction.atomic
def _follow_batch(name: str, take: Callable[[set[int]], object], below: int | None) -> int:
    position = _lock(name)
    limit = horizon() if below is None else below
    after = Q(xid__gt=position.xid) | Q(xid=position.xid, id__gt=position.event_id)
    feed = CaseEvent.objects.filter(after, xid__gte=position.xid, xid__lt=limit).order_by("xid", "id")
    rows = list(feed.values_list("xid", "id", "case_id")[:BATCH])
    if not rows:
        return 0
    take({case_id for _xid, _pk, case_id in rows})
    position.xid, position.event_id = rows[-1][:2]
    position.save()
    return len(rows)


@contextmanager
def beginning_anew(name: str) -> Iterator[None]:
    """Look at every case inside, in one transaction; afterwards the feed is followed from where it is complete now.

    What lies above the horizon will be followed again: looking at a case twice changes nothing.
    """
    with transaction.atomic():
        position = _lock(name)
        limit = horizon()
        yield
        last = CaseEvent.objects.filter(xid__lt=limit).aggregate(xid=Max("xid"))["xid"] or 0
        position.xid = last
        position.event_id = CaseEvent.objects.filter(xid=last).aggregate(pk=Max("id"))["pk"] or 0
        position.save()


def _lock(name: str) -> FeedPosition:
    """One follower of that name at a time: the second waits here and then finds nothing to do."""
    FeedPosition.objects.get_or_create(name=name)
    return FeedPosition.objects.select_for_update().get(name=name)
