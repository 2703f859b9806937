"""Who should handle a case, and what a unit has to do: reads over duties, components and what was handled before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from cityloop.base.time import city_date
from cityloop.cases.models import Case, Task
from cityloop.cases.shown.present import ClockView, task_view
from cityloop.codes import selectors as codes
from cityloop.dispatch.models import PLACE, Duty
from cityloop.limits.lamp import Lamp
from cityloop.org.models import Handler, Unit
from cityloop.org.selectors import active_between

LOOK_BACK: Final = timedelta(days=365)
MOST_RECOMMENDED: Final = 5
MOST_TASKS: Final = 200
STREET, DISTRICT = 9, 6  # digits of an area code


class DutyRow(NamedTuple):
    """A duty in force with its category in words."""

    duty: Duty
    name: str


def list_duties(today: date) -> list[DutyRow]:
    """Every duty in force, by edition and category."""
    rows = Duty.objects.filter(active_between(today, "valid_from", "valid_to")).select_related("edition")
    snapshot = codes.snapshot()
    majors = {(row.edition_id, row.kind, row.code): row.label for row in snapshot.majors.values()}
    found = []
    for duty in rows.order_by("-edition__year", "kind", "code", "pk"):
        key = (duty.edition_id, duty.kind, duty.code)
        minor = snapshot.minors_by_code.get(key)
        found.append(DutyRow(duty, minor.label if minor else majors.get(key, "")))
    return found


class Load(NamedTuple):
    """What a unit has open now."""

    open: int = 0
    late: int = 0


NOTHING: Final = Load()


@dataclass
class Recommendation:
    """A unit that may be responsible, why, what it has open, and its share of the same cases nearby in a year."""

    unit: Unit
    why: list[str] = field(default_factory=list)
    load: Load = NOTHING
    past_count: int = 0
    past_share: float = 0.0
    returned: bool = False  # it has handed this very case back


def recommend(case: Case, now: datetime) -> list[Recommendation]:
    """Units for a case, best first: by duty of the category, by the component's owners, by what was done before.

    A unit that has handed this case back stands last.
    """
    if case.minor_id is None:
        return []
    today = city_date(now)
    past = past_units(case, now)
    reasons: dict[int, list[str]] = {}
    for unit_id, why in (*component_units(case), *duty_units(case, today), *_past_reasons(past)):
        words = reasons.setdefault(unit_id, [])
        if why not in words:
            words.append(why)
    usable = Unit.objects.filter(active_between(today, "active_from", "active_to"), pk__in=reasons).in_bulk()
    load, returned = load_of(usable, now), _returned_by(case)
    total = sum(past.values())
    found = [
        Recommendation(
            usable[pk],
            why,
            load.get(pk, NOTHING),
            past.get(pk, 0),
            past.get(pk, 0) / total if total else 0,
            pk in returned,
        )
        for pk, why in reasons.items()
        if pk in usable
    ]
    return sorted(found, key=lambda one: one.returned)[:MOST_RECOMMENDED]


def duty_units(case: Case, today: date) -> list[tuple[int, str]]:
    """The units whose duty the category is: the minor's own, else its major's; patterns resolved by the place."""
    assert case.minor_id is not None
    minor = codes.get_minor(case.minor_id)
    rows = Duty.objects.filter(
        active_between(today, "valid_from", "valid_to"),
        edition_id=minor.edition_id,
        kind=minor.kind,
        code__in=[minor.code, minor.code[:2]],
    )
    found = list(rows.order_by("pk"))
    chosen = [duty for duty in found if duty.code == minor.code] or found
    wanted = [code for duty in chosen for code in codes_at(duty.unit_code, case.area_code)]
    units = dict(Unit.objects.filter(code__in=wanted).values_list("code", "pk"))
    by_minor = any(duty.code == minor.code for duty in chosen)
    why = _("职责：%(category)s") % {"category": minor.label} if by_minor else _("职责：本大类")
    return [(units[code], why) for code in wanted if code in units]


def codes_at(pattern: str, area_code: str) -> list[str]:
    """The unit codes that a duty means at a place: of the 街道 first, then of the district."""
    if PLACE not in pattern:
        return [pattern]
    places = [area_code[:length] for length in (STREET, DISTRICT) if len(area_code) >= length]
    return [pattern.replace(PLACE, place) for place in places]


def component_units(case: Case) -> list[tuple[int, str]]:
    """Who maintains, manages and owns the case's component."""
    component = case.component
    if component is None:
        return []
    rows = (
        (component.maintainer_id, _("部件养护单位")),
        (component.manager_id, _("部件主管部门")),
        (component.owner_id, _("部件权属单位")),
    )
    return [(unit_id, why) for unit_id, why in rows if unit_id is not None]


def past_units(case: Case, now: datetime) -> Mapping[int, int]:
    """How many cases of the same category in the same 街道 each unit has handled to the end within a year."""
    area = case.area_code[:STREET]
    if not area or case.minor_id is None:
        return {}
    rows = Case.objects.filter(
        area_code__startswith=area,
        minor_id=case.minor_id,
        created_at__gte=now - LOOK_BACK,
        handled_at__isnull=False,
        unit__isnull=False,
    ).exclude(pk=case.pk)
    counted = rows.order_by().values_list("unit_id").annotate(count=Count("pk"))
    return dict(sorted(counted, key=lambda row: -row[1]))


def _past_reasons(past: Mapping[int, int]) -> list[tuple[int, str]]:
    total = sum(past.values())
    words = _("近一年本街道同类 %(count)d/%(total)d 件")
    return [(pk, words % {"count": count, "total": total}) for pk, count in past.items()]


def _returned_by(case: Case) -> set[int]:
    rows = case.requests.filter(kind="return", state="granted", unit__isnull=False)
    return {pk for pk in rows.values_list("unit_id", flat=True) if pk is not None}


def load_of(unit_ids: Iterable[int], now: datetime) -> dict[int, Load]:
    """How many open tasks of handling each unit has, and how many of them are past their deadline."""
    ids = list(unit_ids)
    if not ids:
        return {}
    late = Q(case__due_at__lt=now, case__running_since__isnull=False)
    rows = (
        Task.objects.filter(ended=False, kind="handle", unit_id__in=ids)
        .order_by()
        .values_list("unit_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=late))
    )
    return {unit_id: Load(count, late_count) for unit_id, count, late_count in rows if unit_id is not None}


@dataclass(frozen=True, slots=True)
class UnitTask:
    """An open task as the unit's page shows it."""

    task: Task
    clock: ClockView

    @property
    def is_rework(self) -> bool:
        """Whether the unit does it again."""
        return self.task.round > 1


@dataclass(frozen=True, slots=True)
class UnitDesk:
    """What a unit has to do now: counts by what waits, and the most urgent tasks."""

    unit: Unit
    tasks: tuple[UnitTask, ...]
    handlers: tuple[str, ...]
    more: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """待签收, 处置中, 即将超期, 超期, 返工."""
        return {
            "to_acknowledge": sum(row.task.state == "assigned" for row in self.tasks),
            "handling": sum(row.task.state != "assigned" for row in self.tasks),
            "soon": sum(row.clock.lamp is Lamp.SOON for row in self.tasks),
            "late": sum(row.clock.lamp is Lamp.LATE for row in self.tasks),
            "rework": sum(row.is_rework for row in self.tasks),
        }


def unit_desk(unit_id: int, now: datetime) -> UnitDesk:
    """A unit's open tasks, most urgent first, with its named handlers. Beyond `MOST_TASKS` only their number."""
    unit = Unit.objects.get(pk=unit_id)
    rows = Task.objects.filter(ended=False, kind="handle", unit_id=unit_id)
    rows = rows.select_related("case__source", "case__minor")
    found = list(rows.order_by(F("case__due_at").asc(nulls_last=True), "pk")[: MOST_TASKS + 1])
    more = rows.count() - MOST_TASKS if len(found) > MOST_TASKS else 0
    tasks = tuple(UnitTask(task, task_view(task, task.case, now)) for task in found[:MOST_TASKS])
    handlers = Handler.objects.filter(
        is_active=True, unit_account__is_active=True, unit_account__posts__unit_id=unit_id
    ).order_by("name")
    return UnitDesk(unit, tasks, tuple(handlers.values_list("name", flat=True).distinct()), more)
