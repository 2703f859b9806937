"""Pages by key: the next page begins after the last row of this one, however much was added meanwhile."""

import base64
import json
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases import boxes
from cityloop.cases.boxes import Box
from cityloop.cases.models import Case
from cityloop.org.actor import Actor


def encode(moment: datetime | None, pk: int) -> str:
    """The key of a row as one word for an address."""
    text = json.dumps([moment.isoformat() if moment else None, pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(word: str) -> tuple[datetime | None, int] | None:
    """The key in a word, None for the first page; refused as `invalid` when it is no key."""
    if not word:
        return None
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        return (datetime.fromisoformat(moment) if moment else None), int(pk)
    except (ValueError, TypeError):
        raise Refused("invalid", _("翻页参数有误"), {"fields": {"after": word}}) from None


def box_page(box: Box, actor: Actor, *, now: datetime, after: str = "", size: int) -> tuple[list[Any], str | None]:
    """A page of a box with what its rows show, and the key of the next one."""
    rows = boxes.rows(box, actor, now)
    key = decode(after)
    if key is not None:
        rows = rows.filter(_later(box.due, *key))
    found = list(_with_case(box, rows)[: size + 1])
    return _cut(found, size, box.due)


def newest_page(rows: QuerySet[Case], *, after: str = "", size: int) -> tuple[list[Case], str | None]:
    """A page of the newest cases, and the key of the next one."""
    key = decode(after)
    if key is not None:
        moment, pk = key
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk))
    return _cut(list(rows.order_by("-created_at", "-pk")[: size + 1]), size, "created_at")


def _later(column: str, moment: datetime | None, pk: int) -> Q:
    """What stands after this key where rows without a deadline come last."""
    if moment is None:
        return Q(**{f"{column}__isnull": True, "pk__gt": pk})
    return Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "pk__gt": pk}) | Q(**{f"{column}__isnull": True})


def _with_case(box: Box, rows: QuerySet[Any]) -> QuerySet[Any]:
    if box.subject == "case":
        return rows.select_related("source", "minor", "claim")
    return rows.select_related("case__source", "case__minor", "case__claim")


def _cut(found: list[Any], size: int, column: str) -> tuple[list[Any], str | None]:
    if len(found) <= size:
        return found, None
    last = value = found[size - 1]
    for name in column.split("__"):
        value = getattr(value, name)
    return found[:size], encode(value, last.pk)
