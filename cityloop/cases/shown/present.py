"""Cases, tasks and requests as screens and the API show them: labels, lamps, what is left, what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from cityloop.base.geometry import as_lonlat
from cityloop.base.secrets import HIDDEN, Sealed, mask_name, mask_phone, mask_text, unseal
from cityloop.base.words import label_of as label_of
from cityloop.base.words import language as language
from cityloop.cases import selectors
from cityloop.cases.guards import SATISFIED_BY
from cityloop.cases.models import (
    Case,
    CaseEvent,
    CaseEvidence,
    Claim,
    Contact,
    Gender,
    ReplyBy,
    Report,
    Request,
    Task,
)
from cityloop.cases.policy import Sight, roles_in
from cityloop.cases.steps import clocks
from cityloop.cases.steps.forms_of import get_form
from cityloop.cases.steps.step import AnySubject, Step
from cityloop.codes import selectors as codes
from cityloop.codes.catalogue import MinorNode, SourceNode
from cityloop.formdefs.schema import json_schema
from cityloop.limits.clock import Limit
from cityloop.limits.lamp import Lamp, lamp_at
from cityloop.limits.selectors import calendar_version, current_calendar, stage_limit
from cityloop.limits.words import lamp_letter, lamp_words, limit_words, remaining_words
from cityloop.org.actor import Actor
from cityloop.org.posts import SYSTEM_KIND
from cityloop.workflow import registry
from cityloop.workflow.engine import Guard, Offer, State, offered
from cityloop.workflow.selectors import get_flow

# What a list shows whoever reads it: it is for finding a case, and opening the case shows more.
LIST: Final = Sight()


def state_of(subject: AnySubject) -> State:
    """The state of a subject in the flow that it began with."""
    return get_flow(subject.flow_id).states[subject.state]


@dataclass(frozen=True, slots=True)
class ClockView:
    """How a clock stands now. The words count the limit's own time; the deadline is the one that is judged."""

    lamp: Lamp
    words: str
    due_at: datetime | None
    provisional: bool = False

    @property
    def letter(self) -> str:
        """One letter for whoever cannot tell colours."""
        return lamp_letter(self.lamp)

    @property
    def title(self) -> str:
        """What the lamp means."""
        return lamp_words(self.lamp)

    def as_json(self) -> dict[str, Any]:
        """The clock as the API gives it."""
        due = self.due_at.isoformat() if self.due_at else None
        return {"lamp": self.lamp.value, "words": self.words, "due_at": due, "provisional": self.provisional}


def clock_view(case: Case, now: datetime) -> ClockView:
    """The clock of whomever the case waits for: handling's own, or the post's stage."""
    if case.is_ended:
        return ClockView(Lamp.ENDED, "", case.due_at)
    if case.phase == "handling":
        return handling_view(case, now)
    limit = _stage_limit(case, state_of(case).limit)
    return _view(limit, case.stage_due_at, now)


def handling_view(case: Case, now: datetime) -> ClockView:
    """The handling clock: running, stopped, or not begun."""
    limit = clocks.case_limit(case)
    if case.due_at is None:
        return ClockView(Lamp.NONE, "", None)
    if case.running_since is None:
        late = _("按期") if not case.is_late else _("超期")
        lamp = Lamp.ENDED if case.phase == "ended" else Lamp.PAUSED
        return ClockView(lamp, late if case.handled_at else _("已暂停计时"), case.due_at)
    return _view(limit, case.due_at, now, case.provisional, case.calendar_id)


def task_view(task: Task, case: Case, now: datetime) -> ClockView:
    """The clock of a task: a unit's is the case's, an inspector's his own."""
    if task.ended:
        return ClockView(Lamp.ENDED, "", task.due_at)
    if task.kind == "handle" and case.due_at is not None:
        return handling_view(case, now)
    return _view(_stage_limit(case, state_of(task).limit), task.due_at, now)


def request_view(request: Request, case: Case, now: datetime) -> ClockView:
    """The clock of whoever must decide."""
    if request.ended:
        return ClockView(Lamp.ENDED, "", request.due_at)
    return _view(_stage_limit(case, state_of(request).limit), request.due_at, now)


def source_of(row: Case | Report) -> SourceNode:
    """Where it comes from, out of what the process remembers of the codes."""
    return codes.get_source(row.source_id)


def minor_of(case: Case) -> MinorNode | None:
    """Its minor category, likewise."""
    return codes.snapshot().minors.get(case.minor_id) if case.minor_id else None


def _stage_limit(case: Case, stage: str) -> Limit | None:
    return stage_limit(stage, source_of(case).kind, case.urgent) if stage else None


def _view(
    limit: Limit | None,
    due_at: datetime | None,
    now: datetime,
    provisional: bool = False,
    calendar_id: int | None = None,
) -> ClockView:
    if limit is None or due_at is None:
        return ClockView(Lamp.NONE, "", due_at)
    calendar = calendar_version(calendar_id) if calendar_id else current_calendar()[1]
    lamp = lamp_at(calendar, limit.unit, now, due_at, limit=limit.total_us)
    return ClockView(lamp, remaining_words(calendar, limit.unit, now, due_at), due_at, provisional)


class Look(Step):
    """A step that is only looked at: what guards read is fetched without locks, and once for a whole page."""

    @cached_property
    def open_tasks(self) -> list[Task]:
        """The case's open tasks."""
        return list(Task.objects.filter(case=self.case, ended=False).order_by("id"))

    @cached_property
    def open_requests(self) -> list[Request]:
        """The case's open requests."""
        return list(Request.objects.filter(case=self.case, ended=False).order_by("id"))

    def knowing(self, tasks: Sequence[Task] | None, requests: Sequence[Request] | None) -> "Look":
        """The same with rows that are known already."""
        if tasks is not None:
            self.open_tasks = [task for task in tasks if not task.ended]
        if requests is not None:
            self.open_requests = [row for row in requests if not row.ended]
        return self


def open_offers(
    subject: AnySubject,
    case: Case,
    by: Actor,
    now: datetime,
    *,
    tasks: Sequence[Task] | None = None,
    requests: Sequence[Request] | None = None,
) -> list[Offer]:
    """The lines of the flow that are this person's here, open or with the guard that forbids them.

    `tasks` and `requests` of the case, if they are known already, save statements.
    """
    flow = get_flow(subject.flow_id)
    step = Look(case, subject, by, now).knowing(tasks, requests)
    roles = frozenset(roles_in(by, case, subject))
    found = offered(flow, subject.state, roles, step, registry.guards)
    return [offer for offer in found if "system" not in offer.line.by]


def offers_of(
    subject: AnySubject,
    case: Case,
    by: Actor,
    now: datetime,
    *,
    tasks: Sequence[Task] | None = None,
    requests: Sequence[Request] | None = None,
) -> list[dict[str, Any]]:
    """The actions of this person here, each with its form; a forbidden one says what is missing."""
    return [_offer(subject, row) for row in open_offers(subject, case, by, now, tasks=tasks, requests=requests)]


def _offer(subject: AnySubject, offer: Offer) -> dict[str, Any]:
    line, form = offer.line, get_form(subject.flow_id, offer.line.form)
    return {
        "do": line.do,
        "label": label_of(line.labels),
        "form": json_schema(form, language()),
        "missing": _missing(offer.missing, [item.name for item in form]) if offer.missing else None,
    }


def _missing(guard: Guard, fields: Sequence[str]) -> dict[str, Any]:
    """What forbids an action; `field` is the one of its form that makes good for it, or null."""
    field = SATISFIED_BY.get(guard.name)
    return {"rule": guard.name, "message": _(guard.otherwise), "field": field if field in fields else None}


def case_row(case: Case, now: datetime) -> dict[str, Any]:
    """A case as one line of a list, its texts masked for everybody. Needs `claim` fetched along."""
    minor = minor_of(case)
    return {
        "number": case.number,
        "state": case.state,
        "state_label": label_of(state_of(case).labels),
        "phase": case.phase,
        "kind": minor.kind if minor else None,
        "category": minor.label if minor else "",
        "description": mask_text(case.description),
        "address": mask_text(case.address),
        "source": source_of(case).label,
        "urgent": case.urgent,
        "created_at": case.created_at.isoformat(),
        "revision": case.revision,
        "verification": case.verification,
        "rework_count": case.rework_count,
        "clock": clock_view(case, now).as_json(),
        "claimed_by": live_claim(case, now),
    }


def live_claim(case: Case, now: datetime) -> str:
    """Who has the case open, by name; "" for nobody or after five idle minutes. Needs `claim` fetched along."""
    claim: Claim | None = getattr(case, "claim", None)
    return claim.name if claim is not None and (now - claim.seen_at).total_seconds() < 300 else ""


def task_row(task: Task, now: datetime, seen: Sight = LIST) -> dict[str, Any]:
    """A task with its case, as one line of a list."""
    return {
        "id": task.pk,
        "kind": task.kind,
        "state": task.state,
        "state_label": label_of(state_of(task).labels),
        "part": task.part,
        "round": task.round,
        "revision": task.revision,
        "unit": task.unit_id,
        "person": task.person_id,
        "instruction": seen.instruction(task),
        "opened_at": task.opened_at.isoformat(),
        "ended": task.ended,
        "clock": task_view(task, task.case, now).as_json(),
    }


def request_row(request: Request, now: datetime) -> dict[str, Any]:
    """A request with its case, as one line of a list."""
    return {
        "id": request.pk,
        "kind": request.kind,
        "state": request.state,
        "state_label": label_of(state_of(request).labels),
        "reason": request.reason,
        "revision": request.revision,
        "unit": request.unit_id,
        "opened_at": request.opened_at.isoformat(),
        "ended": request.ended,
        "clock": request_view(request, request.case, now).as_json(),
    }


def contact_row(contact: Contact | None, seen: Sight) -> dict[str, Any] | None:
    """A citizen's contact as it may be seen. Whoever wants to stay unknown is, until somebody looks on purpose."""
    if contact is None or not seen.reporters:
        return None
    name, phone, gender = opened(contact)
    if contact.confidential:
        name, phone, gender = name and HIDDEN, phone and HIDDEN, ""
    elif not seen.contacts:
        name, phone, gender = mask_name(name), mask_phone(phone), ""
    return {
        "name": name,
        "phone": phone,
        "gender": gender,
        "gender_label": str(Gender(gender).label) if gender else "",
        "confidential": contact.confidential,
        "reply_by": contact.reply_by,
        "reply_label": str(ReplyBy(contact.reply_by).label),
    }


def opened(contact: Contact) -> tuple[str, str, str]:
    """Name, number and gender as they were given: not for showing without `contact_row` or a journalled look."""
    sealed = (contact.name, contact.phone, contact.gender)
    name, phone, gender = (unseal(Sealed(contact.key_id, bytes(part))) if part else "" for part in sealed)
    return name, phone, gender


def place_of(case: Case) -> list[float] | None:
    """Where the case is, as `[lon, lat]`."""
    place = as_lonlat(case.point)
    return list(place) if place else None


def case_file(case: Case, by: Actor, now: datetime) -> dict[str, Any]:
    """A case with everything that its page shows to this person."""
    tasks, requests = selectors.subjects_of(case)
    known: dict[str, Any] = {"tasks": tasks, "requests": requests}
    reports = selectors.reports_of(case)
    seen = selectors.sight_of(case, by=by, tasks=tasks, reports=reports)
    links = case.evidence.select_related("evidence").order_by("seq", "pk")
    return {
        **case_row(case, now),
        "description": seen.text(case.description),
        "address": seen.text(case.address),
        "blind": seen.blind,
        "point": place_of(case),
        "area_code": case.area_code,
        "area_class": case.area_class,
        "cell": case.cell.code if case.cell else None,
        "duty_grid": case.duty_grid.name if case.duty_grid else None,
        "minor": case.minor_id,
        "standard": _standard_row(case),
        "unit": {"id": case.unit_id, "name": case.unit.label} if case.unit else None,
        "filed_at": case.filed_at,
        "dispatched_at": case.dispatched_at,
        "handled_at": case.handled_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "late": case.is_late,
        "due_at": case.due_at,
        "original_due_at": case.original_due_at,
        "reports": [report_row(report, seen) for report in reports],
        "evidence": [evidence_row(link) for link in links if seen.shows(link.purpose)],
        "tasks": [{**task_row(task, now, seen), "offers": offers_of(task, case, by, now, **known)} for task in tasks],
        "requests": [{**request_row(row, now), "offers": offers_of(row, case, by, now, **known)} for row in requests],
        "links": selectors.links_of(case),
        "offers": offers_of(case, case, by, now, **known),
    }


def _standard_row(case: Case) -> dict[str, Any] | None:
    row = case.standard
    if row is None:
        return None
    limit = clocks.case_limit(case)
    return {
        "id": row.pk,
        "condition": row.condition,
        "close_condition": row.close_condition,
        "limit": limit_words(limit) if limit else None,
    }


def report_row(report: Report, seen: Sight) -> dict[str, Any]:
    """One report of a case; a citizen's contact as this person may see it."""
    return {
        "id": report.pk,
        "source": source_of(report).label,
        "external_number": report.external_number,
        "text": seen.text(report.text),
        "address": seen.text(report.address),
        "person": report.person.name if report.person and seen.reporters else None,
        "contact": contact_row(report.contact, seen),
        "created_at": report.created_at,
    }


def evidence_row(link: CaseEvidence) -> dict[str, Any]:
    """A photo, sound or film of a case."""
    evidence = link.evidence
    place = as_lonlat(evidence.taken_point)
    return {
        "id": str(evidence.pk),
        "kind": evidence.kind,
        "purpose": link.purpose,
        "seq": link.seq,
        "taken_at": evidence.taken_at,
        "taken_point": list(place) if place else None,
    }


def event_row(event: CaseEvent, case: Case, seen: Sight) -> dict[str, Any]:
    """One step of the history, with its text as it may be read."""
    text = getattr(event, "text", None)
    return {
        "seq": event.seq,
        "group": event.group,
        "at": event.at,
        "do": event.do,
        "label": do_label(event, case),
        "subject": event.subject,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "actor": who_did(event),
        "post": event.post,
        "unit": event.unit_name,
        "both_axes": event.both_axes,
        "late": event.late,
        "due_at": event.due_at,
        "spent_microseconds": event.spent,
        "note": seen.text(text.note) if text and seen.tells(event) else "",
        "hash": bytes(event.hash).hex(),
    }


def who_did(event: CaseEvent) -> str:
    """Who took a step, by name; the system's name is a word of the reader's language."""
    return _(event.actor_name) if event.post == SYSTEM_KIND else event.actor_name


def do_label(event: CaseEvent, case: Case) -> str:
    """What a step is called, in the flow under which it was taken."""
    own = {
        "report": _("上报"),
        "add_report": _("又有反映"),
        "merge_here": _("并入一案"),
        "unmerge_here": _("撤销并入"),
    }
    if event.do in own:
        return own[event.do]
    lines = get_flow(event.flow_version).lines
    return next((label_of(line.labels) for line in lines if line.do == event.do), event.do)


def similar_row(case: Case) -> dict[str, Any]:
    """A case that may be the same problem: enough to recognise it, for people who may not see the case itself."""
    minor = minor_of(case)
    return {
        "number": case.number,
        "category": minor.label if minor else "",
        "address": mask_text(case.address),
        "created_at": case.created_at,
        "state_label": label_of(state_of(case).labels),
        "metres": round(cast(Any, case).distance.m),  # as similar_cases annotates it
    }
