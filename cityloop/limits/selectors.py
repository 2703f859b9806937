"""Reading calendars and limits: one snapshot per process, renewed when the stamp of the limits changes."""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.limits import version
from cityloop.limits.clock import Calendar, Limit
from cityloop.limits.models import AreaClass, CalendarVersion, LimitRow, Stage, StageLimit

SNAPSHOTS_KEPT: Final = 2


class _Dated(NamedTuple):
    """A limit with the days on which it holds."""

    limit: Limit
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class _StageRow(NamedTuple):
    """A stage's limit with its conditions, empty for any."""

    dated: _Dated
    source_kind: str
    urgent: bool | None
    area_class: str

    @property
    def conditions(self) -> tuple[bool, bool, bool, date]:
        """Orders rows: urgency tells more than the source, that more than the area; then the younger row."""
        return (self.urgent is not None, bool(self.source_kind), bool(self.area_class), self.dated.valid_from)

    def fits(self, source_kind: str, urgent: bool, area_class: str) -> bool:
        return (
            self.source_kind in ("", source_kind)
            and self.urgent in (None, urgent)
            and self.area_class in ("", area_class)
        )


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """All limits as of one stamp."""

    calendar: tuple[int, Calendar] | None
    limits: Mapping[tuple[int, str], tuple[_Dated, ...]]
    stages: Mapping[str, tuple[_StageRow, ...]]


_snapshots: "OrderedDict[str, _Snapshot]" = OrderedDict()
# Published calendars never change; each is kept with the years that its clock has worked out.
_calendars: dict[int, tuple[Mapping[str, Any], Calendar]] = {}


def forget() -> None:
    """Read everything anew at the next use; for tests that change rows behind the actions' back."""
    version.forget()
    _snapshots.clear()
    _calendars.clear()


def current_calendar() -> tuple[int, Calendar]:
    """The calendar in force and the id of its version; refused as `unavailable` before one is published."""
    found = _snapshot().calendar
    if found is None:
        raise Refused("unavailable", _("尚未发布工作日历，请先运行 cityloop publish-calendar"), {"rule": "calendar"})
    return found


def find_known_until() -> date | None:
    """The last day that the calendar in force knows for certain, or None before one is published."""
    return CalendarVersion.objects.filter(in_force=True).values_list("known_until", flat=True).first()


def calendar_version(version_id: int) -> Calendar:
    """The calendar of any version, past ones included; refused as `not_found`."""
    kept = _calendars.get(version_id)
    if kept is not None:
        return kept[1]
    row = CalendarVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise Refused("not_found", _("没有这个版本的工作日历"), {"rule": "calendar", "value": version_id})
    return _keep(row)


def limit_for(standard_id: int, area_class: str | None, on: date) -> Limit | None:
    """How long handling may take under that standard on that day (of filing), or None.

    Where the class of the area is unknown ("" or None), class C is meant: other areas.
    """
    rows = _snapshot().limits.get((standard_id, area_class or AreaClass.C.value), ())
    return next((row.limit for row in rows if row.holds(on)), None)


def stage_limit(
    stage: str,
    source_kind: str | None = None,
    urgent: bool = False,
    *,
    area_class: str | None = None,
    on: date | None = None,
) -> Limit | None:
    """How long a step may take, or None if it is not limited. `on` is the city's day, today if not given."""
    day = city_date(timezone.now()) if on is None else on
    fitting = [
        row
        for row in _snapshot().stages.get(stage, ())
        if row.dated.holds(day) and row.fits(source_kind or "", urgent, area_class or "")
    ]
    return max(fitting, key=lambda row: row.conditions).dated.limit if fitting else None


def stage_names() -> frozenset[str]:
    """The names of stages that a flow may limit."""
    return frozenset(Stage.values)


def _snapshot() -> _Snapshot:
    """All limits as of the stamp in force: three statements when it is new, none otherwise."""
    stamp = version.current()
    found = _snapshots.get(stamp) if stamp else None
    if found is None:
        found = _Snapshot(_read_calendar(), _read_limits(), _read_stages())
        _snapshots[stamp] = found
        while len(_snapshots) > SNAPSHOTS_KEPT:
            _snapshots.popitem(last=False)
    return found


def _read_calendar() -> tuple[int, Calendar] | None:
    row = CalendarVersion.objects.filter(in_force=True).first()
    return None if row is None else (row.pk, _keep(row))


def _keep(row: CalendarVersion) -> Calendar:
    kept = _calendars.get(row.pk)
    if kept is None or kept[0] != row.body:
        kept = _calendars[row.pk] = (row.body, row.as_calendar())
    return kept[1]


def _read_limits() -> Mapping[tuple[int, str], tuple[_Dated, ...]]:
    """By standard and area class, the youngest first."""
    found: dict[tuple[int, str], list[_Dated]] = defaultdict(list)
    columns = ("standard_id", "area_class", "amount", "unit", "valid_from", "valid_to")
    for standard_id, area_class, amount, unit, start, end in LimitRow.objects.order_by(
        "-valid_from", "-id"
    ).values_list(*columns):
        found[standard_id, area_class].append(_Dated(Limit(amount, unit), start, end))
    return {key: tuple(rows) for key, rows in found.items()}


def _read_stages() -> Mapping[str, tuple[_StageRow, ...]]:
    found: dict[str, list[_StageRow]] = defaultdict(list)
    for row in StageLimit.objects.all():
        dated = _Dated(row.as_limit(), row.valid_from, row.valid_to)
        found[row.stage].append(_StageRow(dated, row.source_kind, row.urgent, row.area_class))
    return {stage: tuple(rows) for stage, rows in found.items()}
