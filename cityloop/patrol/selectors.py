"""What the phone pages read: an inspector's own tasks and reports, and what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_lonlat, metres_between
from cityloop.base.secrets import mask_text
from cityloop.cases.models import Case, CaseEvent, CaseEvidence, Report, Task
from cityloop.codes import selectors as codes
from cityloop.codes.catalogue import EntryNode, MinorNode, StandardNode
from cityloop.grid.models import Component
from cityloop.org.actor import Actor

TASK_KINDS: Final = ("verify", "check")
LOOKED_BACK: Final = 60  # own reports in which recent categories are looked for

# Steps of a case that are an answer to whoever reported it.
ANSWERS: Final = (
    "reject",
    "close",
    "close_special",
    "accept_self_handled",
    "refuse_self_handled",
    "merge",
    "void_granted",
    "rebounded",
)


def _id(actor: Actor) -> int:
    """The id by which rows are somebody's own; nobody's for the system."""
    return actor.person_id or 0


def open_tasks(actor: Actor) -> QuerySet[Task]:
    """The actor's open tasks of verifying and checking, most urgent first, with what a list shows."""
    rows = Task.objects.filter(person_id=_id(actor), kind__in=TASK_KINDS, ended=False)
    return rows.select_related("case__source", "case__minor").order_by(F("due_at").asc(nulls_last=True), "pk")


def nearest_first(tasks: Iterable[Task], here: LonLat) -> list[tuple[Task, float | None]]:
    """Tasks with their distance in metres, nearest first; those without a place come last."""
    found = [(task, distance_of(task.case, here)) for task in tasks]
    return sorted(found, key=lambda row: (row[1] is None, row[1] or 0.0, row[0].pk))


def distance_of(case: Case, here: LonLat) -> float | None:
    """Metres from here to the case, None if it has no place."""
    place = as_lonlat(case.point)
    return None if place is None else metres_between(here, place)


def access_own_task(task_id: int, *, by: Actor) -> Task:
    """A task of verifying or checking that is the actor's; refused as `not_found` otherwise."""
    task = _with_everything(Task.objects.filter(pk=task_id, person_id=_id(by), kind__in=TASK_KINDS)).first()
    if task is None:
        raise Refused("not_found", _("没有这个任务, 或您无权查看"))
    return task


def find_former_task(task_id: int, *, by: Actor) -> Task | None:
    """A task that has passed to somebody else, of a case in which the actor has had a part."""
    seen = Case.objects.visible_to(by).values("pk")
    return _with_everything(Task.objects.filter(pk=task_id, kind__in=TASK_KINDS, case__in=seen)).first()


def _with_everything(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related("case__source", "case__minor", "case__standard", "case__cell", "case__duty_grid")


def own_reports(actor: Actor) -> QuerySet[Report]:
    """What the actor has reported, with the case that holds it now."""
    return Report.objects.filter(person_id=_id(actor)).select_related("case__source", "case__minor")


def photos_of(case: Case) -> list[CaseEvidence]:
    """The uploads of a case, oldest first."""
    return list(case.evidence.select_related("evidence").order_by("seq", "pk"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the centre answered to a report: the step, the reason from its list, and the words."""

    do: str
    reason: str
    note: str


def answers_of(cases: Sequence[Case]) -> dict[int, Answer]:
    """The last answer of each case, by its id; one statement. Refused and closed reports tell why."""
    if not cases:
        return {}
    rows = CaseEvent.objects.filter(case__in=[case.pk for case in cases], do__in=ANSWERS, subject="case")
    found: dict[int, Answer] = {}
    for event in rows.select_related("text").order_by("case_id", "seq"):
        entry = codes.find_entry("reject_reasons", str(event.data.get("reason", "")))
        text = getattr(event, "text", None)
        found[event.case_id] = Answer(event.do, entry.label if entry else "", mask_text(text.note) if text else "")
    standing = {case.pk for case in cases if case.is_ended or found.get(case.pk, _NONE).do == "refuse_self_handled"}
    return {pk: answer for pk, answer in found.items() if pk in standing}


_NONE: Final = Answer("", "", "")


def phrases(dictionary: str, on: date, *, begin: str = "") -> list[EntryNode]:
    """The phrases of a list whose codes begin so; none where the city has not got that list."""
    try:
        return [entry for entry in codes.entries(dictionary, on) if entry.code.startswith(begin)]
    except Refused:
        return []


def find_component(code: str) -> Component | None:
    """The component of that code (16 digits), or None."""
    return Component.objects.filter(code=code).first() if code else None


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that has been chosen: a minor, and its filing condition if one fits."""

    minor: MinorNode
    standard: StandardNode | None

    @property
    def label(self) -> str:
        """暴露垃圾 · 果皮箱满溢."""
        return f"{self.minor.label} · {self.standard.condition}" if self.standard else self.minor.label


def find_choice(on: date, *, standard_id: int | None, minor_id: int | None) -> Choice | None:
    """The category of these ids if it is offered on that day under the edition in force, else None."""
    data = codes.snapshot()
    standard = data.standards.get(standard_id) if standard_id else None
    if standard is not None and not codes.is_offered_standard(standard.id, on):
        standard = None
    minor = data.minors.get(standard.minor_id if standard else minor_id or 0)
    edition = codes.default_edition()
    if minor is None or minor.edition_id != edition.id or not (minor.is_offered and minor.is_in_force(on)):
        return None
    return Choice(minor, standard)


def recent_choices(actor: Actor, on: date, *, most: int = 6) -> list[Choice]:
    """The categories that the actor used last, newest first."""
    rows = own_reports(actor).order_by("-created_at").values_list("case__standard_id", "case__minor_id")
    pairs = dict.fromkeys(rows[:LOOKED_BACK])
    found = (find_choice(on, standard_id=standard, minor_id=minor) for standard, minor in pairs)
    return [choice for choice in found if choice is not None][:most]
