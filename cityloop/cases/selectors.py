"""The reads worth naming: one case with everything, search, lists by page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, CaseEvent, Request, Task
from cityloop.org.actor import Actor

SUFFIX_LEAST = 4
PAGE = 50


def visible(by: Actor) -> QuerySet[Case]:
    """The cases that the actor may see, with what every list shows."""
    rows: QuerySet[Case] = Case.objects.visible_to(by)
    return rows.select_related("source", "minor", "claim")


def access_case(number: str, *, by: Actor) -> Case:
    """A case that the actor may see, with everything its page shows; refused as `not_found` otherwise."""
    row = visible(by).select_related("minor__major", "standard", "unit", "cell", "duty_grid").filter(number=number)
    case = row.first()
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


def by_tail(rows: QuerySet[Case], digits: str) -> QuerySet[Case]:
    """Cases whose number ends so: people quote the last four to six digits."""
    return rows.alias(tail=Func(F("number"), function="reverse")).filter(tail__startswith=digits[::-1])


def search(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases by the end of their number, or by words of address and description."""
    text = text.strip()
    if text.isdigit() and len(text) >= SUFFIX_LEAST:
        return by_tail(rows, text)
    for word in text.split():
        rows = rows.filter(Q(address__icontains=word) | Q(description__icontains=word))
    return rows


def newest(rows: QuerySet[Case], before: tuple[datetime, int] | None = None, size: int = PAGE) -> list[Case]:
    """A page of the newest cases, after the last row of the page before."""
    if before is not None:
        moment, pk = before
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk))
    return list(rows.order_by("-created_at", "-pk")[: size + 1])


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
