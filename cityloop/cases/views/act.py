"""Taking an action: success goes on to the next case, a refusal is read in place and takes nothing away."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.base.time import city_time
from cityloop.cases.actions import Outcome, perform
from cityloop.cases.claims import release
from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.selectors import access_case, access_request, access_task
from cityloop.cases.shown import drawing
from cityloop.cases.shown.lines import TAIL
from cityloop.cases.shown.offering import Action, Group, form_of, label_of_action, subject_key, subject_kind, title_of
from cityloop.cases.shown.panels import panels_of
from cityloop.cases.shown.present import do_label, who_did
from cityloop.cases.steps.step import AnySubject
from cityloop.formdefs.schema import Form
from cityloop.org.access import ActorRequest, permission_required
from cityloop.workflow.selectors import get_flow


@permission_required("cases.act")
@require_POST
@never_cache
def on_case(request: ActorRequest, number: str, do: str) -> HttpResponse:
    """Take an action of a case."""
    return _act(request, access_case(number, by=request.actor), do)


@permission_required("cases.act")
@require_POST
@never_cache
def on_task(request: ActorRequest, task_id: int, do: str) -> HttpResponse:
    """Take an action of a task."""
    return _act(request, access_task(task_id, by=request.actor), do)


@permission_required("cases.act")
@require_POST
@never_cache
def on_request(request: ActorRequest, request_id: int, do: str) -> HttpResponse:
    """Take an action of a request."""
    return _act(request, access_request(request_id, by=request.actor), do)


def _act(request: ActorRequest, subject: AnySubject, do: str) -> HttpResponse:
    case = subject if isinstance(subject, Case) else subject.case
    form = form_of(subject, do, request.actor)
    values = drawing.read(form, request.POST, case)
    try:
        outcome = perform(
            subject,
            do,
            by=request.actor,
            now=request.now,
            client_id=_client_id(request),
            revision=_revision(request),
            data=values,
        )
    except Refused as refusal:
        if refusal.code == "not_found":
            raise
        return _refused(request, subject, do, form, refusal)
    release(case, by=request.actor)
    return _done(request, subject, case, outcome)


def _client_id(request: ActorRequest) -> UUID | None:
    text = request.POST.get("client_id", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refused("invalid", _("请求编号有误"), {"rule": "client_id"}) from None


def _revision(request: ActorRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else None


def _done(request: ActorRequest, subject: AnySubject, case: Case, outcome: Outcome) -> HttpResponse:
    """Say what was done; the desk goes on by itself, a page of its own shows the case again."""
    address = reverse("cases:case", args=[outcome.number])
    if not request.headers.get("HX-Request"):
        return see_other(request, address)
    label = label_of_action(subject, outcome.do)
    said: dict[str, Any] = {
        "message": _("…%(tail)s 已办：%(label)s") % {"tail": outcome.number[-TAIL:], "label": label}
    }
    stays = outcome.from_state == outcome.to_state
    if request.POST.get("whole") or stays:
        said["next"] = address + _asked(request)
    else:
        said["row"] = request.POST.get("row", "")
    if _may_recall(subject, case, outcome):
        said["undo"] = f"{address}?do=recall"
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"case-done": said})})


def _asked(request: ActorRequest) -> str:
    box, row = request.POST.get("box", ""), request.POST.get("row", "")
    return f"?{urlencode({'box': box, 'row': row})}" if box and row else ""


def _may_recall(subject: AnySubject, case: Case, outcome: Outcome) -> bool:
    if isinstance(subject, Case):
        state, flow_id = outcome.to_state, case.flow_id
    else:
        state, flow_id = Case.objects.values_list("state", "flow_id").get(pk=case.pk)
        if outcome.from_state == outcome.to_state:
            return False
    return any("sender" in line.by for line in get_flow(flow_id).lines_at(state, "recall"))


def _refused(request: ActorRequest, subject: AnySubject, do: str, form: Form, refusal: Refused) -> HttpResponse:
    """The same form again with the sentence, the fields' errors, and everything that was typed."""
    case = subject if isinstance(subject, Case) else subject.case
    errors = refusal.details.get("fields", {})
    typed = drawing.read_all(form, request.POST)
    action = Action(do, label_of_action(subject, do), request.POST.get("key", ""))
    action.fields = drawing.draw(form, drawing.Choices(case, request.now), do, values=typed, errors=errors)
    action.panels = panels_of(case, request.actor, beside=do)
    revision = _revision(request)
    seen = subject.revision if revision is None else revision
    group = Group(subject_kind(subject), subject_key(subject), seen, title_of(subject), [action])
    context = {
        "case": case,
        "group": group,
        "action": action,
        "refusal": refusal,
        "client_id": request.POST.get("client_id", ""),
        "news": _latest(case) if refusal.code in {"stale", "not_here", "not_yours"} else "",
        "box": request.POST.get("box", ""),
        "row": request.POST.get("row", ""),
        "whole": request.POST.get("whole", ""),
        "is_open": True,
    }
    return render(request, "cases/form.html", context, status=refusal.status)


def _latest(case: Case) -> str:
    """Who did what last."""
    event = CaseEvent.objects.filter(case=case).order_by("-seq").first()
    if event is None:
        return ""
    at = city_time(event.at)
    return _("%(who)s 已于 %(at)s 办理「%(what)s」") % {
        "who": who_did(event),
        "at": f"{at:%m-%d %H:%M}",
        "what": do_label(event, case),
    }
