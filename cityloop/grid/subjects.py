"""The kinds of base data that people look at and edit one by one: their models, fields and permissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cityloop.base.errors import Refused
from cityloop.base.words import speak
from cityloop.grid.models import Area, Cell, Component, DutyGrid, MapObject, Street, Subject, WorkGrid


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its model, the fields that may be edited, and what else can be done with one row."""

    subject: Subject
    model: Any
    fields: tuple[str, ...]
    units: tuple[str, ...] = ()  # fields that name a unit
    edited_by: str = "grid.edit"
    can_move: bool = False
    can_retire: bool = True

    @property
    def name(self) -> str:
        """The word in addresses: component, cell, ..."""
        return self.subject.value

    @property
    def has_extension(self) -> bool:
        """Whether rows hold extra attributes and photos."""
        return "extension" in self.fields


DUTIES: Final = ("manager", "owner", "maintainer")
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(Subject.AREA, Area, ("name",), can_retire=False),
        Kind(Subject.CELL, Cell, ("note",), can_retire=False),
        Kind(Subject.DUTY_GRID, DutyGrid, (), edited_by="grid.manage", can_retire=False),
        Kind(Subject.WORK_GRID, WorkGrid, ("name", "note"), units=("unit",), edited_by="grid.compose"),
        Kind(Subject.STREET, Street, ("name", "road_class", "level"), can_move=True),
        Kind(
            Subject.COMPONENT,
            Component,
            ("name", "place", *DUTIES, "state", "accuracy", "source", "note", "photos", "extension"),
            units=DUTIES,
            can_move=True,
        ),
        Kind(
            Subject.OBJECT,
            MapObject,
            ("name", "place", "unit", "state", "note", "photos", "extension"),
            units=("unit",),
            can_move=True,
        ),
    )
}


def get_kind(name: str) -> Kind:
    """The kind of that name; refused as `not_found`."""
    if name not in KINDS:
        raise Refused("not_found", speak("没有此类基础数据"), {"rule": "kind"})
    return KINDS[name]
