"""Reads of a round: whose components, how far the units are, what is disputed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.grid.models import Component, OwnershipDispute, OwnershipItem, OwnershipRound
from cityloop.org.actor import Actor
from cityloop.org.models import Unit
from cityloop.org.permissions import has_permission

# Whose a component is said to be: its owner; where none is known whoever keeps it, and at last whoever is in charge.
HOLDER = Coalesce("owner_id", "maintainer_id", "manager_id")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one unit is: lines and components confirmed and not, disputes open and decided. No unit: nobody's."""

    unit: Unit | None
    lines: int
    confirmed: int
    components: int
    components_confirmed: int
    open_disputes: int
    decided_disputes: int

    @property
    def share(self) -> int:
        """Confirmed components in whole per cent."""
        return 100 * self.components_confirmed // self.components if self.components else 100

    @property
    def is_done(self) -> bool:
        """Whether nothing waits for this unit."""
        return self.unit is None or self.lines == self.confirmed


def is_judge(by: Actor) -> bool:
    """Whether this actor opens rounds, decides disputes and sees everybody's progress."""
    return has_permission(by, "grid.approve")


def units_of(by: Actor) -> frozenset[int]:
    """The units for which this actor answers."""
    return frozenset(post.unit_id for post in by.posts_as("unit") if post.unit_id)


def find_open_round() -> OwnershipRound | None:
    """The round that runs, if one does."""
    return OwnershipRound.objects.filter(closed_at=None).first()


def get_round(round_id: int) -> OwnershipRound:
    """The round of that id; refused as `not_found`."""
    found = OwnershipRound.objects.filter(pk=round_id).first()
    if found is None:
        raise Refused("not_found", _("没有此确权批次"), {"round": round_id})
    return found


def visible_items(by: Actor) -> "QuerySet[OwnershipItem]":
    """The lines that this actor may see: a unit its own, whoever decides all."""
    rows = OwnershipItem.objects.select_related("round", "unit", "minor__major")
    return rows if is_judge(by) else rows.filter(unit__in=units_of(by))


def access_item(item_id: int, *, by: Actor) -> OwnershipItem:
    """A line that this actor may see; refused as `not_found`."""
    item = visible_items(by).filter(pk=item_id).first()
    if item is None:
        raise Refused("not_found", _("没有此确权清单，或您无权查看"), {"item": item_id})
    return item


def visible_disputes(by: Actor) -> "QuerySet[OwnershipDispute]":
    """The disputes that this actor may see: a unit those that it raised or in which it is named."""
    rows = OwnershipDispute.objects.select_related(
        "round", "component__minor", "component__cell", "unit", "named", "decided_unit"
    ).defer("component__geom", "component__cell__geom")
    if is_judge(by):
        return rows
    own = units_of(by)
    return rows.filter(Q(unit__in=own) | Q(named__in=own) | Q(decided_unit__in=own))


def access_dispute(dispute_id: int, *, by: Actor) -> OwnershipDispute:
    """A dispute that this actor may see; refused as `not_found`."""
    row = visible_disputes(by).filter(pk=dispute_id).first()
    if row is None:
        raise Refused("not_found", _("没有此争议，或您无权查看"), {"dispute": dispute_id})
    return row


def components_of(item: OwnershipItem) -> "QuerySet[Any]":
    """The components of a line as they stand now, with whether each is disputed."""
    open_disputes = OwnershipDispute.objects.filter(component=OuterRef("pk"), decided_at=None)
    rows = held(item.round.area_code).filter(holder=item.unit_id) if item.unit_id else nobodys(item.round.area_code)
    found: QuerySet[Any] = rows.filter(minor=item.minor_id).annotate(is_disputed=Exists(open_disputes))
    shown: QuerySet[Any] = found.select_related("cell", "owner", "maintainer", "manager")
    return shown.defer("geom", "cell__geom")


def held(area_code: str) -> "QuerySet[Any]":
    """Components in use below an area code, each with its `holder`."""
    used = Component.objects.filter(valid_to=None, code__startswith=area_code[:6])
    rows: QuerySet[Any] = used.annotate(holder=HOLDER)
    return rows.filter(cell__code__startswith=area_code) if len(area_code) > 6 else rows


def nobodys(area_code: str) -> "QuerySet[Any]":
    """Those of which nobody is said to be owner, keeper or in charge."""
    return held(area_code).filter(holder=None)


def progress_of(run: OwnershipRound) -> list[Progress]:
    """How far every unit is, in the order of the unit list; at the end what is nobody's."""
    lines = (
        run.items.order_by()
        .values("unit")
        .annotate(
            lines=Count("pk"),
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            components=Sum("count"),
            components_confirmed=Coalesce(Sum("count", filter=Q(confirmed_at__isnull=False)), 0),
        )
    )
    disputes = (
        run.disputes.order_by()
        .values("unit")
        .annotate(open=Count("pk", filter=Q(decided_at=None)), decided=Count("pk", filter=Q(decided_at__isnull=False)))
    )
    of_unit: dict[int, dict[str, Any]] = {row["unit"]: row for row in disputes}
    rows = {row.pop("unit"): row for row in lines}
    units = list(Unit.objects.filter(pk__in=[pk for pk in rows if pk]).order_by("position", "code"))
    none = {"open": 0, "decided": 0}
    found = [
        Progress(
            unit,
            **rows[unit.pk],
            open_disputes=of_unit.get(unit.pk, none)["open"],
            decided_disputes=of_unit.get(unit.pk, none)["decided"],
        )
        for unit in units
    ]
    if None in rows:
        found.append(Progress(None, **rows[None], open_disputes=0, decided_disputes=0))
    return found


def counts_by_line(area_code: str) -> Iterable[dict[str, Any]]:
    """How many components each unit holds of each category: `unit`, `kind`, `count`."""
    lines = held(area_code).order_by().values(unit=F("holder"), kind=F("minor_id"))
    yield from lines.annotate(count=Count("pk"))
