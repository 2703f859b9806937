"""Whose notices are whose."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from cityloop.notify.models import Notice, Reading
from cityloop.org.actor import Actor


def list_notices(actor: Actor) -> QuerySet[Notice]:
    """Notices to this person and to the posts he holds now, newest first."""
    if actor.person_id is None:
        return Notice.objects.none()
    mine = Q(person_id=actor.person_id)
    for post in actor.posts:
        here = Q(person=None, post_kind=post.kind, area_code__startswith=post.area_code)
        mine |= here & (Q(unit=None) | Q(unit_id=post.unit_id))
    return Notice.objects.filter(mine).order_by("-id")


def list_unread(actor: Actor) -> QuerySet[Notice]:
    """The notices this person has not read."""
    return list_notices(actor).filter(~Exists(_readings(actor)))


def latest(actor: Actor, *, most: int, before: int | None = None) -> list[tuple[Notice, bool]]:
    """The newest notices with whether each is read; `before` is the id at which the last page ended."""
    notices = list_notices(actor).annotate(is_read=Exists(_readings(actor)))
    if before is not None:
        notices = notices.filter(pk__lt=before)
    return [(notice, bool(notice.is_read)) for notice in notices[:most]]


def count_unread(actor: Actor, *, most: int = 99) -> int:
    """How many are unread, counted no further than `most` + 1."""
    return list_unread(actor)[: most + 1].count()


def _readings(actor: Actor) -> QuerySet[Reading]:
    return Reading.objects.filter(notice=OuterRef("pk"), person_id=actor.person_id or 0)
