"""Writes of base data. Each is guarded by a permission, journalled, and changes the stamp of base data."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import union_of
from cityloop.base.time import city_date
from cityloop.codes.models import Edition
from cityloop.grid import loading
from cityloop.grid.actions.classes import settle_classes
from cityloop.grid.duty_book import read_hours, read_weekdays
from cityloop.grid.models import EVERY_DAY, Cell, DutyGrid, DutyHolder, GridVersion
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.models import Person
from cityloop.org.permissions import demand
from cityloop.org.selectors import people_acting_as


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a load has written."""

    areas: int
    cells: int
    duty_grids: int
    streets: int
    components: int


@transaction.atomic
def load_geography(folder: Path, *, by: Actor, now: datetime, edition: str = "") -> Counts:
    """Load a folder of base data (`demo/README.md` has the formats): all of it or, when a row is refused, nothing.

    Rows whose code is there already are refreshed. Units and categories must be there before; components are of the
    `edition` with that code, or of the one for new cases.
    """
    demand(by, "grid.manage")
    wanted = Q(code=edition) if edition else Q(is_default=True)
    chosen = Edition.objects.filter(wanted).first()
    if chosen is None:
        raise Refused("invalid", _("没有可用的分类标准，请先载入"), {"fields": {"edition": edition}})
    areas, attribution = loading.load_areas(folder / "areas.geojson")
    cells = loading.load_cells(folder / "cells.geojson")
    duty_grids = loading.load_duty_grids(folder / "duty_grids.csv")
    streets, streets_attribution = loading.load_streets(folder / "streets.geojson")
    components = loading.load_components(folder / "components.csv", edition=chosen)
    counts = Counts(areas, cells, duty_grids, streets, components)
    settle_classes(now)
    note("geography_loaded", folder.name, by=by, now=now, **asdict(counts))
    GridVersion.objects.filter(id=1).update(attribution=streets_attribution or attribution)
    return counts


@transaction.atomic
def set_duty_grid(code: str, *, by: Actor, now: datetime, name: str, cells: Sequence[Cell]) -> DutyGrid:
    """Make the duty grid of that code, or give it another name and other cells. They must hang together."""
    demand(by, "grid.manage")
    if not cells:
        raise _invalid("cells", _("责任网格至少有一个单元网格"))
    shape = union_of(cell.geom for cell in cells)
    if len(shape) > 1:
        raise _invalid("cells", _("责任网格 %(code)s 的单元网格不相邻") % {"code": code})
    area = common_area([cell.community_id for cell in cells])
    found, made = DutyGrid.objects.update_or_create(
        code=code,
        defaults={"name": name, "area_code": area, "geom": shape},
        create_defaults={"name": name, "area_code": area, "geom": shape, "valid_from": city_date(now)},
    )
    found.cells.set(cells)
    note("duty_grid_set", code, by=by, now=now, made=made, name=name, cells=[cell.code for cell in cells])
    return found


@transaction.atomic
def assign_holder(
    duty_grid: DutyGrid,
    person: Person,
    *,
    by: Actor,
    now: datetime,
    shift: str = "",
    weekdays: int = EVERY_DAY,
    hours: tuple[time, time] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> DutyHolder:
    """Let this inspector hold the duty grid on those weekdays (Monday is bit 0) and hours of the city.

    Hours whose end comes before their start pass midnight. The same shift assigned again from the same day is changed.
    """
    demand(by, "grid.assign")
    start = valid_from or city_date(now)
    check_holder(duty_grid, person, weekdays=weekdays, hours=hours, dates=(start, valid_to))
    begins, ends = hours or (None, None)
    holder, _made = DutyHolder.objects.update_or_create(
        duty_grid=duty_grid,
        person=person,
        shift=shift,
        valid_from=start,
        defaults={"weekdays": weekdays, "start_time": begins, "end_time": ends, "valid_to": valid_to},
    )
    note("holder_assigned", duty_grid.code, by=by, now=now, person=person.username, shift=shift, start=str(start))
    return holder


@transaction.atomic
def load_holders(path: Path, *, by: Actor, now: datetime) -> int:
    """Assign the holders of a CSV file (`demo/README.md` has the format), all of them or none; how many there were."""
    rows = loading.Rows(path)
    lines = rows.lines()
    grids = {grid.code: grid for grid in DutyGrid.objects.defer("geom")}
    people = {
        person.username: person for person in Person.objects.filter(username__in=[r["username"] for _, r in lines])
    }
    for number, row in lines:
        grid, person = grids.get(row["duty_grid"]), people.get(row["username"])
        if grid is None or person is None:
            raise rows.refused(number, _("没有此责任网格或用户"))
        try:
            assign_holder(
                grid,
                person,
                by=by,
                now=now,
                shift=row["shift"],
                weekdays=read_weekdays(row["weekdays"]),
                hours=read_hours(row["start"], row["end"]),
                valid_from=rows.day(number, row["since"]),
            )
        except Refused as no:
            raise rows.refused(number, no.message) from None
    return len(lines)


@transaction.atomic
def release_holder(holder: DutyHolder, *, by: Actor, now: datetime, last_day: date) -> DutyHolder:
    """Let the holder patrol for the last time on that day."""
    demand(by, "grid.assign")
    if last_day < holder.valid_from:
        raise _invalid("valid_to", _("结束日期早于起始日期"))
    holder.valid_to = last_day
    holder.save(update_fields=["valid_to"])
    note("holder_released", holder.duty_grid.code, by=by, now=now, person=holder.person_id, last_day=str(last_day))
    return holder


def check_holder(
    duty_grid: DutyGrid,
    person: Person,
    *,
    weekdays: int,
    hours: tuple[time, time] | None,
    dates: tuple[date, date | None],
) -> None:
    """Refuse a holder who is no inspector there, or whose shift makes no sense."""
    if not 1 <= weekdays <= EVERY_DAY:
        raise _invalid("weekdays", _("至少选择一个工作日"))
    if hours and hours[0] == hours[1]:
        raise _invalid("hours", _("上下班时间不能相同"))
    if dates[1] and dates[1] < dates[0]:
        raise _invalid("valid_to", _("结束日期早于起始日期"))
    inspectors = people_acting_as("inspector", on=dates[0], area_code=duty_grid.area_code)
    if not inspectors.filter(pk=person.pk).exists():
        values = {"person": person.name, "grid": duty_grid.name}
        raise _invalid("person", _("%(person)s 当日不是 %(grid)s 所在区域的监督员") % values)


def common_area(codes: Sequence[str]) -> str:
    """The longest area code that all these community codes begin with: 12, 9, 6 or 4 digits, else empty."""
    for length in (12, 9, 6, 4):
        if len({code[:length] for code in codes}) == 1:
            return codes[0][:length]
    return ""


def _invalid(field: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {field: message}})
