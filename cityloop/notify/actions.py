"""Telling, reading, forgetting."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from cityloop.notify.models import Notice, Reading
from cityloop.notify.selectors import list_unread
from cityloop.notify.texts import TEXTS
from cityloop.org.actor import Actor

KEPT = timedelta(days=90)


class PostRecipient(NamedTuple):
    """Whoever holds a post of that kind, in the unit if one is named, with a scope that covers the area."""

    unit_id: int | None
    kind: str
    area_code: str = ""


Recipient = int | PostRecipient


def tell(recipients: Iterable[Recipient], key: str, params: Mapping[str, str], url: str = "", *, now: datetime) -> None:
    """Leave a notice for each recipient (a person's id, or a post); one INSERT, in the caller's transaction.

    `key` is registered in `notify.texts`; `params` hold no citizen's contact.
    """
    Notice.objects.bulk_create(notices(recipients, key, params, url, now=now))


def deliver(
    key: str, params: Mapping[str, str], *, people: Iterable[int], units: Iterable[int], url: str, now: datetime
) -> None:
    """What apps below this one tell through `base.telling`."""
    tell([*people, *(PostRecipient(unit, "unit") for unit in units)], key, params, url, now=now)


def notices(
    recipients: Iterable[Recipient], key: str, params: Mapping[str, str], url: str = "", *, now: datetime
) -> list[Notice]:
    """The rows that `tell` stores, for whoever stores them together with others."""
    assert key in TEXTS, key
    words = dict(params)
    return [_notice(recipient, at=now, text_key=key, params=words, url=url) for recipient in dict.fromkeys(recipients)]


def _notice(recipient: Recipient, *, at: datetime, text_key: str, params: dict[str, str], url: str) -> Notice:
    notice = Notice(at=at, text_key=text_key, params=params, url=url)
    if isinstance(recipient, int):
        notice.person_id = recipient
    else:
        notice.unit_id, notice.post_kind, notice.area_code = recipient
    return notice


def mark_read(ids: Iterable[int] | None, *, by: Actor, now: datetime) -> int:
    """Mark these notices read, or all open ones with None; ids of other people's notices are passed over.

    Returns how many were marked.
    """
    if by.person_id is None:
        return 0
    unread = list_unread(by)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    person_id = by.person_id
    found = [Reading(notice_id=pk, person_id=person_id, at=now) for pk in unread.values_list("pk", flat=True)]
    Reading.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def expire(now: datetime) -> int:
    """Delete notices older than 90 days; returns how many. The case's history keeps what happened."""
    return Notice.objects.filter(at__lt=now - KEPT).delete()[0]
