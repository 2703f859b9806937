"""Reporting a problem: photo first, then where, what and in which words."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.pages import see_other
from cityloop.base.time import city_date
from cityloop.cases.actions import report
from cityloop.cases.models import CaseEvent
from cityloop.cases.selectors import similar_cases
from cityloop.cases.shown.present import similar_row
from cityloop.cases.steps.opening import NewReport, demand_source
from cityloop.codes import selectors as codes
from cityloop.grid.selectors import nearest_components, nearest_streets
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.actor import Actor
from cityloop.patrol import present, selectors
from cityloop.patrol.forms import ReportForm
from cityloop.patrol.selectors import Choice
from cityloop.patrol.uploads import keep_photos
from cityloop.patrol.views.shell import show

SOURCES = {"inspector": "inspector", "video_inspector": "video"}  # kind of post → source of the report
NEAR_METRES = 200.0  # farther than that, nobody stands at it


def sources_of(actor: Actor) -> list[tuple[str, str]]:
    """The sources under which this person reports: a video inspector by video only."""
    found = [code for kind, code in SOURCES.items() if actor.has(kind)]
    nodes = {code: codes.find_source(code) for code in found}
    return [(code, node.label if node else code) for code, node in nodes.items()]


@permission_required("patrol.use")
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: ActorRequest) -> HttpResponse:
    """The form of a report; sent twice under one client id it is one report."""
    if request.method == "POST":
        return _take(request)
    initial = {"client_id": uuid4(), **{name: request.GET.get(name, "") for name in ("standard", "minor")}}
    return _page(request, ReportForm(initial=initial, sources=sources_of(request.actor)))


def _page(
    request: ActorRequest,
    form: ReportForm,
    *,
    refusal: Refused | None = None,
    similar: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = city_date(request.now)
    choice = selectors.find_choice(on, standard_id=_number(form, "standard"), minor_id=_number(form, "minor"))
    context = {
        "form": form,
        "choice": choice,
        "camera": request.actor.has("inspector"),
        "similar": similar or [],
        "refusal": refusal,
        "phrases": selectors.phrases("report_phrases", on),
        "tab": "report",
    }
    return show(request, "report", context, status=status)


def _number(form: ReportForm, name: str) -> int | None:
    value = str(form[name].value() or "")
    return int(value) if value.isdecimal() else None


def _take(request: ActorRequest) -> HttpResponse:
    sources, values = sources_of(request.actor), request.POST.copy()
    form = ReportForm(values, sources=sources)
    try:
        _keep_files(request, values)
        form = ReportForm(values, sources=sources)
        if not form.is_valid():
            return _page(request, form, status=422)
        return _send(request, form)
    except Refused as refusal:
        return _page(request, form, refusal=refusal, status=refusal.status)


def _keep_files(request: ActorRequest, values: Any) -> None:
    """Photos that came with the form are stored and their ids put beside the others."""
    try:
        client_id = UUID(values.get("client_id", ""))
    except ValueError:
        client_id = uuid4()
        values["client_id"] = str(client_id)
    for name, purpose in (("evidence", "report"), ("evidence_after", "after")):
        ids = keep_photos(
            request.FILES, f"files:{name}", purpose=purpose, client_id=client_id, by=request.actor, now=request.now
        )
        if ids:
            values[name] = ",".join([*filter(None, values.get(name, "").split(",")), *ids])


def _send(request: ActorRequest, form: ReportForm) -> HttpResponse:
    data = form.cleaned_data
    choice = selectors.find_choice(city_date(request.now), standard_id=data["standard"], minor_id=data["minor"])
    if choice is None:
        form.add_error("standard", _("这个类别已经停用，请重新选择"))
        return _page(request, form, status=422)
    component = selectors.find_component(data["component_code"])
    if data["component_code"] and component is None:
        form.add_error("component_code", _("没有这个部件编码"))
        return _page(request, form, status=422)
    known = CaseEvent.objects.select_related("case").filter(client_id=data["client_id"]).first()
    if known is None and not data["confirmed"]:
        similar = _similar(choice.minor.id, data, request)
        if similar:
            return _page(request, form, similar=similar, status=409)
    new = _new_report(data, choice, component.pk if component else None)
    try:
        outcome = report(new, by=request.actor, now=request.now, client_id=data["client_id"])
    except Refused:
        if known is None or known.actor_id != request.actor.person_id:
            raise
        # The first sending had got through and only its answer was lost; what was changed since is not sent.
        messages.warning(request, _("这份上报刚才已经收到，没有重复上报；之后改动的内容没有保存。"))
        return see_other(request, reverse("patrol:case", args=[known.case.number]))
    messages.success(request, _("已上报，编号 %(number)s") % {"number": outcome.number})
    return see_other(request, reverse("patrol:case", args=[outcome.number]))


def _new_report(data: dict[str, Any], choice: Choice, component_id: int | None) -> NewReport:
    return NewReport(
        source=demand_source(data["source"]),
        description=data["description"].strip(),
        point=None if data["lon"] is None else [data["lon"], data["lat"]],
        address=data["address"].strip(),
        minor_id=choice.minor.id,
        standard_id=choice.standard.id if choice.standard else None,
        component_id=component_id,
        urgent=data["urgent"],
        self_handled=data["self_handled"],
        evidence=data["evidence"],
        after=data["evidence_after"] if data["self_handled"] else [],
    )


def _similar(minor_id: int, data: dict[str, Any], request: ActorRequest) -> list[dict[str, Any]]:
    if data["lon"] is None:
        return []
    return _similar_lines(minor_id, LonLat(data["lon"], data["lat"]), request)


def _similar_lines(minor_id: int, place: LonLat, request: ActorRequest) -> list[dict[str, Any]]:
    rows = [similar_row(case) for case in similar_cases(minor_id, place, now=request.now)[:5]]
    return [{**row, "at": present.moment(row["created_at"])} for row in rows]


@permission_required("patrol.use")
@require_GET
def nearby(request: ActorRequest) -> HttpResponse:
    """A fragment for the report: streets, components of the category, and problems like this one near the place."""
    place = read_lonlat([request.GET.get("lon"), request.GET.get("lat")])
    word = request.GET.get("minor", "")
    choice = selectors.find_choice(
        city_date(request.now), standard_id=None, minor_id=int(word) if word.isdecimal() else None
    )
    streets = [street for street in nearest_streets(place, limit=4) if street.metres <= NEAR_METRES]
    context: dict[str, Any] = {"streets": streets}
    if choice is not None:
        context["similar"] = _similar_lines(choice.minor.id, place, request)
        if choice.minor.kind == "component":
            found = nearest_components(place, minor_id=choice.minor.id, limit=5)
            near = [one for one in found if one.metres <= NEAR_METRES]
            context["components"] = [(one, present.metres_words(one.metres)) for one in near]
            context["is_component"] = True
    return show(request, "nearby", context)
