"""Writing calendars and limits. Every action bumps the version and is journalled; rows are not changed, they end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.codes.models import SourceKind, Standard
from cityloop.journal.actions import record
from cityloop.limits import files, version
from cityloop.limits.clock import Calendar
from cityloop.limits.models import AreaClass, CalendarVersion, Limited, LimitRow, Stage, StageLimit
from cityloop.limits.publishing import Published, announce

# Seeds hold for every day that a replayed month or an import may ask for.
SEED_FROM: Final = date(2000, 1, 1)
_LOCK: Final = 20_0001  # advisory lock of this app: writers wait for each other


class Author(Protocol):
    """Who writes: an actor of `org`, of which this app knows only id and name."""

    @property
    def person_id(self) -> int | None:
        """Id of the person; None for the system."""

    @property
    def name(self) -> str:
        """The name as it is kept in the journal."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A limit to be stored: 15 `work_minute`, 4 `work_hour`."""

    amount: Decimal
    unit: str


@transaction.atomic
def publish_calendar(calendar: Calendar, *, name: str, by: Author, now: datetime) -> CalendarVersion:
    """Put a calendar into force and let every listener recompute what was provisional.

    The same calendar as the one in force is not published again: that one is returned.
    """
    _wait_for_writers()
    old = CalendarVersion.objects.filter(in_force=True).first()
    if old is not None and old.as_calendar() == calendar:
        return old
    CalendarVersion.objects.filter(in_force=True).update(in_force=False)
    last: int | None = CalendarVersion.objects.aggregate(last=Max("number"))["last"]
    made = CalendarVersion.objects.create(
        number=(last or 0) + 1,
        name=name,
        body=calendar.to_json(),
        known_until=calendar.known_until,
        in_force=True,
        published_at=now,
    )
    _changed("calendar_published", str(made), by=by, now=now, known_until=calendar.known_until.isoformat())
    announce(Published(made.pk, calendar, old.pk if old else None, now))
    return made


@transaction.atomic
def set_limit(
    standard: Standard, area_class: str, limit: Amount | None, *, on: date, by: Author, now: datetime
) -> LimitRow | None:
    """Let this be how long handling may take under a standard in areas of a class, from a day on; None for no limit.

    Cases filed before keep their limit. Refused as `invalid` for an amount, a unit or a class that does not exist.
    """
    _wait_for_writers()
    row = None if limit is None else LimitRow(standard=standard, area_class=area_class, valid_from=on)
    made = _replace(LimitRow.objects.filter(standard=standard, area_class=area_class), row, limit, on)
    _changed("limit_set", f"{standard.pk} {area_class}", by=by, now=now, **_said(limit, on))
    return made


@transaction.atomic
def set_stage_limit(
    stage: str,
    limit: Amount | None,
    *,
    on: date,
    by: Author,
    now: datetime,
    source_kind: str = "",
    urgent: bool | None = None,
    area_class: str = "",
) -> StageLimit | None:
    """Let this be how long a step may take from a day on, under the given conditions; None for no limit.

    Refused as `invalid` for a stage, a condition, an amount or a unit that does not exist.
    """
    _wait_for_writers()
    where: Mapping[str, Any] = {
        "stage": stage,
        "source_kind": source_kind,
        "urgent": urgent,
        "area_class": area_class,
    }
    row = None if limit is None else StageLimit(**where, valid_from=on)
    made = _replace(StageLimit.objects.filter(**where), row, limit, on)
    _changed("stage_limit_set", stage, by=by, now=now, **_said(limit, on))
    return made


@transaction.atomic
def add_missing_limits(
    limits: Mapping[tuple[int, str], Amount], *, by: Author, now: datetime, on: date = SEED_FROM
) -> int:
    """Give limits to those pairs of (standard id, area class) that never had one; returns how many were missing.

    For handbooks: the standards' dates say when they apply, so the limits hold from `on`.
    """
    _wait_for_writers()
    there = set(LimitRow.objects.values_list("standard_id", "area_class"))
    rows = [
        LimitRow(standard_id=standard_id, area_class=area_class, amount=limit.amount, unit=limit.unit, valid_from=on)
        for (standard_id, area_class), limit in limits.items()
        if (standard_id, area_class) not in there
    ]
    for row in rows:
        _check(row)
    LimitRow.objects.bulk_create(rows)
    if rows:
        _changed("limits_added", "", by=by, now=now, rows=len(rows))
    return len(rows)


@transaction.atomic
def load_defaults(*, by: Author, now: datetime) -> int:
    """Publish the shipped calendar if there is none, and give shipped limits to stages that never had one.

    Returns how many rows were missing. Nothing that a city has changed is touched.
    """
    _wait_for_writers()
    added = 0
    if not CalendarVersion.objects.filter(in_force=True).exists():
        shipped = files.default_calendar(zone=settings.TIME_ZONE)
        publish_calendar(shipped.calendar, name=shipped.name, by=by, now=now)
        added += 1
    stages = set(StageLimit.objects.values_list("stage", flat=True))
    rows = [_seed(row) for row in files.default_stage_limits() if row["stage"] not in stages]
    for row in rows:
        _check(row)
    StageLimit.objects.bulk_create(rows)
    if rows:
        _changed("stage_limits_loaded", "", by=by, now=now, rows=len(rows))
    return added + len(rows)


def _seed(row: Mapping[str, Any]) -> StageLimit:
    return StageLimit(
        stage=row["stage"],
        urgent=row.get("urgent"),
        amount=Decimal(str(row["amount"])),
        unit=row["unit"],
        valid_from=SEED_FROM,
    )


Row = TypeVar("Row", LimitRow, StageLimit)


def _replace(same: "QuerySet[Row]", row: Row | None, limit: Amount | None, on: date) -> Row | None:
    """End the open row on that day and open the new one."""
    if row is not None and limit is not None:
        row.amount, row.unit = limit.amount, limit.unit
        _check(row)
    for old in same.filter(valid_to__isnull=True):
        same.filter(pk=old.pk).update(valid_to=max(on, old.valid_from))
    if row is not None:
        row.save()
    return row


def _check(row: Limited) -> None:
    """Refuse what the columns cannot mean."""
    choices: list[tuple[str, str, Iterable[str]]] = [("unit", row.unit, dict(row._meta.get_field("unit").flatchoices))]
    if isinstance(row, StageLimit):
        choices += [
            ("stage", row.stage, Stage.values),
            ("source_kind", row.source_kind, ["", *SourceKind.values]),
            ("area_class", row.area_class, ["", *AreaClass.values]),
        ]
    if isinstance(row, LimitRow):
        choices.append(("area_class", row.area_class, AreaClass.values))
    for field, value, known in choices:
        if value not in known:
            raise _invalid(field, _("没有这个取值：%(value)s") % {"value": value})
    try:
        row.as_limit()
    except (ValueError, ArithmeticError) as error:
        raise _invalid("amount", _("时限应为正数")) from error


def _invalid(field: str, message: str) -> Refused:
    return Refused("invalid", message, {"rule": "limit", "fields": {field: message}})


def _said(limit: Amount | None, on: date) -> dict[str, Any]:
    """The limit as the journal keeps it."""
    said = {"on": on.isoformat()}
    return said if limit is None else {**said, "amount": str(limit.amount), "unit": limit.unit}


def _changed(what: str, subject: str, *, by: Author, now: datetime, **details: Any) -> None:
    version.bump()
    record(f"limits.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=details)


def _wait_for_writers() -> None:
    """Let writers of this app take turns, so that a calendar replaces the one it saw."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
