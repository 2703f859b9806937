"""What the inspector sees first: what is asked of him, and what became of what he said. Also his notices."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.cases.boxes import counts
from cityloop.cases.models import Case
from cityloop.grid.updates.selectors import asked_of
from cityloop.notify.actions import mark_read
from cityloop.notify.models import Notice
from cityloop.notify.selectors import count_unread, latest, list_notices
from cityloop.notify.texts import render as render_text
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.actor import Actor
from cityloop.org.permissions import has_permission
from cityloop.patrol import boxes, present, selectors
from cityloop.patrol.views.shell import show

FEW = 3
ON_PAGE = 30


@permission_required("patrol.use")
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Counts of tasks with the most urgent ones, unread notices, and news of my reports."""
    actor, now = request.actor, request.now
    has_tasks = has_permission(actor, "patrol.tasks")
    urgent = [present.task_line(task, now) for task in selectors.open_tasks(actor)[:FEW]] if has_tasks else []
    context = {
        "has_tasks": has_tasks,
        "boxes": [found for found in counts(actor, now) if found.box.name in boxes.MINE] if has_tasks else [],
        "tasks": urgent,
        "news": _news(actor),
        "unread": count_unread(actor),
        "asked": asked_of(actor).count() if has_permission(actor, "grid.propose") else None,
        "tab": "home",
    }
    return show(request, "home", context)


def _news(actor: Actor) -> list[dict[str, Any]]:
    """The last of my reports that have an answer."""
    rows = list(selectors.own_reports(actor).order_by("-created_at", "-pk")[:ON_PAGE])
    answers = selectors.answers_of([row.case for row in rows])
    told = [row for row in rows if row.case_id in answers]
    return [present.case_line(row.case, answers[row.case_id], row.created_at) for row in told[:FEW]]


@permission_required("patrol.use")
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: ActorRequest) -> HttpResponse:
    """My notices, newest first; a POST marks all of them read."""
    if request.method == "POST":
        mark_read(None, by=request.actor, now=request.now)
        return HttpResponseRedirect(reverse("patrol:notices"))
    before = request.GET.get("before", "")
    found = latest(request.actor, most=ON_PAGE, before=int(before) if before.isdecimal() else None)
    rows = [
        present.notice_line(notice.pk, render_text(notice.text_key, notice.params), notice.at, read)
        for notice, read in found
    ]
    more = found[-1][0].pk if len(found) == ON_PAGE else None
    return show(request, "notices", {"notices": rows, "more": more, "tab": "home"})


@permission_required("patrol.use")
@require_GET
def open_notice(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Mark a notice read and go to the task or report that it tells of; a notice to others is not there."""
    notice = list_notices(request.actor).filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    mark_read([notice_id], by=request.actor, now=request.now)
    return HttpResponseRedirect(_target(notice, request.actor))


def _target(notice: Notice, actor: Actor) -> str:
    if notice.params.get("update", "").isdecimal():
        return reverse("patrol:update", args=[int(notice.params["update"])])
    number = notice.params.get("number", "")
    task = selectors.open_tasks(actor).filter(case__number=number).first()
    if task is not None:
        return reverse("patrol:task", args=[task.pk])
    if Case.objects.visible_to(actor).filter(number=number).exists():
        return reverse("patrol:case", args=[number])
    return reverse("patrol:notices")
