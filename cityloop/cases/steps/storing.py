"""From a chosen line to rows: one event, the moved subject, and at the end few statements for everything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from cityloop.base.writing import IdFrom, Writing
from cityloop.cases.models import (
    Case,
    CaseEvent,
    CaseEvidence,
    EventText,
    Participant,
    Request,
    Task,
    Timer,
)
from cityloop.cases.steps import clocks, facts
from cityloop.cases.steps.history import chained, sealed
from cityloop.cases.steps.step import AnySubject, Step, columns_of, kind_of
from cityloop.evidence.actions import Linking, link_all
from cityloop.limits.clock import spent
from cityloop.limits.selectors import current_calendar
from cityloop.notify.actions import Recipient, notices
from cityloop.org.posts import axis_of
from cityloop.workflow import registry
from cityloop.workflow.engine import BACK, SAME, Flow, Line

COLUMNS = (
    *facts.TRACKED,
    "revision",
    "last_seq",
    "last_hash",
    "last_group",
    "last_actor_id",
)
LATER = '(case_id, clock) DO UPDATE SET "do" = EXCLUDED."do", fires_at = EXCLUDED.fires_at'
HEAD = ("revision", "last_seq", "last_hash")


class Stage(NamedTuple):
    """The stage that a step ends: when it began, when it was due, and under which limit."""

    began_at: datetime
    due_at: datetime | None
    limit: str
    spent: int | None  # microseconds of the limit's own clock


class Written(NamedTuple):
    """An event and its free text, not yet stored."""

    event: CaseEvent
    text: EventText | None


def stage_of(case: Case, subject: AnySubject, flow: Flow, now: datetime) -> Stage:
    """The running stage of the subject. Handling is judged by the case's own clock."""
    if isinstance(subject, Case):
        handling, began_at, due_at = subject.phase == "handling", subject.stage_began_at, subject.stage_due_at
    else:
        handling = subject.kind == "handle" and subject.state != flow.initial
        began_at, due_at = subject.opened_at, subject.due_at
    _version, calendar = current_calendar()
    if handling:
        known = case.due_at is not None and bool(case.limit_unit)
        return Stage(began_at, case.due_at, _limit_words(case), clocks.used(case, calendar, now) if known else None)
    name = flow.states[subject.state].limit
    unit = clocks.stage_unit(name, case)
    return Stage(began_at, due_at, name, spent(calendar, unit, began_at, now) if unit and due_at else None)


def _limit_words(case: Case) -> str:
    limit = clocks.case_limit(case)
    return f"{limit.amount} {limit.unit}" if limit else ""


def advance(step: Step, flow: Flow, line: Line, *, client_id: UUID | None, digest: bytes) -> Written:
    """Run the line's effects, move the subject, and append the event to the chain."""
    case, subject = step.case, step.subject
    step.line = line
    stage, from_state = stage_of(case, subject, flow, step.now), subject.state
    before = facts.snapshot(case)
    seq = case.last_seq + 1
    step.group = step.group or seq
    if not isinstance(subject, Case):
        step.keep(subject)
    for name in line.then:
        registry.effects[name](step)
    move(step, flow, line)
    old = {**facts.changes(before, facts.snapshot(case)), **_changed_subjects(step)}
    event, text = _event(step, stage, from_state, old)
    event.seq, event.group, event.client_id, event.body_digest = seq, step.group, client_id, digest
    chain(case, event)
    _remember_last_step(step, line)
    return Written(event, text)


def _changed_subjects(step: Step) -> dict[str, Any]:
    """How tasks and requests were that this event leaves otherwise, by kind and id."""
    now = {("tasks" if isinstance(row, Task) else "requests", str(row.pk)): columns_of(row) for row in step.touched()}
    was, step.was = step.was, {}
    found = {
        kind: {pk: columns for pk, columns in table.items() if now.get((kind, pk)) != columns}
        for kind, table in was.items()
    }
    return {kind: table for kind, table in found.items() if table}


def chain(case: Case, event: CaseEvent) -> None:
    """Give the event its hash and make it the head of the case."""
    event.hash = chained(case.last_hash, case.number, event)
    case.last_seq, case.last_hash = event.seq, event.hash


def _remember_last_step(step: Step, line: Line) -> None:
    # A reminder by the system is nobody's step: it must not take anybody's recall away.
    if line.to == SAME and "system" in line.by:
        return
    step.case.last_group = step.group
    # A step taken back has no sender: recalling once more would do it again under the name of undoing.
    step.case.last_actor_id = None if line.to == BACK else step.by.person_id


def move(step: Step, flow: Flow, line: Line) -> None:
    """Bring the subject to the line's target."""
    subject = step.subject
    if not (line.to == SAME and "system" in line.by):
        subject.revision += 1
    if isinstance(subject, Case):
        if line.to not in {SAME, BACK}:
            _enter(step, flow, line.to)
        elif line.to == SAME and subject.phase == "handling":
            subject.stage_due_at = subject.due_at
        return
    if line.do == "acknowledge" and isinstance(subject, Task):
        subject.acknowledged_at = step.now
    if line.to == SAME:
        return
    subject.state = line.to
    if flow.states[line.to].ended:
        subject.ended, subject.ended_at, subject.ended_group = True, step.now, step.group
        _note_answer(step.case, subject, line.do)


def _note_answer(case: Case, subject: Task | Request, do: str) -> None:
    if subject.kind == "verify":
        case.verification = do
    elif subject.kind == "check":
        case.check_result = do


def _enter(step: Step, flow: Flow, name: str) -> None:
    case, state = step.case, flow.states[name]
    case.state, case.phase, case.outcome = state.name, state.phase, state.outcome
    case.stage_began_at = step.now
    case.stage_due_at = case.due_at if state.phase == "handling" else clocks.stage_due(state.limit, case, step.now)[0]
    if state.ended:
        case.closed_at = step.now
        # Nobody owes anything on an ended case, and nobody has to decide about it.
        left: list[Task | Request] = [*step.open_tasks, *step.open_requests]
        for row in left:
            if not row.ended:
                step.withdraw(row)


def _event(step: Step, stage: Stage, from_state: str, old: Mapping[str, Any]) -> tuple[CaseEvent, EventText | None]:
    subject, post = step.subject, step.post
    is_case = isinstance(subject, Case)
    texts = {item for item in step.data if item in step.kept.get("texts", ())}
    private: dict[str, Any] = {}
    if texts:
        private["data"] = {name: step.data[name] for name in sorted(texts)}
    if hidden := {name: value for name, value in old.items() if name in facts.PRIVATE}:
        private["before"] = hidden
    salt, digest = sealed(step.note, private)
    version, _calendar = current_calendar()
    event = CaseEvent(
        case=step.case,
        at=step.now,
        do=step.line.do if step.line else "",
        subject=kind_of(subject),
        subject_id=0 if is_case else subject.pk,
        revision=subject.revision,
        from_state=from_state,
        to_state=subject.state,
        actor_id=step.by.person_id,
        actor_name=step.by.name,
        post=post.kind if post else "system",
        unit_id=post.unit_id if post else None,
        unit_name=post.unit_name if post else "",
        both_axes=_on_both_axes(step),
        claimed_at=step.kept.get("claimed_at"),
        began_at=stage.began_at,
        due_at=stage.due_at,
        spent=stage.spent,
        late=None if stage.due_at is None else step.now > stage.due_at,
        limit=stage.limit,
        calendar_version=version,
        flow_version=subject.flow_id,
        data={name: value for name, value in step.data.items() if name not in texts},
        before={name: value for name, value in old.items() if name not in facts.PRIVATE},
        note_digest=digest,
    )
    text = EventText(event=event, note=step.note, private=private, salt=salt) if digest else None
    return event, text


def _on_both_axes(step: Step) -> bool:
    """Whether the actor has acted on the other axis of this case; asked only of people with posts on both."""
    own = axis_of(step.post.kind) if step.post else None
    others = {axis_of(post.kind) for post in step.by.posts} - {own, None}
    if own is None or not others:
        return False
    return any(axis_of(post) in others for post in step.rows.posts_of(step.case, step.by.person_id))


def store(step: Step, written: list[Written]) -> None:
    """Write everything that the step has gathered, in one statement. The case's row is locked."""
    writing = Writing()
    add_events(writing, written)
    _add_subjects(writing, step)
    add_evidence(writing, step, written[0].event.seq)
    if step.timer is not None:
        do, fires_at = step.timer
        timer = Timer(case=step.case, clock="handling", do=do, fires_at=fires_at)
        writing.insert([timer], conflict=LATER)
    if step.new_links:
        writing.insert(step.new_links)
    add_participants(writing, step)
    add_notices(writing, step)
    writing.update(step.case, COLUMNS)
    writing.run()


def store_echo(other: Case, event: CaseEvent) -> None:
    """Store the event that a step leaves in the other case. Its row is locked."""
    writing = Writing()
    writing.insert([event])
    writing.update(other, HEAD)
    writing.run()


def add_events(writing: Writing, written: list[Written]) -> None:
    """Events, and the free texts beside them."""
    part = writing.insert([row.event for row in written], returning="id, seq")
    texts = [row.text for row in written if row.text is not None]
    for event, text in written:
        if text is not None:
            text.__dict__["event_id"] = IdFrom(part, "seq", event.seq)
    if texts:
        writing.insert(texts, but_key=False, ids="event_id")


def _add_subjects(writing: Writing, step: Step) -> None:
    for row in step.touched():
        writing.update(row)
    for rows in (step.new_tasks, step.new_requests):
        if rows:
            writing.insert(rows)


def add_evidence(writing: Writing, step: Step, seq: int) -> None:
    """Link the uploads that the form named to the case."""
    wanted: list[tuple[str, list[str]]] = step.kept.get("evidence", [])
    rows = [(UUID(item), purpose) for purpose, ids in wanted for item in ids]
    if not rows:
        return
    holder = f"case:{step.case.pk}"
    link_all([Linking(item, step.by.person_id, holder) for item, _ in rows])
    found = [CaseEvidence(case=step.case, evidence_id=item, purpose=purpose, seq=seq) for item, purpose in rows]
    writing.insert(found, conflict="DO NOTHING")


def participant(case: Case, role: str, pk: int) -> Participant:
    """A part of a person or a unit in the case, beside the case's own moment."""
    return Participant(case=case, created_at=case.created_at, **{f"{role}_id": pk})


def add_participants(writing: Writing, step: Step) -> None:
    """Remember who has a part in the case from now on."""
    rows = [participant(step.case, role, pk) for role, pk in sorted(step.participants)]
    if rows:
        writing.insert(rows, conflict="DO NOTHING")


def add_notices(writing: Writing, step: Step) -> None:
    """Tell the next post."""
    case = step.case
    by_key: dict[str, list[Recipient]] = {}
    for recipient, key in step.notices:
        by_key.setdefault(key, []).append(recipient)
    params = {"number": case.number, "address": case.address}
    url = f"/cases/{case.number}/"
    rows = [row for key, told in by_key.items() for row in notices(told, key, params, url, now=step.now)]
    if rows:
        writing.insert(rows)
