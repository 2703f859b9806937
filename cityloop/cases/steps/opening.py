"""How a case begins: with its first report, at a place, under the centres that stand over it."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.secrets import digest, digest_tail, seal
from cityloop.base.time import city_date
from cityloop.base.writing import Writing
from cityloop.cases.models import Case, CaseEvent, CaseEvidence, Contact, EventText, Gender, ReplyBy, Report
from cityloop.cases.policy import may_report_under, reporting_post
from cityloop.cases.steps import clocks, facts
from cityloop.cases.steps.history import body_digest, sealed
from cityloop.cases.steps.rows import DATABASE, Rows
from cityloop.cases.steps.step import Step
from cityloop.cases.steps.storing import (
    Written,
    add_events,
    add_evidence,
    add_notices,
    add_participants,
    chain,
)
from cityloop.codes.models import Source
from cityloop.formdefs.schema import unstorable
from cityloop.org.actor import Actor
from cityloop.workflow.selectors import active_version, get_flow


@dataclass(frozen=True, slots=True)
class Reporter:
    """A citizen who wants, or does not want, to be known."""

    name: str = ""
    phone: str = ""
    gender: str = ""
    confidential: bool = False
    reply_by: str = ""  # none said: by telephone, if there is a number


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is said when something is wrong. `point` is [lon, lat], EPSG:4326; `evidence` are ids of uploads."""

    source: Source
    description: str = ""
    point: Sequence[float] | None = None
    address: str = ""
    minor_id: int | None = None
    standard_id: int | None = None
    component_id: int | None = None
    urgent: bool = False
    self_handled: bool = False
    external_number: str = ""
    evidence: Sequence[str] = field(default_factory=tuple)
    after: Sequence[str] = field(default_factory=tuple)  # photos after self-handling
    recordings: Sequence[str] = field(default_factory=tuple)  # of the call
    reporter: Reporter | None = None
    verification: str = ""  # an inspector's answer that is known already

    def body(self) -> dict[str, Any]:
        """What tells this report from another one under the same client id."""
        reporter = self.reporter
        return {
            "source": self.source.pk,
            "description": self.description,
            "point": list(self.point or ()),
            "address": self.address,
            "minor": self.minor_id,
            "standard": self.standard_id,
            "component": self.component_id,
            "urgent": self.urgent,
            "self_handled": self.self_handled,
            "external_number": self.external_number,
            "evidence": [*self.evidence, *self.after, *self.recordings],
            "reporter": list(astuple(reporter)) if reporter else [],
        }

    def uploads(self) -> list[tuple[str, list[str]]]:
        """The uploads by what they are for."""
        return [("report", list(self.evidence)), ("after", list(self.after)), ("call", list(self.recordings))]


class Repeated(Exception):
    """The client id has its event already."""


NEXT_ID = "SELECT nextval('cases_case_id_seq'), EXISTS(SELECT FROM cases_caseevent WHERE client_id = %s::uuid)"


def open_case(
    new: NewReport,
    *,
    by: Actor,
    now: datetime,
    client_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """Create a case with its first report, and the event that says so. Raises `Repeated` for a known client id."""
    body = body_digest("report", "report", new.body())
    try:
        with transaction.atomic():
            return _open(new, by, now, client_id=client_id, body=body, data=dict(data or {}))
    except IntegrityError:
        if client_id is not None and CaseEvent.objects.filter(client_id=client_id).exists():
            raise Repeated from None
        raise


def _open(
    new: NewReport, by: Actor, now: datetime, *, client_id: UUID | None, body: bytes, data: dict[str, Any]
) -> CaseEvent:
    step, report, written = begin(new, next_id(client_id), by=by, now=now, client_id=client_id, body=body, data=data)
    if new.reporter is not None and (contact := contact_of(new.reporter)) is not None:
        contact.save(force_insert=True)
        report.contact = contact
    writing = Writing()
    writing.insert([step.case], but_key=False)
    add_events(writing, [written])
    writing.insert([report])
    add_evidence(writing, step, 1)
    add_participants(writing, step)
    add_notices(writing, step)
    writing.run()
    return written.event


def begin(
    new: NewReport,
    case_id: int,
    *,
    by: Actor,
    now: datetime,
    client_id: UUID | None,
    body: bytes,
    data: Mapping[str, Any],
    rows: Rows = DATABASE,
) -> tuple[Step, Report, Written]:
    """The new case under that id, its first report and its first event, in memory."""
    case = _new_case(new, case_id, now, rows)
    step = Step(case, case, by, now, group=1, rows=rows)
    step.post = reporting_post(by, new.source.kind) if by.person_id is not None else None
    written = _first_event(step, new, client_id, body, data)
    report = Report(
        case=case,
        first_case=case,
        source=new.source,
        external_number=new.external_number,
        text=new.description,
        point=case.point,
        address=new.address,
        person_id=by.person_id,
        created_at=now,
    )
    step.kept["evidence"] = new.uploads()
    if by.person_id is not None:
        step.participants.add(("person", by.person_id))
    step.tell_post(case.supervising_id, ["operator"], "cases.reported")
    return step, report, written


def _new_case(new: NewReport, case_id: int, now: datetime, rows: Rows) -> Case:
    version = active_version("case")
    flow = get_flow(version)
    state = flow.states["self_done" if new.self_handled else flow.initial]
    case = Case(
        pk=case_id,
        number=number_of(case_id, now),
        source=new.source,
        description=new.description,
        address=new.address,
        urgent=new.urgent,
        created_at=now,
        component_id=new.component_id,
        verification=new.verification,
        flow_id=version,
        state=state.name,
        phase=state.phase,
        stage_began_at=now,
    )
    if new.point:
        facts.relocate(case, list(new.point), now, rows)
    if new.component_id is not None:
        facts.demand_component(new.component_id)
    facts.recategorise(case, {"minor": new.minor_id, "standard": new.standard_id})
    over = facts.jurisdiction(case.area_code, rows)
    case.supervising_id, case.commanding_id = over.supervising_id, over.commanding_id
    case.stage_due_at, _limit = clocks.stage_due(state.limit, case, now)
    return case


def next_id(client_id: UUID | None) -> int:
    """The next id of a case, from the sequence: gaps are allowed, nothing is used twice.

    Raises `Repeated` for a known client id.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ID, [client_id])
        case_id, is_known = cursor.fetchone()
    if is_known:
        raise Repeated
    return int(case_id)


def number_of(case_id: int, now: datetime) -> str:
    """The case number: the city's date and at least six digits of the sequence, which people quote from the end."""
    return f"{city_date(now):%Y%m%d}{case_id:06d}"


def _first_event(step: Step, new: NewReport, client_id: UUID | None, body: bytes, data: Mapping[str, Any]) -> Written:
    case, post = step.case, step.post
    private = {"description": new.description, "address": new.address}
    private = {name: value for name, value in private.items() if value}
    salt, note_digest = sealed("", {"data": private} if private else {})
    event = CaseEvent(
        case=case,
        seq=1,
        group=1,
        at=step.now,
        do="report",
        subject="case",
        subject_id=0,
        revision=case.revision,
        from_state="",
        to_state=case.state,
        actor_id=step.by.person_id,
        actor_name=step.by.name,
        post=post.kind if post else ("system" if step.by.is_system else "public"),
        unit_id=post.unit_id if post else None,
        unit_name=post.unit_name if post else "",
        flow_version=case.flow_id,
        client_id=client_id,
        body_digest=body,
        data={"source": new.source.code, "minor": case.minor_id, **data},
        note_digest=note_digest,
    )
    chain(case, event)
    case.last_group, case.last_actor_id = 1, step.by.person_id
    text = EventText(note="", private={"data": private}, salt=salt) if note_digest else None
    return Written(event, text)


def again(case: Case) -> NewReport:
    """A new problem at the same place, because it came back after it had been solved.

    The inspector who found it again has verified it: whatever its source, it is not verified once more.
    """
    return NewReport(
        source=case.source,
        description=case.description,
        point=[case.point.x, case.point.y] if case.point else None,
        address=case.address,
        minor_id=case.minor_id,
        standard_id=case.standard_id,
        urgent=case.urgent,
        verification="confirm",
    )


def same_photos(step: Step, linked: Case) -> list[CaseEvidence]:
    """The photos of the check that found it again: they show the new problem too."""
    found = [UUID(item) for _purpose, ids in step.kept.get("evidence", []) for item in ids]
    return [CaseEvidence(case=linked, evidence_id=item, purpose="report", seq=1) for item in dict.fromkeys(found)]


def demand_source(code: str) -> Source:
    """The source by its code; refused as `invalid` when there is none."""
    row = None if unstorable(code) else facts.find_source(code)
    if row is None:
        raise Refused("invalid", _("没有这个问题来源"), {"fields": {"source": code}})
    return row


def demand_source_for(actor: Actor, source: Source) -> None:
    """Refuse as `not_yours` a source under which none of the actor's posts reports."""
    if not may_report_under(actor, source.kind):
        message = _("您的岗位不能以“%(source)s”为来源上报") % {"source": source.name}
        raise Refused("not_yours", message, {"rule": "source", "fields": {"source": source.code}})


def contact_of(reporter: Reporter) -> Contact | None:
    """A citizen's name and number, sealed; only digests can be searched. None when he gave neither."""
    if not (reporter.name or reporter.phone):
        return None
    reply_by = reporter.reply_by or (ReplyBy.PHONE if reporter.phone else ReplyBy.NONE)
    if not reporter.phone and reply_by in {ReplyBy.PHONE, ReplyBy.SMS}:
        raise Refused("invalid", _("电话或短信回复须有来电号码"), {"fields": {"phone": "reply_by"}})
    if (reporter.gender and reporter.gender not in Gender.values) or reply_by not in ReplyBy.values:
        raise Refused("invalid", _("没有这个选项"), {"fields": {"reporter": "choice"}})
    name, phone = seal(reporter.name), seal(reporter.phone)
    return Contact(
        key_id=phone.key_id,
        name=name.content,
        phone=phone.content,
        phone_digest=digest(reporter.phone) if reporter.phone else None,
        tail_digest=digest_tail(reporter.phone) if reporter.phone else None,
        gender=seal(reporter.gender).content,
        confidential=reporter.confidential,
        reply_by=reply_by,
    )
