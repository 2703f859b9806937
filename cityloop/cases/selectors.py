"""The reads worth naming: one case with everything, search, lists by page."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, box_around, distance_to, metres
from cityloop.base.pages import PAGE_SIZE, Page, cut, get_page
from cityloop.base.time import city_midnight
from cityloop.cases.models import Case, CaseEvent, CaseEvidence, CaseLink, Participant, Report, Request, Task
from cityloop.cases.policy import OF_CALLERS, OF_HANDLING, Sight, is_blind, sight
from cityloop.cases.visibility import own_parts
from cityloop.evidence.models import Evidence
from cityloop.grid.models import Cell
from cityloop.org.actor import Actor

SUFFIX_LEAST = 4
MANY_DIGITS = re.compile(r"\d{4}")
NEWEST = ("-created_at", "-pk")
NEWEST_PARTS = ("-created_at", "-case_id")  # the same of participants
MOST_PARTS = 40  # persons and units of one actor that are asked for one by one
SIMILAR_METRES = 50.0
SIMILAR_HOURS = 24


def visible(by: Actor) -> QuerySet[Case]:
    """The cases that the actor may see, with what every list shows."""
    rows: QuerySet[Case] = Case.objects.visible_to(by)
    return rows.select_related("claim")


def get_newest(
    by: Actor, rows: QuerySet[Case], *, after: str = "", before: str = "", size: int = PAGE_SIZE, narrowed: bool
) -> Page[Case]:
    """A page of visible cases, newest first; `narrowed` says whether more than visibility chooses them.

    Whoever sees cases by his part in them has thousands that are not next to each other among all: unless narrowed,
    the page is taken from the newest of each of his parts, which an index knows.
    """
    parts = None if narrowed else own_parts(by)
    if parts is not None and len(parts) <= MOST_PARTS:
        near = [
            cut(Participant.objects.filter(part), order=NEWEST_PARTS, after=after, before=before, size=size)
            for part in parts
        ]
        first, *others = [part.values("case_id") for part in near]
        # What his parts are is what he sees: asking for both would read all his participations again.
        ids = first.union(*others, all=True) if others else first
        rows = Case.objects.filter(pk__in=ids).select_related("claim", "unit")
    return get_page(rows, order=NEWEST, after=after, before=before, size=size)


def access_case(number: str, *, by: Actor) -> Case:
    """A case that the actor may see, with everything its page shows; refused as `not_found` otherwise."""
    rows = visible(by).select_related("source", "standard", "unit", "cell", "duty_grid")
    case = rows.defer("cell__geom", "duty_grid__geom").filter(number=number).first()
    if case is None:
        raise Refused("not_found", _("没有这个案件, 或您无权查看"))
    return case


def access_task(task_id: int, *, by: Actor) -> Task:
    """A task of a case that the actor may see."""
    task = Task.objects.select_related("case", "case__source").filter(pk=task_id).first()
    if task is None or not Case.objects.visible_to(by).filter(pk=task.case_id).exists():
        raise Refused("not_found", _("没有这个任务, 或您无权查看"))
    return task


def access_request(request_id: int, *, by: Actor) -> Request:
    """A request of a case that the actor may see."""
    row = Request.objects.select_related("case", "case__source").filter(pk=request_id).first()
    if row is None or not Case.objects.visible_to(by).filter(pk=row.case_id).exists():
        raise Refused("not_found", _("没有这个申请, 或您无权查看"))
    return row


def access_evidence(number: str, uuid: UUID, *, by: Actor) -> Evidence:
    """An upload linked to a case that the actor may see: the guarded download."""
    seen = Case.objects.visible_to(by).filter(number=number).values("pk")
    link = CaseEvidence.objects.filter(case__in=seen, evidence=uuid).select_related("evidence", "case").first()
    if link is None or (
        link.purpose in OF_HANDLING | OF_CALLERS and not sight_of(link.case, by=by).shows(link.purpose)
    ):
        raise Refused("not_found", _("没有这份材料, 或您无权查看"))
    return link.evidence


def _checks(case_id: int, by: Actor) -> QuerySet[Task]:
    return Task.objects.filter(case=case_id, kind="check", person=by.person_id, ended=False)


def sight_of(
    case: Case, *, by: Actor, tasks: Iterable[Task] | None = None, reports: Iterable[Report] | None = None
) -> Sight:
    """What the actor may read of a case; its tasks and reports with their contacts, if known, save statements."""
    if reports is None:
        sealed = case.reports.filter(contact__confidential=True).exists()
    else:
        sealed = any(row.contact is not None and row.contact.confidential for row in reports)
    return sight(by, case, sealed=sealed, blind=is_blind(by, _checks(case.pk, by) if tasks is None else tasks))


def by_tail(rows: QuerySet[Case], digits: str) -> QuerySet[Case]:
    """Cases whose number ends so: people quote the last four to six digits."""
    return rows.alias(tail=Func(F("number"), function="reverse")).filter(tail__startswith=digits[::-1])


def search(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases by the end of their number, or by words of address and description."""
    for word in text.split():
        rows = _with_word(rows, word)
    return rows


def _with_word(rows: QuerySet[Case], word: str) -> QuerySet[Case]:
    """Digits are the end of a number; a description is never asked for them, for it may hold a masked telephone."""
    if word.isdecimal() and len(word) >= SUFFIX_LEAST:
        return by_tail(rows, word)
    found = Q(address__icontains=word)
    return rows.filter(found if MANY_DIGITS.search(word) else found | Q(description__icontains=word))


def filtered(
    rows: QuerySet[Case],
    *,
    now: datetime,
    equal: Mapping[str, object],
    area: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    overdue: bool | None = None,
) -> QuerySet[Case]:
    """Cases by columns that equal a value (empty ones do not count), area prefix and time of report."""
    rows = rows.filter(**{name: value for name, value in equal.items() if value not in ("", None)})
    if area:
        rows = rows.filter(area_code__startswith=area)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    if overdue is not None:
        late = Q(running_since__isnull=False, due_at__lt=now)
        rows = rows.filter(late if overdue else ~late)
    return rows


def history(case: Case) -> list[CaseEvent]:
    """The events of a case with their texts, oldest first."""
    return list(case.events.select_related("text").order_by("seq"))


def with_tasks(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with their open tasks, for lists that show who has them."""
    tasks = Task.objects.filter(ended=False).select_related("unit", "person")
    return rows.prefetch_related(Prefetch("tasks", tasks, to_attr="open_tasks"))


def subjects_of(case: Case) -> tuple[list[Task], list[Request]]:
    """All tasks and requests of a case, oldest first, with the case set."""
    tasks = list(case.tasks.select_related("unit", "person").order_by("pk"))
    requests = list(case.requests.select_related("unit", "person").order_by("pk"))
    rows: Iterable[Any] = (*tasks, *requests)
    for row in rows:
        row.case = case
    return tasks, requests


def reports_of(case: Case) -> list[Report]:
    """The reports that a case holds, oldest first."""
    return list(case.reports.select_related("person", "contact").order_by("pk"))


def links_of(case: Case) -> list[dict[str, str]]:
    """The cases that stand to this one: what it was merged into or came back from, and the other way round."""
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case)).order_by("pk")
    found = rows.values_list("kind", "case_id", "case__number", "other__number")
    own = [{"kind": kind, "number": other} for kind, pk, _number, other in found if pk == case.pk]
    return own + [{"kind": f"{kind}_here", "number": number} for kind, pk, number, _other in found if pk != case.pk]


def similar_cases(
    minor_id: int, place: LonLat, *, now: datetime, within: float = SIMILAR_METRES, hours: int = SIMILAR_HOURS
) -> QuerySet[Case]:
    """Open cases of one minor near a place (metres) and reported lately, nearest first: perhaps the same problem.

    Whoever reports must know of them, so they are not cut down to what he may see: show place and time, no more.
    """
    rows = Case.objects.filter(
        minor_id=minor_id, created_at__gte=now - timedelta(hours=hours), point__bboverlaps=box_around(place, within)
    )
    near = rows.exclude(phase="ended").annotate(distance=distance_to(place)).filter(distance__lte=metres(within))
    found: QuerySet[Case] = near.order_by("distance", "pk")
    return found


def count_by_cell(codes: Iterable[str], since: date) -> Mapping[str, int]:
    """How many cases were reported in each of these cells since that day, as the cells lie today."""
    lasting = Case.objects.filter(created_at__gte=city_midnight(since), point__coveredby=OuterRef("geom")).order_by()
    counted = Subquery(lasting.annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n"))
    rows = Cell.objects.filter(code__in=list(codes)).annotate(cases=Coalesce(counted, 0))
    return dict(rows.order_by().values_list("code", "cases"))
