"""Work grids (工作网格): a unit composes its own from unit grids."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import union_of
from cityloop.base.time import city_date
from cityloop.grid.actions.editing import Edit
from cityloop.grid.models import Cell, Subject, Verb, WorkGrid
from cityloop.grid.policy import access_row, demand_compose, demand_edit
from cityloop.grid.recording import Happened, write_history
from cityloop.grid.selectors import revision_of
from cityloop.grid.subjects import KINDS
from cityloop.grid.values import read_code, read_values
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.models import Unit


@transaction.atomic
def create_work_grid(
    code: str,
    *,
    by: Actor,
    now: datetime,
    unit: Unit,
    name: str,
    cells: Sequence[Cell],
    note_text: str = "",
    valid_from: date | None = None,
) -> WorkGrid:
    """Compose a new work grid of a unit. Its cells belong to no other lasting one of the same unit."""
    demand_compose(unit, by=by)
    code = read_code(code, 30)
    if WorkGrid.objects.filter(code=code).exists():
        raise _invalid("code", _("编码已用过；停用的编码也不再使用"))
    row = WorkGrid(code=code, unit=unit, valid_from=valid_from or city_date(now))
    for field, value in read_values(
        row, {"name": name, "note": note_text}, ("name", "note"), on=city_date(now)
    ).items():
        setattr(row, field, value)
    row.geom = _check(cells, unit, None)
    row.save(force_insert=True)
    row.cells.set(cells)
    after = {"name": row.name, "unit": unit.code, "note": row.note, "cells": sorted(cell.code for cell in cells)}
    happened = Happened(Subject.WORK_GRID, code, Verb.CREATED, {}, after)
    write_history([happened], by=by, now=now, on=row.valid_from)
    note("row_created", code, by=by, now=now, kind=Subject.WORK_GRID.value, cells=after["cells"])
    return row


@transaction.atomic
def compose(code: str, *, by: Actor, now: datetime, cells: Sequence[Cell], edit: Edit | None = None) -> WorkGrid:
    """Give a work grid other cells; nothing is written where they are the same."""
    how, kind = edit or Edit(), KINDS["work_grid"]
    row: WorkGrid = access_row(kind, code, by=by, lock=True)
    demand_edit(kind, row, by=by)
    if row.valid_to is not None:
        raise Refused("not_here", _("已于 %(day)s 停用，不能再修改") % {"day": row.valid_to}, {"rule": "in_force"})
    if how.revision is not None and how.revision != revision_of(kind.name, code):
        raise Refused("stale", _("打开之后已有他人修改过，请核对后再保存"), {"rule": "revision"})
    before, after = sorted(row.cells.values_list("code", flat=True)), sorted({cell.code for cell in cells})
    if before == after:
        return row
    row.geom = _check(cells, row.unit, row)
    row.save(update_fields=["geom"])
    row.cells.set(cells)
    gone, come = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    happened = Happened(
        kind.name,
        code,
        Verb.CHANGED,
        {"cells": gone, "count": len(before)},
        {"cells": come, "count": len(after)},
    )
    write_history([happened], by=by, now=now, on=how.on, reason=how.reason)
    note("row_changed", code, by=by, now=now, kind=kind.name, fields=["cells"], cells=after)
    return row


def _check(cells: Sequence[Cell], unit: Unit, own: WorkGrid | None) -> Any:
    """The outline of these cells; refused where there are none, one is retired or another work grid has it."""
    if not cells:
        raise _invalid("cells", _("工作网格至少有一个单元网格"))
    ended = [cell.code for cell in cells if cell.valid_to is not None]
    if ended:
        raise _invalid("cells", _("网格已停用：%(code)s") % {"code": ended[0]})
    others = WorkGrid.objects.filter(unit=unit, valid_to=None, cells__in=cells)
    if own:
        others = others.exclude(pk=own.pk)
    taken = others.values_list("cells__code", "name").order_by("cells__code").first()
    if taken:
        values = {"code": taken[0], "name": taken[1]}
        raise _invalid("cells", _("%(code)s 已在本单位的工作网格“%(name)s”中") % values)
    return union_of(cell.geom for cell in cells)


def _invalid(name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {name: message}})
