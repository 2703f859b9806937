"""Reads of evaluation: which month a page shows first, the cases behind a number, stored reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_time
from cityloop.cases.models import Case
from cityloop.evaluation.models import Ending, Publication, UnitSpell
from cityloop.evaluation.report import UnitRow
from cityloop.evaluation.terms import Terms


def latest_month(now: datetime) -> str:
    """The month of the latest dispatch, as 2008-10; this month without any."""
    last = UnitSpell.objects.filter(received_at__lte=now).aggregate(last=Max("received_at"))["last"]
    return f"{city_time(last or now):%Y-%m}"


def get_publication(pk: int) -> Publication:
    """A stored report; refused as `not_found`."""
    found = Publication.objects.filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", _("没有这份月报"), {"publication": pk})
    return found


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case behind a number, as things stood as of the report's moment."""

    number: str
    kind: str
    major: str
    minor: str
    unit: str
    received_at: datetime | None
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    verdict: str


def case_lines(cases: Sequence[Case], terms: Terms, row: UnitRow | None) -> list[CaseLine]:
    """The lines of a drill-down: `row` narrows the dispatch that is shown to the row's own."""
    ids = [case.pk for case in cases]
    held = Q(case__in=ids, received_at__gte=terms.begin, received_at__lt=terms.end, received_at__lte=terms.as_of)
    spells = UnitSpell.objects.filter(held).select_related("unit").order_by("began_at")
    if row is not None:
        spells = spells.filter(
            Q(unit__in=row.unit_ids) | Q(unit=None) if 0 in row.unit_ids else Q(unit__in=row.unit_ids)
        )
    last = {spell.case_id: spell for spell in spells}
    ended = {
        one.case_id: one
        for one in Ending.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=terms.as_of), case__in=ids, began_at__lte=terms.as_of
        )
    }
    return [_line(case, last.get(case.pk), ended.get(case.pk), terms) for case in cases]


def _line(case: Case, spell: UnitSpell | None, ended: Ending | None, terms: Terms) -> CaseLine:
    minor = case.minor
    return CaseLine(
        number=case.number,
        kind=minor.kind if minor else "",
        major=minor.major.label if minor else "",
        minor=minor.label if minor else "",
        unit=spell.unit.label if spell and spell.unit else _("暂无责任单位"),
        received_at=spell.received_at if spell else None,
        due_at=ended.due_at if ended else case.due_at,
        handled_at=ended.handled_at if ended else None,
        closed_at=ended.began_at if ended else None,
        verdict=_verdict(spell, ended, terms),
    )


def _verdict(spell: UnitSpell | None, ended: Ending | None, terms: Terms) -> str:
    """One of on_time, late, open, moved."""
    if spell is not None and spell.ended_at is not None and spell.ended_at <= terms.as_of:
        return "moved"
    if ended is None:
        return "open"
    return "on_time" if (ended.on_time if terms.on_time == "disposal" else ended.in_time) else "late"
