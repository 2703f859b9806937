"""The case page, as a whole or as the right pane of the desk; its claim, its photos, its late replies."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.errors import Refused
from cityloop.cases import boxes, claims
from cityloop.cases.contacts import look_at_contact
from cityloop.cases.late import mark_seen
from cityloop.cases.models import Case, CaseEvent, Gender, LateReply
from cityloop.cases.policy import OF_CALLERS
from cityloop.cases.selectors import access_case, access_evidence
from cityloop.cases.shown import casefile
from cityloop.cases.shown.lines import holder_of
from cityloop.cases.shown.offering import groups_of
from cityloop.cases.shown.panels import panels_of
from cityloop.evidence.delivery import original_response, thumbnail_response
from cityloop.org.access import ActorRequest, permission_required

ROW = re.compile(r"row-[\w-]{1,60}")
MOST_IDLE = 300


@permission_required("cases.view")
@require_GET
@never_cache
def case(request: ActorRequest, number: str) -> HttpResponse:
    """A case: for htmx the pane alone. Opened from a box that waits for this person it is claimed for him."""
    file = casefile.read_file(number, by=request.actor, now=request.now)
    whole = not request.headers.get("HX-Request")
    name = request.GET.get("box", "")
    had = _waits(request, name) and _claim(file.case, request)
    context = pane_of(file, box=name, row=request.GET.get("row", ""), do=request.GET.get("do", ""), whole=whole)
    context |= _hold(file.case, request, had=had)
    answer = render(request, "cases/case.html" if whole else "cases/pane.html", context)
    answer.headers["Vary"] = "HX-Request"
    return answer


def _waits(request: ActorRequest, name: str) -> bool:
    box = boxes.BOXES.get(name)
    return box is not None and box.waits and request.actor.has(box.post)


def _claim(case: Case, request: ActorRequest) -> bool:
    """One case at a time: what was open before is let go. Whether nobody else has it."""
    claims.release_others(case, by=request.actor)
    return claims.claim(case, by=request.actor, now=request.now) is None


def _hold(case: Case, request: ActorRequest, *, had: bool) -> dict[str, Any]:
    """In whose hands the case is. `had`: this page had it, and so it is told who took it."""
    holder = holder_of(case, request.actor, request.now)
    may_take = bool(holder) and claims.may_take_over(case, by=request.actor)
    return {"holder": holder, "had": had, "may_take": may_take}


def pane_of(file: casefile.CaseFile, *, box: str, row: str, do: str, whole: bool) -> dict[str, Any]:
    """What the pane shows."""
    case = file.case
    return {
        "case": case,
        "head": casefile.head_of(file),
        "facts": casefile.facts_of(file),
        "handling": casefile.handling_of(file),
        "place": casefile.place_of(case),
        "address": file.seen.text(case.address),
        "description": file.seen.text(case.description),
        "before": file.of_purposes(casefile.BEFORE),
        "after": list(reversed(file.of_purposes(casefile.AFTER))),
        "other_photos": file.of_purposes({"other"}),
        "sounds": [photo for photo in file.photos if photo.kind != "photo" and photo.purpose not in OF_CALLERS],
        "recordings": [photo for photo in file.photos if photo.purpose in OF_CALLERS],
        "reports": casefile.reports_of(file),
        "tasks": casefile.tasks_of(file),
        "links": casefile.links_of(case),
        "blind": file.seen.blind,
        "steps": list(reversed(file.steps)),
        "late_replies": casefile.late_replies_of(file),
        "groups": groups_of(case, file.tasks, file.requests, file.by, file.now),
        "handle_tasks": [task for task in file.tasks if task.kind == "handle"],
        "panels": panels_of(case, file.by),
        "box": box if box in boxes.BOXES else "",
        "row": row if ROW.fullmatch(row) else "",
        "open_do": do,
        "whole": whole,
    }


@permission_required("cases.act")
@require_POST
@never_cache
def keep(request: ActorRequest, number: str) -> HttpResponse:
    """A fragment, asked every 20 seconds while a case is open: keeps the claim, and says what others did meanwhile."""
    case = access_case(number, by=request.actor)
    idle = request.headers.get("X-Idle-Seconds", "0")
    if idle.isdecimal() and int(idle) < MOST_IDLE:
        claims.touch(case, by=request.actor, now=request.now)
    known = request.POST.get("seq", "")
    step = None
    if known.isdecimal() and case.last_seq > int(known):
        step = CaseEvent.objects.filter(case=case, seq__gt=int(known)).exclude(actor_id=request.actor.person_id).last()
    context = {"news": step, **_hold(case, request, had=bool(request.POST.get("had")))}
    return _holder(request, case, context)


def _holder(request: ActorRequest, case: Case, context: dict[str, Any]) -> HttpResponse:
    box = request.POST.get("box", "")
    return render(request, "cases/holder.html", {"case": case, "box": box if box in boxes.BOXES else "", **context})


@permission_required("cases.act")
@require_POST
@never_cache
def take_over(request: ActorRequest, number: str) -> HttpResponse:
    """The shift leader takes the case out of another's hands; a fragment that says from whom."""
    case = access_case(number, by=request.actor)
    claims.release_others(case, by=request.actor)
    taken_from = claims.take_over(case, by=request.actor, now=request.now)
    answer = _holder(request, case, {"had": True, "taken_from": taken_from})
    answer.headers["HX-Trigger"] = "claim-taken"
    return answer


@permission_required("cases.view")
@require_GET
def evidence(request: ActorRequest, number: str, uuid: UUID) -> HttpResponseBase:
    """A photo, sound or film of a case that this person may see."""
    return original_response(request, access_evidence(number, uuid, by=request.actor))


@permission_required("cases.view")
@require_GET
def thumbnail(request: ActorRequest, number: str, uuid: UUID) -> HttpResponseBase:
    """Its thumbnail."""
    return thumbnail_response(request, access_evidence(number, uuid, by=request.actor))


@permission_required("cases.contacts")
@require_POST
@never_cache
def contact(request: ActorRequest, number: str, report_id: int) -> HttpResponse:
    """The contact of somebody who wants to stay unknown, as a fragment; the look stands in the journal."""
    found = look_at_contact(number, report_id, by=request.actor, now=request.now)
    gender = Gender(found.gender).label if found.gender else ""
    return render(request, "cases/contact.html", {"found": found, "gender": gender})


@permission_required("cases.act")
@require_POST
def late_seen(request: ActorRequest, number: str, reply_id: int) -> HttpResponse:
    """The operator has read an answer that came too late."""
    found = LateReply.objects.filter(pk=reply_id, case=access_case(number, by=request.actor)).first()
    if found is None or not request.actor.has("operator"):
        raise Refused("not_found", _("没有这条回复"))
    mark_seen(found)
    return HttpResponse(status=200)
