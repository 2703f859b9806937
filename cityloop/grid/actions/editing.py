"""Change, move and retire one row of base data. What it was stays in its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.models import Component, Verb
from cityloop.grid.photos import link_photos
from cityloop.grid.placing import place_row
from cityloop.grid.policy import access_row, demand_edit
from cityloop.grid.recording import Happened, differences, flat_values, write_history
from cityloop.grid.selectors import revision_of
from cityloop.grid.subjects import Kind, get_kind
from cityloop.grid.values import read_values
from cityloop.grid.version import note
from cityloop.org.actor import Actor


@dataclass(frozen=True, slots=True)
class Edit:
    """How somebody edits: why, from which day, and the revision he had before his eyes (None: whatever it is)."""

    reason: str = ""
    on: date | None = None
    revision: int | None = None
    batch: str = field(default="", kw_only=True)
    linked: tuple[UUID, ...] = field(default=(), kw_only=True)  # photos that somebody else has linked before


@transaction.atomic
def change(
    kind: str, code: str, *, by: Actor, now: datetime, values: Mapping[str, Any], edit: Edit | None = None
) -> Any:
    """Set these fields of a row; fields not given stay. Nothing is written where nothing differs.

    Refused as `not_found`, `not_yours`, `stale`, `not_here` (retired) or `invalid` with the fields.
    """
    what, row, how = _open(kind, code, by, now, edit or Edit())
    before = flat_values(row, what.fields)
    found = read_values(row, values, what.fields, on=city_date(now))
    if "photos" in found:
        link_photos(what.name, code, before=[*row.photos, *how.linked], after=found["photos"], by=by)
    for name, value in found.items():
        setattr(row, name, value)
    old, new = differences(before, flat_values(row, what.fields))
    if new:
        _store(row, [*found], how, now)
        _write(what, row, Verb.CHANGED, (old, new), by=by, now=now, edit=how)
    return row


@transaction.atomic
def move(kind: str, code: str, *, by: Actor, now: datetime, geometry: Any, edit: Edit | None = None) -> Any:
    """Put a row elsewhere, or give it another outline; its cell follows. A component stays in its district."""
    what, row, how = _open(kind, code, by, now, edit or Edit())
    if not what.can_move:
        raise Refused("not_here", _("此类数据的图形不在这里修改"), {"rule": "can_move"})
    names = ("geom", "cell") if hasattr(row, "cell_id") else ("geom",)
    before = flat_values(row, names)
    place_row(row, geometry, on=city_date(now))
    old, new = differences(before, flat_values(row, names))
    if new:
        _store(row, [*names], how, now)
        _write(what, row, Verb.MOVED, (old, new), by=by, now=now, edit=how)
    return row


@transaction.atomic
def retire(kind: str, code: str, *, by: Actor, now: datetime, edit: Edit) -> Any:
    """Let `edit.on` (today if empty) be the row's last day. Its code never comes again; a reason must be given."""
    what, row, how = _open(kind, code, by, now, edit)
    if not what.can_retire:
        raise Refused("not_here", _("此类数据不在这里停用"), {"rule": "can_retire"})
    last = how.on or city_date(now)
    if not how.reason.strip():
        raise _invalid("reason", _("停用须写明原因"))
    if last < row.valid_from:
        raise _invalid("on", _("最后一天早于起用日期 %(day)s") % {"day": row.valid_from})
    before = flat_values(row, ("valid_to",))
    row.valid_to = last
    row.save(update_fields=["valid_to"])
    _write(what, row, Verb.RETIRED, (before, flat_values(row, ("valid_to",))), by=by, now=now, edit=how)
    return row


@transaction.atomic
def confirm(code: str, *, by: Actor, now: datetime, edit: Edit | None = None) -> Component:
    """Write down that somebody looked at a component on `edit.on` (today if empty) and found it as it stands."""
    what, row, how = _open("component", code, by, now, edit or Edit())
    component: Component = row
    before = flat_values(component, ("confirmed_on",))
    component.confirmed_on = max(_day_of_change(component, how, now), component.confirmed_on or component.valid_from)
    component.save(update_fields=["confirmed_on"])
    values = (before, flat_values(component, ("confirmed_on",)))
    _write(what, component, Verb.CONFIRMED, values, by=by, now=now, edit=how)
    return component


def _open(kind: str, code: str, by: Actor, now: datetime, edit: Edit) -> tuple[Kind, Any, Edit]:
    """The row, locked; refused where this actor may not edit it, or somebody else was faster."""
    what = get_kind(kind)
    row = access_row(what, code, by=by, lock=True)
    demand_edit(what, row, by=by)
    if row.valid_to is not None:
        raise Refused("not_here", _("已于 %(day)s 停用，不能再修改") % {"day": row.valid_to}, {"rule": "in_force"})
    if edit.revision is not None and edit.revision != revision_of(what.name, code):
        raise Refused("stale", _("打开之后已有他人修改过，请核对后再保存"), {"rule": "revision"})
    if len(edit.reason) > 200:
        raise _invalid("reason", _("不超过 %(limit)s 字") % {"limit": 200})
    return what, row, edit


def _store(row: Any, names: list[str], edit: Edit, now: datetime) -> None:
    """Save the fields; the standard's day of change goes with them."""
    if hasattr(row, "changed_on"):
        row.changed_on = _day_of_change(row, edit, now)
        names.append("changed_on")
    row.save(update_fields=names)


def _day_of_change(row: Component, edit: Edit, now: datetime) -> date:
    day = edit.on or city_date(now)
    if not row.valid_from <= day <= city_date(now):
        raise _invalid("on", _("变更日期应在起用日期 %(day)s 与今天之间") % {"day": row.valid_from})
    return day


def _write(
    what: Kind,
    row: Any,
    verb: Verb,
    values: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    by: Actor,
    now: datetime,
    edit: Edit,
) -> None:
    happened = Happened(what.name, row.code, verb, *values)
    write_history([happened], by=by, now=now, on=edit.on, reason=edit.reason.strip(), batch=edit.batch)
    note(
        "row_retired"
        if verb == Verb.RETIRED
        else "row_moved"
        if verb == Verb.MOVED
        else "row_confirmed"
        if verb == Verb.CONFIRMED
        else "row_changed",
        row.code,
        by=by,
        now=now,
        kind=what.name,
        fields=sorted(values[1]),
        reason=edit.reason,
    )


def _invalid(name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {name: message}})
