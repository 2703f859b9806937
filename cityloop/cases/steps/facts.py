"""What a step looks up in the rooms below, and how a case's columns are read, kept and put back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_lonlat, as_point, read_lonlat
from cityloop.cases.models import Case, CaseEvent, EventText, Jurisdiction
from cityloop.cases.steps.rows import DATABASE, Rows
from cityloop.codes import selectors as codes
from cityloop.codes.models import Source
from cityloop.grid.models import Component
from cityloop.grid.selectors import locate
from cityloop.org.models import Unit

PRIVATE: Final = frozenset({"description", "address"})
MOMENTS: Final = frozenset(
    {
        "running_since",
        "due_at",
        "original_due_at",
        "stage_began_at",
        "stage_due_at",
        "filed_at",
        "dispatched_at",
        "handled_at",
        "closed_at",
    }
)
# The columns that steps change. An event keeps the old value of each that it changed.
TRACKED: Final = (
    "description",
    "address",
    "urgent",
    "minor_id",
    "standard_id",
    "component_id",
    "point",
    "area_code",
    "area_class",
    "cell_id",
    "duty_grid_id",
    "supervising_id",
    "commanding_id",
    "unit_id",
    "limit_amount",
    "limit_unit",
    "running_since",
    "runs",
    "due_at",
    "original_due_at",
    "provisional",
    "calendar_id",
    "state",
    "phase",
    "outcome",
    "stage_began_at",
    "stage_due_at",
    "filed_at",
    "dispatched_at",
    "handled_at",
    "closed_at",
    "rework_count",
    "return_count",
    "verification",
    "check_result",
)


_tracked = attrgetter(*TRACKED)


def snapshot(case: Case) -> tuple[Any, ...]:
    """The tracked columns as they are now."""
    return tuple(_tracked(case))


def changes(before: tuple[Any, ...], after: tuple[Any, ...]) -> dict[str, Any]:
    """The old values of the columns that differ, as JSON carries them."""
    return {
        name: _plain(old)
        for name, old, new in zip(TRACKED, before, after, strict=True)
        # Most are the same object still; only the others are worth comparing.
        if old is not new and _plain(old) != _plain(new)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if hasattr(value, "geom_type"):
        place = as_lonlat(value)
        return list(place) if place else None
    return value


def restore(case: Case, event: CaseEvent) -> None:
    """Put old values back, as an event kept them: free text beside it, unless that has been erased."""
    text: EventText | None = getattr(event, "text", None)
    private = text.private.get("before", {}) if text else {}
    for name, value in {**event.before, **private}.items():
        if name not in TRACKED:
            continue
        if value is not None and name in MOMENTS:
            value = datetime.fromisoformat(value)
        elif value is not None and name == "limit_amount":
            value = Decimal(value)
        elif value is not None and name == "point":
            value = as_point(read_lonlat(value))
        setattr(case, name, value)


def moment(value: str | None) -> datetime | None:
    """A moment from an action's data."""
    return None if value is None else datetime.fromisoformat(value)


def minor_of(standard_id: int) -> int:
    """The minor category of a filing standard, retired ones included: a case keeps what it has."""
    return codes.get_standard(standard_id).minor_id


@lru_cache(maxsize=2)
def _sources(stamp: str) -> dict[int | str, Source]:
    """Every source by id and by code, as of that stamp of the codes."""
    return {key: row for row in Source.objects.all() for key in (row.pk, row.code)}


def source_of(source_id: int) -> Source:
    """The source of that id, without a statement while the codes stay the same."""
    return _sources(codes.snapshot().stamp).get(source_id) or Source.objects.get(pk=source_id)


def find_source(code: str) -> Source | None:
    """The source of that code."""
    return _sources(codes.snapshot().stamp).get(code) or Source.objects.filter(code=code).first()


def demand_offered(minor_id: int | None, standard_id: int | None) -> None:
    """Refuse as `invalid` a minor category or a filing standard that may not be chosen for a new problem."""
    known = codes.snapshot()
    minor = None if minor_id is None else known.minors.get(minor_id)
    if minor_id is not None and (minor is None or not minor.is_offered):
        raise Refused("invalid", _("没有这个小类, 或者已经停用"), {"fields": {"minor": "offered"}})
    standard = None if standard_id is None else known.standards.get(standard_id)
    if standard_id is not None and (standard is None or not standard.is_offered):
        raise Refused("invalid", _("没有这条立案条件, 或者已经停用"), {"fields": {"standard": "offered"}})


def demand_component(component_id: int) -> None:
    """Refuse as `invalid` a component that is not registered."""
    if not Component.objects.filter(pk=component_id).exists():
        raise Refused("invalid", _("没有这个部件"), {"fields": {"component": "registered"}})


def demand_below(unit_id: int, parent_id: int) -> None:
    """Refuse as `invalid` unless the unit stands below the other one."""
    paths = dict(Unit.objects.filter(pk__in=[unit_id, parent_id]).values_list("pk", "path"))
    if unit_id == parent_id or not paths[unit_id].startswith(paths[parent_id]):
        raise Refused("invalid", _("只能转派给本单位的下属单位"), {"fields": {"unit": "below"}})


def inspector_for(case: Case, now: datetime) -> int:
    """The inspector on duty at the case's place; refused as `not_yet` when nobody holds the duty grid."""
    place = as_lonlat(case.point)
    found = locate(place, now=now) if place else None
    if found is None or not found.inspectors:
        raise Refused("not_yet", _("这个位置没有当班的监督员, 请指定一名"), {"rule": "inspector"})
    return found.inspectors[0].person_id


def jurisdiction(area_code: str, rows: Rows = DATABASE) -> Jurisdiction:
    """The centres over an area: the row with the longest matching prefix."""
    row = rows.find_jurisdiction(area_code)
    if row is None:
        raise Refused("unavailable", _("还没有设定管辖这个位置的监督中心"), {"area_code": area_code})
    return row


def relocate(case: Case, place: list[float], now: datetime, rows: Rows = DATABASE) -> None:
    """Move the case to a place: its area, cell, duty grid and area class follow."""
    lonlat = read_lonlat(place)
    found = rows.locate(lonlat, now)
    case.point = as_point(lonlat)
    case.area_code = found.community_code or found.street_code or found.district_code or ""
    case.area_class = found.area_class or ""
    case.cell_id, case.duty_grid_id = found.cell_id, found.duty_grid_id


def move_inside_the_city(case: Case, place: list[float], now: datetime, rows: Rows = DATABASE) -> None:
    """Correct the place. Before filing the centres over the new place take over; afterwards it must be their own.

    Refused as `invalid` for a place outside the city, or under other centres once the case is filed.
    """
    relocate(case, place, now, rows)
    if not case.area_code:
        raise Refused("invalid", _("这个位置不在管理区域内"), {"fields": {"point": "area"}})
    over = jurisdiction(case.area_code, rows)
    same = (over.supervising_id, over.commanding_id) == (case.supervising_id, case.commanding_id)
    if not same and case.filed_at is not None:
        raise Refused("invalid", _("这个位置归其他中心管辖, 请退回受理后再移交"), {"fields": {"point": "jurisdiction"}})
    case.supervising_id, case.commanding_id = over.supervising_id, over.commanding_id


def recategorise(case: Case, data: Mapping[str, Any]) -> None:
    """Change minor and standard; a standard brings its minor, another minor drops the standard."""
    if data.get("standard"):
        if data.get("minor") not in {None, minor_of(data["standard"])}:
            raise Refused("invalid", _("立案条件不属于所选的小类"), {"fields": {"standard": "minor"}})
        case.standard_id = data["standard"]
        case.minor_id = minor_of(data["standard"])
    elif data.get("minor") and data["minor"] != case.minor_id:
        case.minor_id, case.standard_id = data["minor"], None
