"""Lists by key: a page begins after the last row of the one before, so page 5,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 50
Key = int | str | None


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list. `first_key` and `last_key` go into the addresses `?before=` and `?after=`."""

    rows: list[Row]
    first_key: str
    last_key: str
    has_previous: bool
    has_next: bool

    @property
    def following(self) -> str | None:
        """The key of the next page, None at the end."""
        return self.last_key if self.has_next else None


def get_page(
    rows: "QuerySet[Row]", *, order: Sequence[str], after: str = "", before: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """The page after the row of key `after`, or the one before the row of key `before`.

    `order` names columns, a leading `-` turns one round; rows without a value stand last, turned round first; the
    last column must be unique. A key that is not ours is refused as `invalid`.
    """
    key, backwards = (before, True) if before else (after, False)
    taken = list(cut(rows, order=order, after=after, before=before, size=size))
    more = len(taken) > size
    taken = taken[:size]
    if backwards:
        taken.reverse()
    return Page(
        rows=taken,
        first_key=write_key(taken[0], order) if taken else "",
        last_key=write_key(taken[-1], order) if taken else "",
        has_previous=more if backwards else bool(key),
        has_next=bool(key) if backwards else more,
    )


def cut(rows: "QuerySet[Row]", *, order: Sequence[str], after: str, before: str, size: int) -> "QuerySet[Row]":
    """The rows of such a page and the one that follows, not yet read, from the key on: backwards for `before`."""
    key, towards = (before, [_turned(name) for name in order]) if before else (after, list(order))
    found = rows.order_by(*towards)
    if key:
        found = _from(found, towards, _read_key(key, len(order)))
    return found[: size + 1]


def matching(rows: "QuerySet[Row]", words: str, fields: Sequence[str]) -> "QuerySet[Row]":
    """The rows in which every word of a search is contained in one of the fields."""
    for word in words.split():
        rows = rows.filter(Q(*((f"{name}__icontains", word) for name in fields), _connector=Q.OR))
    return rows


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """Go on to another page after an accepted form: for htmx and the phone's own sender in a header."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _from(rows: "QuerySet[Row]", order: Sequence[str], values: Sequence[Any]) -> "QuerySet[Row]":
    try:
        return rows.filter(_beyond(order, values))
    except (ValidationError, ValueError, TypeError):  # a key of another list
        raise _no_key() from None


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """`(a, b) > (x, y)` for columns of mixed directions: a beyond x, or a = x and b beyond y."""
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        found |= equal & _after(name.lstrip("-"), value, is_turned=name.startswith("-"))
        equal &= Q((name.lstrip("-"), value)) if value is not None else Q((f"{name.lstrip('-')}__isnull", True))
    return found


def _after(column: str, value: Any, *, is_turned: bool) -> Q:
    """What stands after this value in one column, as the database orders it: nothing is more than any value."""
    if is_turned:
        return Q((f"{column}__isnull", False)) if value is None else Q((f"{column}__lt", value))
    return Q(pk__in=()) if value is None else Q((f"{column}__gt", value)) | Q((f"{column}__isnull", True))


def write_key(row: Model, order: Sequence[str]) -> str:
    """The key of a row in this order, as one word for an address."""
    values = []
    for name in order:
        value: Any = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value if isinstance(value, int | None) else str(value))
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_key(key: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != length or not all(isinstance(one, Key) for one in values):
        raise _no_key()
    return values


def _no_key() -> Refused:
    return Refused("invalid", _("翻页的位置无效，请从第一页开始"), {"rule": "page_key"})
