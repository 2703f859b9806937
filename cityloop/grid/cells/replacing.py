"""The one way in which cells are replaced: old rows end, new codes begin, everything else follows. One transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.cells.following import Followed, follow
from cityloop.grid.models import Cell, CellClass, Subject, Verb
from cityloop.grid.recording import Happened, values_of, write_history
from cityloop.grid.version import note
from cityloop.org.actor import Actor

BATCH: Final = 1000
SHOWN: Final = ("area_class", "area_m2", "geom")


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell that begins: code, class, m², ground as it is stored."""

    code: str
    area_class: str
    area_m2: int
    geom: Any
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """What was done."""

    ended: int
    made: int
    followed: Followed


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who replaces cells, when, from which day, why, and as part of what."""

    by: Actor
    now: datetime
    on: date
    reason: str = ""
    batch: str = ""


def check_day(on: date, *, now: datetime) -> None:
    """Refuse a day to come: components and duty grids follow at once."""
    if on > city_date(now):
        message = _("起用日期不能晚于今天：部件和责任网格随单元网格立即调整")
        raise Refused("invalid", message, {"rule": "on"})


@transaction.atomic
def replace_cells(ended: Sequence[Cell], made: Sequence[NewCell], occasion: Occasion) -> Replaced:
    """End these cells and begin those."""
    check_day(occasion.on, now=occasion.now)
    last = occasion.on - timedelta(days=1)
    locked = list(Cell.objects.select_for_update().filter(pk__in=[cell.pk for cell in ended], valid_to=None))
    if len(locked) != len(ended):
        raise Refused("stale", _("其中有单元网格已被更换，请重新打开"))
    early = [cell.code for cell in locked if cell.valid_from > occasion.on]
    if early:
        message = _("起用日期早于单元网格 %(code)s 的起用日期") % {"code": early[0]}
        raise Refused("invalid", message, {"rule": "on"})
    ids = [cell.pk for cell in locked]
    Cell.objects.filter(pk__in=ids).update(valid_to=last)
    CellClass.objects.filter(Q(valid_to=None), cell__in=ids, valid_from__lte=last).update(valid_to=last)
    begun = Cell.objects.bulk_create([_row(cell, occasion.on) for cell in made], BATCH)
    followed = follow(ids, [cell.pk for cell in begun], on=occasion.on)
    _write(locked, begun, followed, occasion)
    counts = {"ended": len(ids), "made": len(begun), "components": followed.components, "grids": followed.grids}
    note(
        "cells_published" if occasion.batch else "cells_edited",
        made[0].code[:12] if made else "",
        by=occasion.by,
        now=occasion.now,
        on=str(occasion.on),
        **counts,
    )
    return Replaced(len(ids), len(begun), followed)


def _row(cell: NewCell, on: date) -> Cell:
    return Cell(
        code=cell.code,
        community_id=cell.code[:12],
        area_class=cell.area_class,
        area_m2=cell.area_m2,
        geom=cell.geom,
        valid_from=on,
        invented=cell.invented,
    )


def _write(ended: Sequence[Cell], begun: Sequence[Cell], followed: Followed, occasion: Occasion) -> None:
    rows = [Happened(Subject.CELL, cell.code, Verb.RETIRED, values_of(cell, SHOWN), {}) for cell in ended]
    rows += [Happened(Subject.CELL, cell.code, Verb.CREATED, {}, values_of(cell, SHOWN)) for cell in begun]
    write_history(
        [*rows, *followed.happened],
        by=occasion.by,
        now=occasion.now,
        on=occasion.on,
        reason=occasion.reason,
        batch=occasion.batch,
    )
