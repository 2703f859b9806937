"""Area classes (区域等级) of cells from a day on. Cases keep the class under which they were filed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.models import AreaClass, Cell, CellClass, Subject, Verb
from cityloop.grid.recording import Happened, write_history
from cityloop.grid.version import note
from cityloop.org.actor import SYSTEM, Actor
from cityloop.org.permissions import demand

# The class that holds today, where the column still has yesterday's.
SETTLE: Final = """
UPDATE grid_cell c SET area_class = k.area_class FROM grid_cellclass k
WHERE k.cell_id = c.id AND k.area_class <> c.area_class
    AND k.valid_from <= %(today)s AND (k.valid_to IS NULL OR k.valid_to >= %(today)s)
"""


@transaction.atomic
def set_area_class(
    cells: Sequence[Cell], area_class: str, *, by: Actor, now: datetime, on: date | None = None, reason: str = ""
) -> int:
    """Let these cells be of that class from that day on, today if not given; how many change.

    Refused as `invalid` for a day that has passed, or before a class that is already arranged.
    """
    demand(by, "grid.edit")
    day = on or city_date(now)
    if area_class not in AreaClass.values:
        raise _invalid("area_class", _("区域等级应为 A、B 或 C"))
    if day < city_date(now):
        raise _invalid("on", _("等级只能从今天或以后起变更，已立案的案件不受影响"))
    locked = list(Cell.objects.select_for_update().filter(pk__in=[cell.pk for cell in cells]).defer("geom"))
    ended = [cell.code for cell in locked if cell.valid_to is not None]
    if ended:
        raise _invalid("cells", _("网格已停用：%(code)s") % {"code": ended[0]})
    happened = _store(locked, area_class, day)
    if not happened:
        return 0
    settle(city_date(now))
    write_history(happened, by=by, now=now, on=day, reason=reason)
    codes = [one.code for one in happened]
    note("area_class_set", codes[0], by=by, now=now, area_class=area_class, start=str(day), cells=codes)
    return len(happened)


def settle_classes(now: datetime) -> int:
    """Let every cell have the class of its today; the worker calls it every day, loads when they are done."""
    changed = settle(city_date(now))
    if changed:
        note("area_classes_settled", "", by=SYSTEM, now=now, rows=changed)
    return changed


def settle(today: date) -> int:
    """Write the class of the day into the cells; how many."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"today": today})
        return int(cursor.rowcount)


def _store(cells: Sequence[Cell], area_class: str, day: date) -> list[Happened]:
    """End the open rows and begin new ones."""
    opened = {row.cell_id: row for row in CellClass.objects.filter(cell__in=cells, valid_to=None)}
    ended, again, made, happened = [], [], [], []
    for cell in cells:
        row = opened.get(cell.pk)
        old = row.area_class if row else cell.area_class
        if old == area_class:
            continue
        if row and row.valid_from > day:
            values = {"code": cell.code, "day": row.valid_from, "area_class": row.area_class}
            raise _invalid("on", _("%(code)s 已排定 %(day)s 起为 %(area_class)s 类") % values)
        if row and row.valid_from == day:
            row.area_class = area_class
            again.append(row)
        else:
            ended += [row] if row else _first(cell, day)
            made.append(CellClass(cell=cell, area_class=area_class, valid_from=day))
        happened.append(
            Happened(Subject.CELL, cell.code, Verb.CHANGED, {"area_class": old}, {"area_class": area_class})
        )
    _save(ended, again, made, day)
    return happened


def _first(cell: Cell, day: date) -> list[CellClass]:
    """The row of the class that the cell had from its beginning, unless it begins that day."""
    return [CellClass(cell=cell, area_class=cell.area_class, valid_from=cell.valid_from)] * (cell.valid_from < day)


def _save(ended: list[CellClass], again: list[CellClass], made: list[CellClass], day: date) -> None:
    for row in ended:
        row.valid_to = day - timedelta(days=1)
    CellClass.objects.bulk_update([row for row in ended if row.pk], ["valid_to"], 500)
    CellClass.objects.bulk_create([row for row in ended if not row.pk], 500)
    CellClass.objects.bulk_update(again, ["area_class"], 500)
    CellClass.objects.bulk_create(made, 500)


def _invalid(name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {name: message}})
