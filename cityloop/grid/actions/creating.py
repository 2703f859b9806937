"""Register a component or an object. A component's code is the next of its district and category."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes.models import Kind as CodeKind
from cityloop.codes.models import Minor
from cityloop.grid.models import Component, MapObject, ObjectLayer, Verb
from cityloop.grid.numbering import hold_numbering
from cityloop.grid.photos import link_photos
from cityloop.grid.placing import place_row
from cityloop.grid.recording import Happened, flat_values, write_history
from cityloop.grid.subjects import KINDS
from cityloop.grid.values import read_code, read_values
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand, has_permission

LAST_NUMBER: Final = 999_999


@transaction.atomic
def create_component(
    minor_id: int,
    *,
    by: Actor,
    now: datetime,
    geometry: Any,
    values: Mapping[str, Any],
    valid_from: date | None = None,
    batch: str = "",
    linked: Sequence[UUID] = (),
) -> Component:
    """Register a component where it stands; its code follows from district and category.

    `linked` are photos that somebody else has linked before.
    """
    demand(by, "grid.edit")
    minor = Minor.objects.filter(pk=minor_id, kind=CodeKind.COMPONENT).first()
    if minor is None or not minor.is_in_force(city_date(now)):
        raise _invalid("minor", _("没有此部件小类"))
    row = Component(minor=minor, name=minor.name, valid_from=_begin(valid_from, now))
    place_row(row, geometry, on=city_date(now))
    row.code = next_code(row.cell.code[:6], minor.code) if row.cell else ""
    _fill("component", row, values, by=by, now=now, batch=batch, linked=linked)
    return row


@transaction.atomic
def create_object(
    layer_code: str,
    code: str,
    *,
    by: Actor,
    now: datetime,
    geometry: Any,
    values: Mapping[str, Any],
    valid_from: date | None = None,
    batch: str = "",
) -> MapObject:
    """Register a camera, a facility or an object of a city's own layer under the code that it has."""
    demand(by, "grid.edit")
    layer = ObjectLayer.objects.filter(code=layer_code).first()
    if layer is None or not has_permission(by, layer.permission):
        raise Refused("not_found", _("没有此图层"), {"rule": "layer"})
    code = read_code(code, 40)
    if MapObject.objects.filter(code=code).exists():
        raise _invalid("code", _("编码已用过；停用的编码也不再使用"))
    row = MapObject(layer=layer, code=code, valid_from=_begin(valid_from, now))
    place_row(row, geometry, on=city_date(now))
    _fill("object", row, {"name": "", **values}, by=by, now=now, batch=batch)
    return row


def next_code(district: str, minor: str) -> str:
    """The next code of a category in a district, never one that was given before, retired ones included."""
    start = f"{district}{minor}"
    hold_numbering()
    most = Component.objects.filter(code__gte=f"{start}000000", code__lte=f"{start}999999").aggregate(last=Max("code"))
    number = int(most["last"][10:]) + 1 if most["last"] else 1
    if number > LAST_NUMBER:
        raise _invalid("minor", _("该区此小类的顺序码已用完"))
    return f"{start}{number:06d}"


def _begin(valid_from: date | None, now: datetime) -> date:
    if valid_from and valid_from > city_date(now):
        raise _invalid("valid_from", _("起用日期不能晚于今天"))
    return valid_from or city_date(now)


def _fill(
    kind: str,
    row: Any,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    batch: str,
    linked: Sequence[UUID] = (),
) -> None:
    """Set the fields, save, and write it down."""
    what = KINDS[kind]
    for name, value in read_values(row, values, what.fields, on=city_date(now)).items():
        setattr(row, name, value)
    link_photos(kind, row.code, before=linked, after=row.photos, by=by)
    row.save(force_insert=True)
    shown = flat_values(row, (*what.fields, "geom", "cell", "valid_from"))
    after = {name: value for name, value in shown.items() if value not in ("", None, [])}
    write_history([Happened(kind, row.code, Verb.CREATED, {}, after)], by=by, now=now, on=row.valid_from, batch=batch)
    note("row_created", row.code, by=by, now=now, kind=kind)


def _invalid(name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {name: message}})
