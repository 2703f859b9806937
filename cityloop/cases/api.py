"""The API of reports, cases, tasks, requests and boxes: all that a page can do, through the same actions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Query, Router, Schema, Status

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.time import city_midnight
from cityloop.cases import boxes, selectors
from cityloop.cases.actions import Outcome, perform, report
from cityloop.cases.adding import add_report
from cityloop.cases.claims import claim, release, take_over
from cityloop.cases.contacts import look_at_contact
from cityloop.cases.late import had_task, keep_late_reply
from cityloop.cases.models import Case, Request, Task
from cityloop.cases.shown import present
from cityloop.cases.steps.opening import NewReport, Reporter, demand_source, demand_source_for
from cityloop.evidence.delivery import original_response, thumbnail_response
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("cases.view"))
acting = ApiAuth("cases.act")

Words = Annotated[str, Field(max_length=2000)]
Line = Annotated[str, Field(max_length=200)]
Point = Annotated[list[float], Field(min_length=2, max_length=2, description="[lon, lat], EPSG:4326")]


class ReporterBody(Schema):
    """A citizen's contact: sealed on arrival, shown masked."""

    name: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    gender: Literal["", "female", "male"] = ""
    confidential: bool = False
    reply_by: Annotated[
        Literal["", "phone", "sms", "source", "none"],
        Field(description="how to answer; empty: by telephone, if there is a number"),
    ] = ""


class ReportBody(Schema):
    """One word that something is wrong. The same `client_id` again gets the first answer."""

    client_id: UUID
    source: Annotated[str, Field(max_length=40, description="code of a source")]
    description: Words = ""
    point: Point | None = None
    address: Line = ""
    minor: Annotated[int | None, Field(description="id of a minor category")] = None
    standard: Annotated[int | None, Field(description="id of a filing standard")] = None
    component: int | None = None
    urgent: bool = False
    self_handled: bool = False
    external_number: Annotated[str, Field(max_length=60)] = ""
    evidence: Annotated[list[UUID], Field(max_length=9)] = []
    evidence_after: Annotated[list[UUID], Field(max_length=9)] = []
    recordings: Annotated[list[UUID], Field(max_length=3, description="sounds of the call")] = []
    reporter: ReporterBody | None = None


class ActionBody(Schema):
    """One action. `revision` is the one that the actor has seen; without it nothing is compared."""

    client_id: UUID
    revision: int | None = None
    note: Words = ""
    data: dict[str, Any] = {}

    def values(self) -> dict[str, Any]:
        """The form's values, the note among them."""
        return {**self.data, "note": self.note} if self.note else self.data


class OutcomeOut(Schema):
    """What the action did; `repeated` when it had been done before under this client id."""

    number: str
    seq: int
    do: str
    subject: str
    subject_id: int
    from_state: str
    to_state: str
    revision: int
    repeated: bool


class CaseQuery(Schema):
    """The filters of the list. `q` is the end of a number (four digits or more) or words of address and text."""

    q: Annotated[str, Field(max_length=100)] = ""
    state: Annotated[str, Field(max_length=40)] = ""
    phase: Annotated[str, Field(max_length=20)] = ""
    source: Annotated[str, Field(max_length=40)] = ""
    unit: int | None = None
    minor: int | None = None
    area: Annotated[str, Field(max_length=15, description="prefix of an area code")] = ""
    since: Annotated[date | None, Field(description="reported on this city day or later")] = None
    until: Annotated[date | None, Field(description="reported before this city day")] = None
    overdue: bool | None = None
    after: Annotated[str, Field(max_length=200, description="`next` of the page before")] = ""
    size: Annotated[int, Field(ge=1, le=200)] = 20


def _asked(request: HttpRequest) -> ActorRequest:
    return cast(ActorRequest, request)


def _answer(outcome: Outcome) -> Status[dict[str, Any]]:
    return Status(200 if outcome.repeated else 201, outcome.as_json())


@router.post("/reports", response={200: OutcomeOut, 201: OutcomeOut}, auth=acting)
def post_report(request: HttpRequest, body: ReportBody) -> Status[dict[str, Any]]:
    """Say that something is wrong: 201 with the number of the new case, 200 when it had been said before."""
    asked = _asked(request)
    new = _new_report(body)
    demand_source_for(asked.actor, new.source)
    return _answer(report(new, by=asked.actor, now=asked.now, client_id=body.client_id))


@router.post("/cases/{number}/reports", response={200: OutcomeOut, 201: OutcomeOut}, auth=acting)
def post_report_of_case(request: HttpRequest, number: str, body: ReportBody) -> Status[dict[str, Any]]:
    """One more report of an open case: attached to it, without another case."""
    asked = _asked(request)
    return _answer(
        add_report(Case(number=number), _new_report(body), by=asked.actor, now=asked.now, client_id=body.client_id)
    )


def _new_report(body: ReportBody) -> NewReport:
    return NewReport(
        source=demand_source(body.source),
        description=body.description.strip(),
        point=body.point,
        address=body.address.strip(),
        minor_id=body.minor,
        standard_id=body.standard,
        component_id=body.component,
        urgent=body.urgent,
        self_handled=body.self_handled,
        external_number=body.external_number.strip(),
        evidence=[str(item) for item in body.evidence],
        after=[str(item) for item in body.evidence_after],
        recordings=[str(item) for item in body.recordings],
        reporter=Reporter(**body.reporter.dict()) if body.reporter else None,
    )


@router.get("/boxes")
def list_boxes(request: HttpRequest) -> list[dict[str, Any]]:
    """The work boxes of all posts of the actor, with counts; `late` is how many of them are past their deadline."""
    asked = _asked(request)
    return [
        {
            "name": found.box.name,
            "label": str(found.box.label),
            "post": found.box.post,
            "subject": found.box.subject,
            "waits": found.box.waits,
            "count": found.count,
            "late": found.late,
        }
        for found in boxes.counts(asked.actor, asked.now)
    ]


@router.get("/boxes/{name}")
def get_box(
    request: HttpRequest, name: str, after: str = "", size: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """One box, most urgent first, by pages: give `next` back as `after`."""
    asked = _asked(request)
    box = boxes.get_box(asked.actor, name)
    page = boxes.page(box, asked.actor, asked.now, after=after, size=size)
    return {"items": [_box_row(row, asked.now) for row in page.rows], "next": page.following}


def _box_row(row: Case | Task | Request, now: datetime) -> dict[str, Any]:
    if isinstance(row, Case):
        return {"case": present.case_row(row, now)}
    key, shown = (
        ("task", present.task_row(row, now)) if isinstance(row, Task) else ("request", present.request_row(row, now))
    )
    return {"case": present.case_row(row.case, now), key: shown}


@router.get("/cases")
def list_cases(request: HttpRequest, query: Query[CaseQuery]) -> dict[str, Any]:
    """Search and filter, newest first, by pages: give `next` back as `after`."""
    asked = _asked(request)
    rows = selectors.filtered(
        selectors.search(selectors.visible(asked.actor), query.q),
        now=asked.now,
        equal={
            "state": query.state,
            "phase": query.phase,
            "source__code": query.source,
            "unit": query.unit,
            "minor": query.minor,
        },
        area=query.area,
        since=city_midnight(query.since) if query.since else None,
        until=city_midnight(query.until) if query.until else None,
        overdue=query.overdue,
    )
    narrowed = bool(query.model_dump(exclude={"after", "size"}, exclude_defaults=True))
    page = selectors.get_newest(asked.actor, rows, after=query.after, size=query.size, narrowed=narrowed)
    return {"items": [present.case_row(case, asked.now) for case in page.rows], "next": page.following}


@router.get("/similar", auth=ApiAuth("cases.similar"))
def list_similar(
    request: HttpRequest,
    minor: int,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
) -> list[dict[str, Any]]:
    """Open cases of one minor within 50 metres and 24 hours: perhaps this problem has been reported already."""
    found = selectors.similar_cases(minor, LonLat(lon, lat), now=_asked(request).now)
    return [present.similar_row(case) for case in found[:10]]


@router.get("/cases/{number}")
def get_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """The case with its reports, photos, tasks and requests, and what is open to the actor: `offers`."""
    asked = _asked(request)
    case = selectors.access_case(number, by=asked.actor)
    return present.case_file(case, asked.actor, asked.now)


@router.get("/cases/{number}/events")
def list_events(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """The history of a case, oldest first."""
    asked = _asked(request)
    case = selectors.access_case(number, by=asked.actor)
    seen = selectors.sight_of(case, by=asked.actor)
    return [present.event_row(event, case, seen) for event in selectors.history(case)]


class ContactOut(Schema):
    """A contact that somebody looked at on purpose."""

    name: str
    phone: str
    gender: str


@router.post("/cases/{number}/reports/{report_id}/contact", response=ContactOut, auth=ApiAuth("cases.contacts"))
def post_look(request: HttpRequest, number: str, report_id: int) -> ContactOut:
    """Look at the contact of somebody who wants to stay unknown; the look stands in the journal."""
    asked = _asked(request)
    found = look_at_contact(number, report_id, by=asked.actor, now=asked.now)
    return ContactOut(name=found.name, phone=found.phone, gender=found.gender)


@router.post("/cases/{number}/actions/{do}", response={200: OutcomeOut, 201: OutcomeOut}, auth=acting)
def act_on_case(request: HttpRequest, number: str, do: str, body: ActionBody) -> Status[dict[str, Any]]:
    """Take an action of a case."""
    return _act(request, Case(number=number), do, body)


@router.post("/tasks/{task_id}/actions/{do}", response={200: OutcomeOut, 201: OutcomeOut}, auth=acting)
def act_on_task(request: HttpRequest, task_id: int, do: str, body: ActionBody) -> Status[dict[str, Any]]:
    """Take an action of a task.

    An inspector's answer that comes too late (`stale`, `not_here`, or his task was given to another) is refused, but
    kept with its photos and shown to the operator: `details.kept` says so.
    """
    try:
        return _act(request, Task(pk=task_id), do, body)
    except Refused as refusal:
        if refusal.code not in {"stale", "not_here", "not_yours"} or not _keep(_asked(request), task_id, do, body):
            raise
        raise Refused(refusal.code, refusal.message, {**refusal.details, "kept": True}) from None


@router.post("/requests/{request_id}/actions/{do}", response={200: OutcomeOut, 201: OutcomeOut}, auth=acting)
def act_on_request(request: HttpRequest, request_id: int, do: str, body: ActionBody) -> Status[dict[str, Any]]:
    """Take an action of a request."""
    return _act(request, Request(pk=request_id), do, body)


def _act(request: HttpRequest, subject: Case | Task | Request, do: str, body: ActionBody) -> Status[dict[str, Any]]:
    asked = _asked(request)
    outcome = perform(
        subject,
        do,
        by=asked.actor,
        now=asked.now,
        client_id=body.client_id,
        revision=body.revision,
        data=body.values(),
    )
    return _answer(outcome)


def _keep(asked: ActorRequest, task_id: int, do: str, body: ActionBody) -> bool:
    task = selectors.access_task(task_id, by=asked.actor)
    if task.kind not in {"verify", "check"} or not had_task(task, by=asked.actor):
        return False
    keep_late_reply(task, do, by=asked.actor, now=asked.now, client_id=body.client_id, data=body.values())
    return True


@router.put("/cases/{number}/claim", auth=acting)
def put_claim(request: HttpRequest, number: str) -> dict[str, Any]:
    """Claim a case that one works on; `held_by` names whoever has it already."""
    asked = _asked(request)
    held = claim(selectors.access_case(number, by=asked.actor), by=asked.actor, now=asked.now)
    return {"held_by": held.name if held else None}


@router.post("/cases/{number}/claim/take-over", auth=acting)
def post_take_over(request: HttpRequest, number: str) -> dict[str, Any]:
    """The shift leader takes a case out of another's hands; `taken_from` names him."""
    asked = _asked(request)
    taken = take_over(selectors.access_case(number, by=asked.actor), by=asked.actor, now=asked.now)
    return {"taken_from": taken or None}


@router.delete("/cases/{number}/claim", response={204: None}, auth=acting)
def delete_claim(request: HttpRequest, number: str) -> Status[None]:
    """Leave the case."""
    asked = _asked(request)
    release(selectors.access_case(number, by=asked.actor), by=asked.actor)
    return Status(204, None)


@router.get("/cases/{number}/evidence/{uuid}", include_in_schema=True)
def get_original(request: HttpRequest, number: str, uuid: UUID) -> HttpResponseBase:
    """A photo, sound or film of a case, as uploaded."""
    return original_response(request, selectors.access_evidence(number, uuid, by=_asked(request).actor))


@router.get("/cases/{number}/evidence/{uuid}/thumbnail")
def get_thumbnail(request: HttpRequest, number: str, uuid: UUID) -> HttpResponseBase:
    """The thumbnail of a photo of a case."""
    return thumbnail_response(request, selectors.access_evidence(number, uuid, by=_asked(request).actor))
