"""What pages and API show of base data: filtered lists, counts, the history of a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.pages import matching
from cityloop.base.time import city_date
from cityloop.base.words import in_language
from cityloop.grid.models import Area, Cell, Change, Component, DutyGrid, MapObject, ObjectLayer, Street, WorkGrid
from cityloop.grid.policy import is_unit_alone, visible_layers, visible_rows
from cityloop.grid.selectors import grid_version
from cityloop.grid.subjects import KINDS, Kind
from cityloop.org.actor import Actor
from cityloop.org.selectors import active_between

HOLDING: Final[Mapping[str, str | Promise]] = {
    "": gettext_lazy("在用"),
    "ended": gettext_lazy("已停用"),
    "all": gettext_lazy("全部"),
}
# What a search looks into beside the code.
WORDS: Final[Mapping[Any, tuple[str, ...]]] = {
    Area: ("name",),
    Cell: ("note",),
    DutyGrid: ("name",),
    WorkGrid: ("name", "note"),
    Street: ("name", "initials"),
    Component: ("name", "place", "note"),
    MapObject: ("name", "place", "note"),
}
# Where a row says in which area it lies: an area code that begins with the prefix.
AREA_COLUMN: Final[Mapping[Any, str]] = {
    Area: "code",
    Cell: "code",
    DutyGrid: "area_code",
    WorkGrid: "cells__code",
    Component: "cell__code",
    MapObject: "cell__code",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; empty is everything that holds today."""

    q: str = ""
    area: str = ""  # prefix of an area code
    cell: str = ""
    minor: int | None = None
    layer: str = ""
    unit: str = ""  # a unit's code
    state: str = ""
    holding: str = ""

    def as_query(self) -> dict[str, str]:
        """The parts that are set, for an address."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: str(value) for name, value in parts.items() if value}


def list_rows(kind: Kind, wanted: Wanted, *, by: Actor, now: datetime) -> "QuerySet[Any]":
    """The rows that were asked for, without their outlines; a filter that a kind does not know is refused."""
    rows = visible_rows(kind, by=by).defer("geom")
    rows = rows.filter(_held(wanted.holding, city_date(now)), *_filters(kind, wanted))
    if wanted.area and AREA_COLUMN.get(kind.model, "").startswith("cells__"):
        rows = rows.distinct()
    words = wanted.q.strip()
    if words.isascii() and words.isdecimal() and len(words) > 3:
        rows = rows.filter(code__startswith=words)
    elif words:
        rows = matching(rows, words, ("code", *WORDS[kind.model]))
    return rows.select_related(*_joined(kind))


def _joined(kind: Kind) -> tuple[str, ...]:
    beside = {Component: ("minor",), MapObject: ("layer",), Cell: ("community",)}
    cell = ("cell",) if kind.model in (Component, MapObject) else ()
    return (*beside.get(kind.model, ()), *cell, *kind.units)


def _held(holding: str, today: date) -> Q:
    if holding not in HOLDING:
        raise Refused("invalid", _("不在可选范围内"), {"fields": {"holding": holding[:20]}})
    if holding == "all":
        return Q()
    return Q(valid_to__lt=today) if holding == "ended" else active_between(today, "valid_from", "valid_to")


def _filters(kind: Kind, wanted: Wanted) -> list[Q]:
    """One condition for each part that is set."""
    model, found = kind.model, list[Q]()
    known = {
        "area": AREA_COLUMN.get(model, ""),
        "cell": "cell__code" if model in (Component, MapObject) else "cells__code" if hasattr(model, "cells") else "",
        "minor": "minor" if model is Component else "",
        "layer": "layer__code" if model is MapObject else "",
        "state": "state" if hasattr(model, "state") else "",
    }
    for name, column in known.items():
        value = getattr(wanted, name)
        if not value:
            continue
        if not column:
            raise Refused("invalid", _("此类数据没有这个条件"), {"fields": {name: str(value)[:40]}})
        found.append(Q((f"{column}__startswith" if name == "area" else column, value)))
    if wanted.unit and not kind.units:
        raise Refused("invalid", _("此类数据没有这个条件"), {"fields": {"unit": wanted.unit[:40]}})
    if wanted.unit:
        found.append(Q(*((f"{name}__code", wanted.unit) for name in kind.units), _connector=Q.OR))
    return found


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many components of a category are in use, and how many of them are not intact."""

    minor_id: int
    code: str
    name: str
    name_en: str
    major: str
    count: int
    broken: int
    unowned: int

    @property
    def label(self) -> str:
        """The category's name in the reader's language."""
        return in_language(self.name, self.name_en)


@dataclass(frozen=True, slots=True)
class Summary:
    """How much base data there is today in an area."""

    layers: Mapping[str, int]  # by kind; objects by the layer's code after a colon
    categories: tuple[CategoryCount, ...]


def summarise(*, by: Actor, now: datetime, area: str = "") -> Summary:
    """Counts per layer and per category within an area; kept until base data change."""
    today, stamp = city_date(now), grid_version()[0]
    layers = dict(_count_layers(stamp, today, area))
    closed = set(ObjectLayer.objects.values_list("code", flat=True)) - {layer.code for layer in visible_layers(by)}
    for code in closed:
        layers.pop(f"object:{code}", None)
    if is_unit_alone(by):
        own = visible_rows(KINDS["work_grid"], by=by)
        layers["work_grid"] = own.filter(active_between(today, "valid_from", "valid_to")).count()
    return Summary(layers, _count_categories(stamp, today, area))


@lru_cache(maxsize=64)
def _count_layers(stamp: str, today: date, area: str) -> tuple[tuple[str, int], ...]:
    lasting = active_between(today, "valid_from", "valid_to")
    found: list[tuple[str, int]] = []
    for kind, model in (("area", Area), ("cell", Cell), ("duty_grid", DutyGrid), ("component", Component)):
        rows = model._default_manager.filter(lasting)
        found.append((kind, (rows.filter(**{f"{AREA_COLUMN[model]}__startswith": area}) if area else rows).count()))
    found.append(("street", Street.objects.filter(lasting).count()))
    grids = WorkGrid.objects.filter(lasting)
    found.append(("work_grid", (grids.filter(cells__code__startswith=area).distinct() if area else grids).count()))
    objects = MapObject.objects.filter(lasting, **({"cell__code__startswith": area} if area else {}))
    counts = dict(objects.order_by().values_list("layer__code").annotate(count=Count("pk")))
    codes = ObjectLayer.objects.values_list("code", flat=True)
    return (*found, *((f"object:{code}", counts.get(code, 0)) for code in codes))


@lru_cache(maxsize=64)
def _count_categories(stamp: str, today: date, area: str) -> tuple[CategoryCount, ...]:
    lasting = active_between(today, "valid_from", "valid_to")
    rows = Component.objects.filter(lasting, **({"cell__code__startswith": area} if area else {}))
    counted = (
        rows.order_by("minor__code", "minor_id")
        .values("minor_id", "minor__code", "minor__name", "minor__name_en", "minor__major__name")
        .annotate(
            count=Count("pk"),
            broken=Count("pk", filter=~Q(state="intact")),
            unowned=Count("pk", filter=Q(owner=None, maintainer=None)),
        )
    )
    return tuple(CategoryCount(*row) for row in counted.values_list(*_COUNTED))


_COUNTED: Final = (
    "minor_id",
    "minor__code",
    "minor__name",
    "minor__name_en",
    "minor__major__name",
    "count",
    "broken",
    "unowned",
)


def list_changes(kind: str, code: str) -> "QuerySet[Change]":
    """The history of one row, newest first."""
    return Change.objects.filter(kind=kind, code=code).order_by("-id")
