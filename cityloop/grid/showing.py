"""Base data in words: the columns of lists and workbooks, the facts of a row, the lines of its history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.geometry import inner_point
from cityloop.base.words import listed
from cityloop.codes.selectors import find_entry
from cityloop.grid.models import Area, Cell, Change, Component, DutyGrid, MapObject, Place, Street, Subject, WorkGrid
from cityloop.grid.subjects import KINDS, Kind
from cityloop.grid.values import SOURCES, fields_of
from cityloop.org.models import Unit

Words = Callable[[Any], str]
DASH: Final = "—"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how a row fills it, and whether a screen has room for it."""

    heading: str | Promise
    words: Words
    wide: bool = False  # in workbooks alone


def unit_words(name: str) -> Words:
    """The unit of that field."""
    return lambda row: unit.label if (unit := getattr(row, name)) else ""


def _day(name: str) -> Words:
    return lambda row: day.isoformat() if (day := getattr(row, name)) else ""


def _cell(row: Any) -> str:
    return row.cell.code if row.cell else ""


def _text(name: str) -> Words:
    return lambda row: str(getattr(row, name))


def _source(row: Component) -> str:
    entry = find_entry(SOURCES, row.source)
    return entry.label if entry else row.source


def _display(name: str) -> Words:
    return lambda row: str(getattr(row, f"get_{name}_display")())


CODE: Final = Column(gettext_lazy("编码"), _text("code"))
NAME: Final = Column(gettext_lazy("名称"), _text("name"))
NOTE: Final = Column(gettext_lazy("备注"), _text("note"), wide=True)
DATES: Final = (
    Column(gettext_lazy("起用日期"), _day("valid_from"), wide=True),
    Column(gettext_lazy("终止日期"), _day("valid_to")),
)
STATE: Final = Column(gettext_lazy("状态"), _display("state"))
PLACE: Final = Column(gettext_lazy("所在位置"), _text("place"))
IN_CELL: Final = Column(gettext_lazy("单元网格"), _cell)
COLUMNS: Final[Mapping[Any, tuple[Column, ...]]] = {
    Area: (CODE, NAME, Column(gettext_lazy("层级"), _display("level")), *DATES),
    Cell: (
        CODE,
        Column(gettext_lazy("社区"), lambda row: row.community.name),
        Column(gettext_lazy("区域等级"), _text("area_class")),
        Column(gettext_lazy("面积（平方米）"), _text("area_m2")),
        NOTE,
        *DATES,
    ),
    DutyGrid: (CODE, NAME, Column(gettext_lazy("区域编码"), _text("area_code")), *DATES),
    WorkGrid: (CODE, NAME, Column(gettext_lazy("单位"), unit_words("unit")), NOTE, *DATES),
    Street: (
        CODE,
        NAME,
        Column(gettext_lazy("道路等级"), _text("road_class")),
        Column(gettext_lazy("层面"), _display("level")),
        *DATES,
    ),
    Component: (
        Column(gettext_lazy("标识码"), _text("code")),
        Column(gettext_lazy("小类"), lambda row: f"{row.minor.code} {row.minor.label}"),
        Column(gettext_lazy("名称"), _text("name"), wide=True),
        PLACE,
        IN_CELL,
        STATE,
        Column(gettext_lazy("主管部门"), unit_words("manager"), wide=True),
        Column(gettext_lazy("权属单位"), unit_words("owner")),
        Column(gettext_lazy("养护单位"), unit_words("maintainer")),
        Column(gettext_lazy("定位精度"), _text("accuracy"), wide=True),
        Column(gettext_lazy("数据来源"), _source, wide=True),
        Column(gettext_lazy("变更日期"), _day("changed_on"), wide=True),
        Column(gettext_lazy("核对日期"), _day("confirmed_on"), wide=True),
        NOTE,
        *DATES,
    ),
    MapObject: (
        CODE,
        NAME,
        Column(gettext_lazy("图层"), lambda row: row.layer.label),
        PLACE,
        IN_CELL,
        Column(gettext_lazy("管理单位"), unit_words("unit")),
        STATE,
        Column(gettext_lazy("变更日期"), _day("changed_on"), wide=True),
        NOTE,
        *DATES,
    ),
}


def columns_of(kind: Kind, *, wide: bool) -> tuple[Column, ...]:
    """The columns of a screen, or with `wide` those of a workbook."""
    return tuple(column for column in COLUMNS[kind.model] if wide or not column.wide)


def facts_of(kind: Kind, row: Any) -> list[tuple[str, str]]:
    """Label and words of every fact of a row; its extra attributes last."""
    found = [(str(column.heading), column.words(row) or DASH) for column in columns_of(kind, wide=True)]
    if kind.has_extension:
        found += [(one.label, extra_words(row.extension.get(one.key))) for one in fields_of(row)]
    return found


def extra_words(value: Any) -> str:
    """A stored value for a reader."""
    if value in ("", None, []):
        return DASH
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return listed(str(one) for one in value)
    return str(value)


@dataclass(frozen=True, slots=True)
class Line:
    """One value that a change changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Story:
    """One change in words."""

    change: Change
    lines: tuple[Line, ...]


# Labels of what no column is called.
LABELS: Final[Mapping[str, str | Promise]] = {
    "geom": gettext_lazy("图形"),
    "cells": gettext_lazy("单元网格"),
    "count": gettext_lazy("网格数"),
    "area_class": gettext_lazy("区域等级"),
    "names": gettext_lazy("名称"),
}


PLACES: Final = Kind(Subject.PLACE, Place, ())  # they have pages of their own


def stories(changes: Iterable[Change]) -> list[Story]:
    """Changes with their values in words; units by name, in one statement."""
    rows = list(changes)
    units = _unit_names(rows)
    return [Story(row, tuple(_lines(row, units))) for row in rows]


def _unit_names(rows: Iterable[Change]) -> dict[str, str]:
    codes = {
        values[name]
        for row in rows
        for values in (row.before, row.after)
        for name in ("manager", "owner", "maintainer", "unit")
        if values.get(name)
    }
    return {unit.code: unit.label for unit in Unit.objects.filter(code__in=codes)} if codes else {}


def _lines(row: Change, units: Mapping[str, str]) -> Iterable[Line]:
    kind = PLACES if row.kind == PLACES.name else KINDS.get(row.kind)
    for name in {**row.before, **row.after}:
        before, after = (_value(kind, name, values.get(name), units) for values in (row.before, row.after))
        yield Line(_label(kind, name), before, after)


def _label(kind: Kind | None, name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    plain = name.removeprefix("extension.")
    if kind is None or plain != name:
        return plain
    columns = {column.name: column for column in kind.model._meta.get_fields() if hasattr(column, "verbose_name")}
    return str(columns[name].verbose_name) if name in columns else name


def _value(kind: Kind | None, name: str, value: Any, units: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        return _shape_words(value)
    if name in ("manager", "owner", "maintainer", "unit"):
        return units.get(value, value) or DASH
    if name == "source" and value:
        entry = find_entry(SOURCES, value)
        return entry.label if entry else str(value)
    if kind and value and name in {"state", "accuracy", "level", "kind"}:
        choices = dict(kind.model._meta.get_field(name).flatchoices)
        return str(choices.get(value, value))
    return extra_words(value)


def _shape_words(value: Mapping[str, Any]) -> str:
    at = value.get("coordinates")
    if value.get("type") == "Point" and isinstance(at, list):
        return f"{at[0]:.6f}, {at[1]:.6f}"
    return str(value.get("type", DASH))


def middle_of(row: Any) -> dict[str, float]:
    """The place that a small map shows for a row."""
    point = inner_point(row.geom)
    return {"lon": point.x, "lat": point.y}


def is_ended(row: Any, today: date) -> bool:
    """Whether the row holds no more."""
    return row.valid_to is not None and row.valid_to < today
