"""The writes of a round: open, confirm, dispute, decide, fill, remind, close."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.telling import tell
from cityloop.base.time import city_date
from cityloop.grid.actions.editing import Edit, change
from cityloop.grid.models import Component, DisputeReason, OwnershipDispute, OwnershipItem, OwnershipRound, Verb
from cityloop.grid.ownership.selectors import (
    components_of,
    counts_by_line,
    find_open_round,
    held,
    is_judge,
    units_of,
)
from cityloop.grid.recording import Happened, write_history
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.models import Unit
from cityloop.org.permissions import demand

BATCH = 1000
FILLED = ("owner", "maintainer")


@transaction.atomic
def open_round(name: str, *, by: Actor, now: datetime, due_on: date, area_code: str = "") -> OwnershipRound:
    """Draw up every unit's list and tell the units. Refused while another round runs, or where there is nothing."""
    demand(by, "grid.approve")
    wrong = _wrong_round(name.strip(), due_on, city_date(now))
    if wrong:
        raise Refused("invalid", "；".join(wrong.values()), {"fields": wrong})
    if find_open_round() is not None:
        raise Refused("not_here", _("上一批次还没有结束"), {"rule": "one_round"})
    lines = list(counts_by_line(area_code))
    if not lines:
        raise Refused("invalid", _("该区域没有登记部件"), {"fields": {"area": "empty"}})
    run = OwnershipRound.objects.create(
        name=name.strip(), area_code=area_code, due_on=due_on, opened_at=now, opened_by_name=by.name
    )
    OwnershipItem.objects.bulk_create(
        [OwnershipItem(round=run, unit_id=row["unit"], minor_id=row["kind"], count=row["count"]) for row in lines],
        BATCH,
    )
    note("ownership_opened", run.name, by=by, now=now, rows=sum(row["count"] for row in lines))
    _tell({row["unit"] for row in lines if row["unit"]}, "grid.ownership_opened", run, now)
    return run


def _wrong_round(name: str, due_on: date, today: date) -> dict[str, str]:
    wrong = {}
    if not 0 < len(name) <= 60:
        wrong["name"] = _("请给批次一个名称，最多 60 个字")
    if due_on < today:
        wrong["due_on"] = _("截止日期不能早于今天")
    return wrong


@transaction.atomic
def confirm(item: OwnershipItem, *, by: Actor, now: datetime) -> None:
    """The unit takes all components of this line for its own, but those that it disputes. Twice is once."""
    _demand_open(item.round)
    _demand_own(item.unit_id, by)
    found = OwnershipItem.objects.select_for_update().get(pk=item.pk)
    if found.confirmed_at is not None:
        return
    found.count = components_of(item).filter(is_disputed=False).count()
    found.confirmed_at, found.confirmed_by_id, found.confirmed_by_name = now, by.person_id, by.name
    found.save(update_fields=["count", "confirmed_at", "confirmed_by_id", "confirmed_by_name"])
    note("ownership_confirmed", item.minor.code, by=by, now=now, rows=found.count)


@transaction.atomic
def dispute(
    run: OwnershipRound, code: str, *, by: Actor, now: datetime, reason: str, text: str, named: Unit | None = None
) -> OwnershipDispute:
    """Say that a component is not one's own, and why; whoever decides is shown it, the unit named is told."""
    _demand_open(run)
    component = held(run.area_code).filter(code=code, holder__in=units_of(by)).first()
    if component is None:
        raise Refused("not_found", _("本单位清单里没有此部件"), {"component": code})
    wrong = {}
    if reason not in DisputeReason.values:
        wrong["reason"] = _("请选择理由")
    if not 0 < len(text.strip()) <= 500:
        wrong["text"] = _("请写明情况，最多 500 字")
    if named is not None and named.pk == component.holder:
        wrong["named"] = _("不能填本单位")
    if wrong:
        raise Refused("invalid", "；".join(wrong.values()), {"fields": wrong})
    try:
        with transaction.atomic():
            row = OwnershipDispute.objects.create(
                round=run,
                component=component,
                unit_id=component.holder,
                named=named,
                reason=reason,
                text=text.strip(),
                opened_at=now,
                opened_by_name=by.name,
            )
    except IntegrityError:
        raise Refused("not_here", _("此部件已有一项未裁定的争议"), {"rule": "one_dispute"}) from None
    note("ownership_disputed", code, by=by, now=now, reason=reason)
    if named is not None:
        _tell({named.pk}, "grid.ownership_named", run, now)
    return row


@transaction.atomic
def withdraw(row: OwnershipDispute, *, by: Actor, now: datetime) -> None:
    """Take a dispute back while it is not decided."""
    _demand_own(row.unit_id, by)
    gone, _rows = OwnershipDispute.objects.filter(pk=row.pk, decided_at=None).delete()
    if not gone:
        raise Refused("not_here", _("争议已经裁定"), {"rule": "decided"})
    note("ownership_withdrawn", row.component.code, by=by, now=now)


@transaction.atomic
def decide(row: OwnershipDispute, *, by: Actor, now: datetime, unit: Unit, basis: str) -> None:
    """Say whose the component is, on what ground. The component's owner follows; the units are told.

    A unit that gets it finds it on its list again, not yet confirmed.
    """
    demand(by, "grid.approve")
    if not 0 < len(basis.strip()) <= 500:
        message = _("请写明裁定依据，最多 500 字")
        raise Refused("invalid", message, {"fields": {"basis": message}})
    found = OwnershipDispute.objects.select_for_update().filter(pk=row.pk, decided_at=None).first()
    if found is None:
        raise Refused("not_here", _("争议已经裁定"), {"rule": "decided"})
    found.decided_at, found.decided_by_name, found.decided_unit, found.basis = now, by.name, unit, basis.strip()
    found.save(update_fields=["decided_at", "decided_by_name", "decided_unit", "basis"])
    component = row.component
    if component.owner_id != unit.pk:
        edit = Edit(reason=basis.strip()[:200])
        change("component", component.code, by=by, now=now, values={"owner": unit.code}, edit=edit)
    _recount(row.round, {row.unit_id, unit.pk}, component.minor_id)
    if unit.pk != row.unit_id:
        OwnershipItem.objects.filter(round=row.round, unit=unit, minor=component.minor_id).update(
            confirmed_at=None, confirmed_by_id=None, confirmed_by_name=""
        )
    note("ownership_decided", component.code, by=by, now=now, unit=unit.code)
    _tell({row.unit_id, unit.pk}, "grid.ownership_decided", row.round, now)


def _recount(run: OwnershipRound, units: Iterable[int], minor_id: int) -> None:
    """The lines of these units say again how many components they hold."""
    for unit_id in units:
        count = held(run.area_code).filter(holder=unit_id, minor=minor_id).count()
        OwnershipItem.objects.update_or_create(round=run, unit_id=unit_id, minor_id=minor_id, defaults={"count": count})


@transaction.atomic
def fill(item: OwnershipItem, *, by: Actor, now: datetime, field: str, unit: Unit) -> int:
    """Give the components of a line that lack an owner or a keeper this one; how many there were."""
    _demand_open(item.round)
    if not is_judge(by):
        _demand_own(item.unit_id, by)
    if field not in FILLED:
        raise Refused("invalid", _("只能填写权属单位或养护单位"), {"fields": {"field": field[:20]}})
    rows = list(Component.objects.filter(pk__in=components_of(item).values("pk"), **{field: None}).defer("geom"))
    history = [Happened("component", row.code, Verb.CHANGED, {field: None}, {field: unit.code}) for row in rows]
    for row in rows:
        setattr(row, field, unit)
        row.changed_on = city_date(now)
    Component.objects.bulk_update(rows, [field, "changed_on"], BATCH)
    write_history(history, by=by, now=now, reason=_("确权补充"))
    if rows:
        note("ownership_filled", item.minor.code, by=by, now=now, rows=len(rows), unit=unit.code)
    if item.unit_id is None:
        _recount_nobodys(item, unit)
    return len(rows)


def _recount_nobodys(item: OwnershipItem, unit: Unit) -> None:
    """What was nobody's has gone to a unit's list."""
    _recount(item.round, {unit.pk}, item.minor_id)
    OwnershipItem.objects.filter(pk=item.pk).update(count=components_of(item).count())


def remind(run: OwnershipRound, *, by: Actor, now: datetime) -> int:
    """Tell every unit that has lines to confirm; how many were told."""
    demand(by, "grid.approve")
    _demand_open(run)
    waiting = set(run.items.filter(confirmed_at=None, unit__isnull=False).values_list("unit_id", flat=True))
    _tell(waiting, "grid.ownership_reminded", run, now)
    note("ownership_reminded", run.name, by=by, now=now, rows=len(waiting))
    return len(waiting)


@transaction.atomic
def close_round(run: OwnershipRound, *, by: Actor, now: datetime) -> None:
    """End the round: what is not confirmed stays so in its record, open disputes can still be decided."""
    demand(by, "grid.approve")
    _demand_open(run)
    OwnershipRound.objects.filter(pk=run.pk).update(closed_at=now)
    note("ownership_closed", run.name, by=by, now=now)


def _demand_open(run: OwnershipRound) -> None:
    if not run.is_open:
        raise Refused("not_here", _("本批次已经结束"), {"rule": "closed"})


def _demand_own(unit_id: int | None, by: Actor) -> None:
    if unit_id not in units_of(by):
        raise Refused("not_yours", _("只有本单位可以确认或争议"), {"rule": "own_unit"})


def _tell(units: set[int], key: str, run: OwnershipRound, now: datetime) -> None:
    words = {"name": run.name, "due": f"{run.due_on:%Y-%m-%d}"}
    tell(key, words, units=sorted(units), url=reverse("grid:ownership"), now=now)
