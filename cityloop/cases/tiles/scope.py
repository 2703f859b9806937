"""Whose cases a tile shows: what an actor watches over, as counts know it, and the short name of all he may see."""

from functools import reduce
from operator import or_
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet

from cityloop.base.tiles import digest
from cityloop.cases.models import Case, CellCount
from cityloop.cases.visibility import watches
from cityloop.org.actor import Actor

_FILED: Final = Q(filed=True)


def scope_of(actor: Actor) -> str:
    """A name for everything that `visible_to` asks of the actor: two with the same name see the same cases.

    It holds the person, since everybody sees what he has had a part in; it changes with every post, area and unit.
    """
    if actor.is_system:
        return "system"
    watched = sorted((watch.column, watch.centres, watch.area_code) for watch in watches(actor))
    units = sorted((post.below, post.area_code) for post in actor.posts if post.kind == "unit")
    return digest(actor.person_id, watched, units)


def watched_counts(actor: Actor) -> QuerySet[CellCount]:
    """The counts of cases over which one of the actor's posts watches."""
    rows = CellCount.objects.filter(count__gt=0)
    return rows if actor.is_system else rows.filter(_any(actor, filed=_FILED))


def unwatched_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that the actor sees only because he or his unit has had a part in them: in no count of his."""
    if actor.is_system:
        return Case.objects.none()
    rows: QuerySet[Case] = Case.objects.visible_to(actor)
    return rows.exclude(_any(actor)) if watches(actor) else rows


def _any(actor: Actor, **how: Any) -> Q:
    return reduce(or_, (watch.as_q(**how) for watch in watches(actor)), Q(pk__in=()))


# Up to where the feed is complete, whether something above it is still being written, and how far counts followed it.
_POSITION: Final = """
SELECT last.xid, last.id, EXISTS (SELECT 1 FROM cases_caseevent WHERE xid >= feed.horizon),
    counted.xid, counted.event_id
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon) feed
LEFT JOIN LATERAL (
    SELECT xid, id FROM cases_caseevent WHERE xid < feed.horizon ORDER BY xid DESC, id DESC LIMIT 1) last ON true
LEFT JOIN cases_feedposition counted ON counted.name = 'map'"""


def feed_position() -> tuple[Any, ...]:
    """What changes whenever a case has: a tile drawn afterwards holds at least the events that it tells of."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITION)
        return tuple(cursor.fetchone())
