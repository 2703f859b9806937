"""Tasks of verifying and checking: the list, one task, and the answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.pages import see_other
from cityloop.base.time import city_date
from cityloop.cases.actions import perform
from cityloop.cases.claims import mark_opened
from cityloop.cases.late import keep_late_reply
from cityloop.cases.models import Task
from cityloop.cases.selectors import sight_of
from cityloop.cases.shown.present import label_of, language, offers_of, task_view
from cityloop.cases.steps.forms_of import get_form
from cityloop.formdefs.schema import json_schema
from cityloop.org.access import ActorRequest, permission_required
from cityloop.patrol import present, selectors
from cityloop.patrol.uploads import keep_photos
from cityloop.patrol.views.shell import show
from cityloop.workflow.selectors import get_flow

MOST = 200
# An answer refused so is kept: the task has moved on, or has passed to somebody else.
TOO_LATE = frozenset({"stale", "not_here", "not_yours"})


@permission_required("patrol.tasks")
@require_GET
def task_list(request: ActorRequest) -> HttpResponse:
    """My open tasks, most urgent first, or nearest first from a place."""
    kind = request.GET.get("kind", "")
    rows = selectors.open_tasks(request.actor)
    tasks = list((rows.filter(kind=kind) if kind in selectors.TASK_KINDS else rows)[:MOST])
    here = _here(request.GET)
    ordered = selectors.nearest_first(tasks, here) if here else [(task, None) for task in tasks]
    lines = [present.task_line(task, request.now, metres) for task, metres in ordered]
    return show(request, "tasks", {"tasks": lines, "kind": kind, "near": bool(here), "tab": "tasks"})


def _here(values: Mapping[str, str]) -> LonLat | None:
    try:
        return read_lonlat([values.get("lon"), values.get("lat")])
    except Refused:
        return None


@permission_required("patrol.tasks")
@require_GET
def task_page(request: ActorRequest, task_id: int) -> HttpResponse:
    """What, where, until when, and the answers that are open to me."""
    try:
        task = selectors.access_own_task(task_id, by=request.actor)
    except Refused:
        return _passed_on(request, task_id)
    mark_opened(task.case, by=request.actor)
    links = selectors.photos_of(task.case)
    context = {
        "task": task,
        "line": present.task_line(task, request.now),
        "facts": present.case_facts(task.case),
        "lamp": present.lamp_of(task_view(task, task.case, request.now)),
        "due": present.moment(task.due_at) if task.due_at else "",
        "state": present.state_label(task),
        "photos": present.photo_groups(task.case, links, sight_of(task.case, by=request.actor)),
        "offers": _offers(task, request) if not task.ended else [],
        "tab": "tasks",
    }
    return show(request, "task", context)


def _passed_on(request: ActorRequest, task_id: int) -> HttpResponse:
    """The task is another's: whoever has a part in its case is told, to others it is not there."""
    task = selectors.find_former_task(task_id, by=request.actor)
    if task is None:
        raise Http404
    messages.warning(request, _("这个任务不在您名下，可能已改派给其他监督员。"))
    return HttpResponseRedirect(reverse("patrol:case", args=[task.case.number]))


def _offers(task: Task, request: ActorRequest) -> list[dict[str, Any]]:
    return present.answerable(offers_of(task, task.case, request.actor, request.now))


@permission_required("patrol.tasks")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: ActorRequest, task_id: int, do: str) -> HttpResponse:
    """The form of one answer, as the task's flow asks it."""
    if request.method == "POST":
        return _answer(request, task_id, do)
    try:
        task = selectors.access_own_task(task_id, by=request.actor)
    except Refused:
        return _passed_on(request, task_id)
    return _form(request, task, do, {"client_id": str(uuid4()), "revision": task.revision})


def _answers(task: Task) -> set[str]:
    """The answers that the task's flow knows, whether or not they are open now."""
    return {line.do for line in get_flow(task.flow_id).lines if "assignee" in line.by}


def _offer_of(task: Task, do: str) -> dict[str, Any]:
    """An answer with its form as the flow has it, open or not."""
    lines = get_flow(task.flow_id).lines
    line = next(line for line in lines if line.do == do and "assignee" in line.by)
    return {
        "do": do,
        "label": label_of(line.labels),
        "form": json_schema(get_form(task.flow_id, line.form), language()),
    }


def _form(
    request: ActorRequest,
    task: Task,
    do: str,
    values: Mapping[str, Any],
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    offer = next((offer for offer in _offers(task, request) if offer["do"] == do), None)
    if offer is None and refusal is None:
        return HttpResponseRedirect(reverse("patrol:task", args=[task.pk]))
    offer = offer or _offer_of(task, do)  # what was written stays on the page, whatever became of the task
    errors = refusal.details.get("fields", {}) if refusal else {}
    context = {
        "task": task,
        "line": present.task_line(task, request.now),
        "facts": present.case_facts(task.case),
        "offer": offer,
        "fields": _fields(offer, values, errors if isinstance(errors, Mapping) else {}),
        "values": values,
        "refusal": refusal,
        "phrases": selectors.phrases(f"{task.kind}_phrases", city_date(request.now), begin=f"{do}_"),
        "tab": "tasks",
    }
    return show(request, "answer", context, status=refusal.status if refusal else 200)


def _fields(offer: Mapping[str, Any], values: Mapping[str, Any], errors: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = set(offer["form"]["required"])
    return [
        {
            "name": name,
            "kind": field["x-kind"],
            "label": field["title"],
            "purpose": field.get("x-purpose", "other"),
            "most": field.get("maxItems", 9),
            "required": name in required,
            "value": values.get(name, ""),
            "error": errors.get(name, ""),
        }
        for name, field in present.properties(offer).items()
    ]


def _answer(request: ActorRequest, task_id: int, do: str) -> HttpResponse:
    """Take the answer. One that comes too late is kept with its photos, and the inspector is told so."""
    former = selectors.find_former_task(task_id, by=request.actor)
    if former is None or do not in _answers(former):
        raise Http404
    client_id = _client_id(request)
    revision = request.POST.get("revision", "")
    given = _read(request, client_id)
    try:
        outcome = perform(
            Task(pk=task_id),
            do,
            by=request.actor,
            now=request.now,
            client_id=client_id,
            revision=int(revision) if revision.isdecimal() else None,
            data=given,
        )
    except Refused as refusal:
        shown = {**_shown(given), "client_id": str(client_id), "revision": revision}
        if refusal.code not in TOO_LATE or not _had_it(request, former):
            return _form(request, former, do, shown, refusal=refusal)
        return _late(request, former, do, given, shown, refusal=refusal)
    messages.success(request, _("已回复 %(number)s") % {"number": outcome.number})
    return see_other(request, reverse("patrol:tasks"))


def _client_id(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid4()


def _read(request: ActorRequest, client_id: UUID) -> dict[str, Any]:
    """The form's values, with photos that came along stored first."""
    given: dict[str, Any] = {}
    for name in request.POST:
        if name.startswith("photos:"):
            _colon, field, purpose = name.split(":", 2) if name.count(":") == 2 else ("", "", "")
            ids = [word for word in request.POST[name].replace(" ", "").split(",") if word]
            ids += keep_photos(
                request.FILES, f"files:{field}", purpose=purpose, client_id=client_id, by=request.actor, now=request.now
            )
            if field and ids:
                given[field] = ids
        elif name.startswith("field:"):
            given[name.removeprefix("field:")] = request.POST[name].strip()
    lon, lat = request.POST.get("lon", ""), request.POST.get("lat", "")
    if lon and lat:
        given["point"] = f"{lon},{lat}"
    return {name: value for name, value in given.items() if value}


def _shown(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as the form shows it again."""
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in given.items()}


def _had_it(request: ActorRequest, task: Task) -> bool:
    """Only who has had this task on his phone can have an older revision of it."""
    seen = request.POST.get("revision", "")
    return task.person_id == request.actor.person_id or (seen.isdecimal() and int(seen) < task.revision)


def _late(
    request: ActorRequest,
    task: Task,
    do: str,
    given: Mapping[str, Any],
    shown: Mapping[str, Any],
    *,
    refusal: Refused,
) -> HttpResponse:
    """The task has moved on: keep the answer and say so; one that is not complete stays on the page."""
    try:
        keep_late_reply(task, do, by=request.actor, now=request.now, client_id=UUID(shown["client_id"]), data=given)
    except Refused as incomplete:
        return _form(request, task, do, shown, refusal=incomplete)
    words = _("您的回复来晚了：%(reason)s。回复没有生效，但文字和照片已经保存，并已转给受理员查看，您不用再做什么。")
    messages.warning(request, words % {"reason": refusal.message})
    return see_other(request, reverse("patrol:case", args=[task.case.number]))
