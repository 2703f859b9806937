"""The workspace: boxes, list, and what is done with many rows at once."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.errors import Refused
from cityloop.base.time import city_time
from cityloop.cases import boxes
from cityloop.cases.actions import perform
from cityloop.cases.boxes import Box, Counted
from cityloop.cases.claims import release_all
from cityloop.cases.models import Case, Request, Task
from cityloop.cases.shown import lines
from cityloop.cases.shown.offering import label_of_action
from cityloop.cases.shown.panels import desk_panels
from cityloop.cases.shown.present import label_of
from cityloop.cases.worked import worked_page
from cityloop.org.access import ActorRequest, permission_required, signed_in
from cityloop.org.actor import Actor
from cityloop.org.permissions import has_permission
from cityloop.org.posts import POST_KINDS
from cityloop.workflow.selectors import active_version, get_flow

PAGE = 50
WORKED = "worked"  # 我办过的: everybody has it
MOST_AT_ONCE = 100


@signed_in
@require_GET
@never_cache
def home(request: ActorRequest) -> HttpResponse:
    """Everybody's first page: the desk, the phone for inspectors, the register for administrators."""
    own = [box for box in boxes.boxes_of(request.actor) if box.post != "inspector"]
    if own:
        counted = boxes.counts(request.actor, request.now)
        first = next((row.box for row in counted if row.count and row.box.waits), own[0])
        return _desk(request, first, counted)
    return HttpResponseRedirect(_elsewhere(request.actor))


def _elsewhere(actor: Actor) -> str:
    """Where somebody without boxes begins."""
    for permission, kinds, name in (
        ("cases.view", {"inspector", "video_inspector"}, "patrol:home"),
        ("cases.view", actor.kinds, "cases:search"),
        ("org.view", actor.kinds, "org:units"),
    ):
        if actor.kinds & kinds and has_permission(actor, permission):
            try:
                return reverse(name)
            except NoReverseMatch:
                continue
    return reverse("notify:list")


@permission_required("cases.view")
@require_GET
@never_cache
def box(request: ActorRequest, name: str) -> HttpResponse:
    """The desk with one box chosen."""
    chosen = None if name == WORKED else boxes.get_box(request.actor, name)
    return _desk(request, chosen, boxes.counts(request.actor, request.now))


@permission_required("cases.view")
@require_GET
@never_cache
def counts(request: ActorRequest) -> HttpResponse:
    """A fragment: the boxes with their counts."""
    counted = boxes.counts(request.actor, request.now)
    return render(request, "cases/boxes.html", _boxes(counted, request.GET.get("box", "")))


@permission_required("cases.view")
@require_GET
@never_cache
def rows(request: ActorRequest, name: str) -> HttpResponse:
    """A fragment: the list of one box."""
    chosen = None if name == WORKED else boxes.get_box(request.actor, name)
    return render(request, "cases/rows.html", _list(request, chosen))


@permission_required("cases.view")
@require_POST
def leave(request: ActorRequest) -> HttpResponse:
    """The desk is closed: let go of what was open."""
    release_all(by=request.actor)
    return HttpResponse(status=204)


def _desk(request: ActorRequest, chosen: Box | None, counted: list[Counted]) -> HttpResponse:
    name = chosen.name if chosen else WORKED
    context = {
        **_boxes(counted, name),
        **_list(request, chosen),
        "title": chosen.label if chosen else _("我办过的"),
        "is_desk": True,
        "panels": desk_panels(request.actor),
    }
    return render(request, "cases/desk.html", context)


def _boxes(counted: list[Counted], current: str) -> dict[str, Any]:
    """The boxes in groups by post; what only shows stands after what waits."""
    groups: dict[str, list[Counted]] = {}
    for row in counted:
        groups.setdefault(row.box.post, []).append(row)
    waiting = [row for row in counted if row.box.waits]
    newest = max((row.newest for row in waiting if row.newest), default=None)
    return {
        "groups": [(POST_KINDS[post], rows) for post, rows in groups.items()],
        "current": current,
        "worked": WORKED,
        "total": sum(row.count for row in waiting),
        "newest": int(newest.timestamp()) if newest else 0,
        "urgent": sum(row.urgent for row in waiting),
    }


def _list(request: ActorRequest, chosen: Box | None) -> dict[str, Any]:
    after = request.GET.get("after", "")
    if chosen is None:
        found, following = worked_page(request.actor, after=after, size=PAGE)
    else:
        page = boxes.page(chosen, request.actor, request.now, after=after, size=PAGE)
        found, following = page.rows, page.following
    shown = [lines.line_of(row, request.actor, request.now, chosen) for row in found]
    return {
        "box": chosen,
        "name": chosen.name if chosen else WORKED,
        "rows": shown,
        "after": after,
        "following": following,
        "batch": _batch_of(chosen),
        "at": city_time(request.now),
    }


def _batch_of(chosen: Box | None) -> list[tuple[str, str]]:
    """The actions that may be taken on several rows of the box, with their labels."""
    if chosen is None or not chosen.batch:
        return []
    flow = get_flow(active_version("case" if chosen.subject == "case" else chosen.kinds[0]))
    labels = {line.do: label_of(line.labels) for line in flow.lines}
    return [(do, labels[do]) for do in chosen.batch if do in labels]


@permission_required("cases.act")
@require_POST
@never_cache
def batch(request: ActorRequest, name: str) -> HttpResponse:
    """Take one action on several rows of a box, one by one: each succeeds or is refused for itself."""
    chosen = boxes.get_box(request.actor, name)
    do, ticked = request.POST.get("do", ""), request.POST.getlist("ids")[:MOST_AT_ONCE]
    if do not in chosen.batch:
        raise Http404
    whole = _uuid(request.POST.get("client_id", ""))
    found = _subjects(chosen.subject, ticked)
    results = [_take(request, found[pk], do, revision, whole) for pk, revision in _parse(ticked) if pk in found]
    context = {
        "results": results,
        "done": sum(1 for row in results if row["done"]),
        "label": label_of_action(next(iter(found.values())), do) if found else do,
    }
    answer = render(request, "cases/batch.html", context)
    answer.headers["HX-Trigger"] = "batch-done"
    return answer


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _parse(ticked: list[str]) -> list[tuple[int, int]]:
    """Ticked rows as id and revision, `12-3`; anything else is not a row of ours."""
    pairs = [value.partition("-") for value in ticked]
    return [(int(pk), int(revision)) for pk, _gap, revision in pairs if pk.isdecimal() and revision.isdecimal()]


def _subjects(kind: str, ticked: list[str]) -> dict[int, Case | Task | Request]:
    ids = [pk for pk, _revision in _parse(ticked)]
    if kind == "case":
        return {**Case.objects.in_bulk(ids)}
    model: Any = Task if kind == "task" else Request
    return {**model.objects.select_related("case").in_bulk(ids)}


def _take(request: ActorRequest, subject: Any, do: str, revision: int, whole: UUID) -> dict[str, Any]:
    number = subject.number if isinstance(subject, Case) else subject.case.number
    client_id = uuid5(whole, f"{do}:{subject.pk}")
    try:
        perform(subject, do, by=request.actor, now=request.now, client_id=client_id, revision=revision)
    except Refused as refusal:
        # A stranger's case would be `not_found`: its number is not told then.
        return {"number": "" if refusal.code == "not_found" else number, "done": False, "words": refusal.message}
    return {"number": number, "done": True, "words": ""}
