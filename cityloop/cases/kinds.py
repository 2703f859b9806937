"""Field kinds that look something up: units, standards, inspectors, dictionary entries, cases."""

import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cityloop.base.time import city_date
from cityloop.base.words import mark
from cityloop.codes.models import Minor, Standard
from cityloop.codes.selectors import find_entry
from cityloop.formdefs.schema import Kind, register
from cityloop.org.models import Person, Unit

Params = Mapping[str, Any]
MEMORY_SECONDS = 5.0
MOST_UNITS = 20


def _id(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(_("应为编号")) from None


@lru_cache(maxsize=2)
def _units(tick: int) -> dict[int | str, tuple[int, date | None]]:
    """Every unit by id and by code, with its last day; `tick` is the key that lets the memory fade."""
    rows = Unit.objects.values_list("pk", "code", "active_to")
    return {key: (pk, last) for pk, code, last in rows for key in (pk, code)}


def read_unit(value: Any, params: Params) -> int:
    """A unit by id, or by its code."""
    key = value if isinstance(value, str) and not value.isdigit() else _id(value)
    # A new unit is found at once; that one was retired is noticed within seconds.
    row = _units(int(time.monotonic() / MEMORY_SECONDS)).get(key)
    if row is None:
        name = "code" if isinstance(key, str) else "pk"
        row = Unit.objects.filter(**{name: key}).values_list("pk", "active_to").first()
    if row is None or (row[1] is not None and row[1] < city_date(timezone.now())):
        raise ValueError(_("没有这个单位, 或者已经停用"))
    return row[0]


def read_units(value: Any, params: Params) -> list[int]:
    """Several units."""
    rows = value if isinstance(value, list) else str(value).split(",")
    if len(rows) > MOST_UNITS:
        raise ValueError(_("超出范围"))
    return list(dict.fromkeys(read_unit(row, params) for row in rows if str(row).strip()))


def read_standard(value: Any, params: Params) -> int:
    """A filing standard that may be chosen."""
    row = Standard.objects.filter(pk=_id(value), is_offered=True).first()
    if row is None:
        raise ValueError(_("没有这条立案条件, 或者已经停用"))
    return int(row.pk)


def read_minor(value: Any, params: Params) -> int:
    """A minor category that may be chosen."""
    row = Minor.objects.filter(pk=_id(value), is_offered=True).first()
    if row is None:
        raise ValueError(_("没有这个小类, 或者已经停用"))
    return int(row.pk)


def read_inspector(value: Any, params: Params) -> int:
    """A person who holds a post of inspector, and has not lost it."""
    pk = _id(value)
    if pk not in _inspectors(int(time.monotonic() / MEMORY_SECONDS)) and not _list_inspectors().filter(pk=pk).exists():
        raise ValueError(_("不是监督员"))
    return pk


def _list_inspectors() -> QuerySet[Person]:
    lasting = Q(posts__valid_to=None) | Q(posts__valid_to__gte=city_date(timezone.now()))
    return Person.objects.filter(lasting, is_active=True, posts__kind="inspector")


@lru_cache(maxsize=2)
def _inspectors(tick: int) -> frozenset[int]:
    """Every inspector's id, remembered as units are."""
    return frozenset(_list_inspectors().values_list("pk", flat=True))


def read_entry(value: Any, params: Params) -> str:
    """An entry of the dictionary that the field names."""
    entry = find_entry(params["dictionary"], value)
    if entry is None or not entry.is_in_force(city_date(timezone.now())):
        raise ValueError(_("不在可选范围内"))
    return str(value)


def read_case(value: Any, params: Params) -> str:
    """A case number; whether it may be seen is asked when it is locked."""
    text = str(value).strip()
    if not text or len(text) > 24:
        raise ValueError(_("案件编号有误"))
    return text


def _integer(params: Params) -> dict[str, Any]:
    return {"type": "integer"}


def _integers(params: Params) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "integer"}}


def _string(params: Params) -> dict[str, Any]:
    return {"type": "string"}


LOOKUPS: tuple[tuple[str, str, Callable[[Any, Params], Any], Callable[[Params], dict[str, Any]]], ...] = (
    ("unit", mark("单位"), read_unit, _integer),
    ("units", mark("多个单位"), read_units, _integers),
    ("standard", mark("立案条件"), read_standard, _integer),
    ("minor", mark("小类"), read_minor, _integer),
    ("inspector", mark("监督员"), read_inspector, _integer),
    ("entry", mark("字典项"), read_entry, _string),
    ("case", mark("案件编号"), read_case, _string),
)


def register_all() -> None:
    """Make the kinds known; called once when the app is ready."""
    for row in LOOKUPS:
        register(Kind(*row))
