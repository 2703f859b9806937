"""The paper forms: 任务派遣单 for a unit, 案卷 for the whole case."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cityloop.base.errors import Refused
from cityloop.cases.models import CaseEvent, Task
from cityloop.cases.selectors import access_task
from cityloop.cases.shown import casefile
from cityloop.org.access import ActorRequest, permission_required
from cityloop.workflow.selectors import get_flow


@permission_required("cases.view")
@require_GET
@never_cache
def case_file(request: ActorRequest, number: str) -> HttpResponse:
    """案卷: all facts, steps, opinions and photos."""
    file = casefile.read_file(number, by=request.actor, now=request.now)
    context = {
        **_common(file),
        "reports": casefile.reports_of(file),
        "steps": file.steps,
        "photos": [photo for photo in file.photos if photo.kind == "photo"],
        "links": casefile.links_of(file.case),
    }
    return render(request, "cases/print_file.html", context)


@permission_required("cases.view")
@require_GET
@never_cache
def dispatch_sheet(request: ActorRequest, task_id: int) -> HttpResponse:
    """任务派遣单: what a unit must do, until when, and where it signs."""
    task = access_task(task_id, by=request.actor)
    if task.kind != "handle":
        raise Refused("not_found", _("这个任务没有派遣单"), {"rule": "handle"})
    file = casefile.read_file(task.case.number, by=request.actor, now=request.now)
    own = next(row for row in file.tasks if row.pk == task.pk)
    context = {
        **_common(file),
        "task": own,
        "instruction": file.seen.instruction(own),
        "helpers": [row for row in file.tasks if row.part == Task.ASSIST and row.opened_group == own.opened_group],
        "dispatcher": _sent_by(own),
        "opened": casefile.moment(own.opened_at),
        "acknowledged": casefile.moment(own.acknowledged_at),
        "result": next((step for step in reversed(file.steps) if step.seq == own.ended_group), None),
        "before": file.of_purposes(casefile.BEFORE)[:2],
    }
    return render(request, "cases/print_task.html", context)


def _common(file: casefile.CaseFile) -> dict[str, Any]:
    return {
        "case": file.case,
        "address": file.seen.text(file.case.address),
        "description": file.seen.text(file.case.description),
        "head": casefile.head_of(file),
        "lines": list(_lines(casefile.facts_of(file))),
        "limit": casefile.limit_of(file.case),
        "printed": casefile.moment(file.now),
        "printed_by": file.by.name,
        "back": reverse("cases:case", args=[file.case.number]),
        "due": casefile.moment(file.case.due_at),
    }


def _lines(facts: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The facts as lines of a form: a wide one alone, two short ones side by side."""
    waiting: list[dict[str, Any]] = []
    for fact in facts:
        if fact["wide"]:
            yield [fact]
            continue
        waiting.append(fact)
        if len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield [*waiting, {"label": "", "value": ""}]


def _sent_by(task: Task) -> str:
    """Who gave the case to the unit: what an audit or a check sends back stays the dispatcher's assignment."""
    steps = CaseEvent.objects.filter(case_id=task.case_id, seq__lte=task.opened_group).order_by("-seq")
    handed_on = task.part == Task.BELOW  # by a unit to one of its own: the last of these steps
    return next((step.actor_name for step in steps if handed_on or _dispatches(step)), "")


def _dispatches(step: CaseEvent) -> bool:
    lines = get_flow(step.flow_version).lines if step.subject == "case" else ()
    return any(line.do == step.do and "task_handle" in line.then for line in lines)
