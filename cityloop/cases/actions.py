"""The one door: `perform` takes an action of a case, a task or a request; `report` begins a case."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, CaseEvent, CaseEvidence, CaseLink, Request, Task, Timer
from cityloop.cases.steps.facts import demand_offered
from cityloop.cases.steps.history import body_digest
from cityloop.cases.steps.locking import Locked, lock
from cityloop.cases.steps.merging import UNDO, echo
from cityloop.cases.steps.opening import NewReport, Repeated, again, open_case, same_photos
from cityloop.cases.steps.step import AnySubject, Step
from cityloop.cases.steps.storing import store, store_echo
from cityloop.cases.steps.taking import take
from cityloop.formdefs.schema import demand_storable
from cityloop.org.actor import SYSTEM, Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did: the answer to it, and again to its retry. `revision` is the subject's after the action."""

    number: str
    seq: int
    do: str
    subject: str
    subject_id: int
    from_state: str
    to_state: str
    revision: int
    repeated: bool = False

    def as_json(self) -> dict[str, Any]:
        """The answer as the API gives it."""
        return asdict(self)


def perform(
    subject: AnySubject,
    do: str,
    *,
    by: Actor,
    now: datetime,
    client_id: UUID | None = None,
    revision: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Outcome:
    """Take one action: lock, read, ask the flow, write one event and everything that follows, in one transaction.

    `subject` is only read for its id, a case for its number; `revision` is the one that the actor has seen. Refused
    with `not_found`, `stale`, `not_here`, `not_yours`, `not_yet` or `invalid`, and then nothing is written. The same
    `client_id` by the same actor gets the first answer again.
    """
    values = dict(data or {})
    demand_storable({**values, "do": do})
    digest = body_digest(reference(subject), do, values)
    try:
        with transaction.atomic():
            return _Performance(subject, do, by=by, now=now, client_id=client_id, digest=digest).run(revision, values)
    except (IntegrityError, Refused):
        # The same request may have been answered before, at this very moment or so that its actor sees the case no
        # longer: then it is no refusal, whatever the case looks like now.
        if client_id is None or not CaseEvent.objects.filter(client_id=client_id).exists():
            raise
    except _AlreadyDone:
        pass
    assert client_id is not None
    return first_answer(client_id, by, digest)


def reference(subject: AnySubject) -> str:
    """What a repeated request must name again."""
    if isinstance(subject, Case):
        return f"case:{subject.number}"
    return f"{'task' if isinstance(subject, Task) else 'request'}:{subject.pk}"


def first_answer(client_id: UUID, by: Actor, digest: bytes) -> Outcome:
    """The answer that this client id got; refused as `invalid` for another body or another person."""
    event = CaseEvent.objects.select_related("case").get(client_id=client_id)
    if event.actor_id != by.person_id or bytes(event.body_digest) != digest:
        raise Refused("invalid", _("这个请求编号已经用于另一个操作"), {"rule": "client_id"})
    return outcome_of(event, repeated=True)


def outcome_of(event: CaseEvent, *, repeated: bool = False) -> Outcome:
    """The answer of a stored event."""
    return Outcome(
        number=event.case.number,
        seq=event.seq,
        do=event.do,
        subject=event.subject,
        subject_id=event.subject_id,
        from_state=event.from_state,
        to_state=event.to_state,
        revision=event.revision,
        repeated=repeated,
    )


def report(new: NewReport, *, by: Actor, now: datetime, client_id: UUID | None = None) -> Outcome:
    """Say that something is wrong: a case with its first report. The same `client_id` gets the first answer again."""
    demand_storable(new.body())
    demand_offered(new.minor_id, new.standard_id)
    try:
        return outcome_of(open_case(new, by=by, now=now, client_id=client_id))
    except Repeated:
        assert client_id is not None
        return first_answer(client_id, by, body_digest("report", "report", new.body()))


class _AlreadyDone(Exception):
    """The client id has its event."""


class _Performance:
    """One call of `perform` inside its transaction."""

    def __init__(
        self, subject: AnySubject, do: str, *, by: Actor, now: datetime, client_id: UUID | None, digest: bytes
    ) -> None:
        self.asked, self.do, self.by, self.now = subject, do, by, now
        self.client_id, self.digest = client_id, digest

    def run(self, revision: int | None, values: dict[str, Any]) -> Outcome:
        """Everything in the order that the design fixes."""
        locked, other = self._lock(values)
        if locked.has_due_timer and not self.by.is_system:
            self._wake(locked.case)
            locked, other = self._lock(values)
        case, held = locked.case, locked.claim
        step = Step(case, case, self.by, self.now)
        step.subject = self._subject(step)
        if held is not None and held.person_id == self.by.person_id:
            step.kept["claimed_at"] = held.since
        if other is not None:
            step.kept["target"] = other
        written = take(step, self.do, values, revision=revision, client_id=self.client_id, digest=self.digest)
        store(step, written)
        if other is not None:
            store_echo(other, echo(other, written[0].event))
        if step.kept.get("rebound"):
            self._open_linked(step)
        return outcome_of(written[0].event)

    def _wake(self, case: Case) -> None:
        """What was due before this step comes before it in the history, also when the worker is behind."""
        for timer in Timer.objects.filter(case=case, fires_at__lte=self.now).order_by("fires_at", "id"):
            try:
                perform(case, timer.do, by=SYSTEM, now=timer.fires_at)
            except Refused:
                pass  # the flow no longer offers it: the moment has passed
            except Exception:
                # The worker tries it again; whoever works on the case is not kept from it.
                log.exception("timer %s of case %s failed", timer.do, case.number)
                continue
            Timer.objects.filter(pk=timer.pk, fires_at=timer.fires_at).delete()

    def _open_linked(self, step: Step) -> None:
        event = open_case(again(step.case), by=self.by, now=self.now, data={"rebound_of": step.case.number})
        CaseLink.objects.create(case=event.case, other=step.case, kind=CaseLink.REBOUND)
        CaseEvidence.objects.bulk_create(same_photos(step, event.case))

    def _lock(self, values: Mapping[str, Any]) -> tuple[Locked, Case | None]:
        """The case, and the other one of a merging, locked by ascending id; `not_found` unless it may be seen."""
        others = self._others(values)
        held = {} if others is None else {row.pk: row for row in self._lock_both(others)}
        locked = lock(*self._where(), actor=self.by, now=self.now, client_id=self.client_id)
        if locked is None:
            raise Refused("not_found", _("没有这个案件, 或您无权查看"))
        if locked.done_before:
            raise _AlreadyDone
        other = next((row for pk, row in held.items() if pk != locked.case.pk), None)
        if "into" in values and others is not None and (other is None or other.is_ended):
            raise Refused("invalid", _("并入的案件不存在或已结束"), {"fields": {"into": "open"}})
        return locked, other

    def _others(self, values: Mapping[str, Any]) -> QuerySet[Case] | None:
        """The case into which this one is or was merged; None for all other steps."""
        if not isinstance(self.asked, Case):
            return None
        if "into" in values:
            return _visible(self.by).filter(number=str(values["into"]).strip())
        if self.do == UNDO:
            merged = CaseLink.objects.filter(case__number=self.asked.number, kind=CaseLink.MERGED)
            return Case.objects.filter(pk__in=merged.values("other"))
        return None

    def _lock_both(self, others: QuerySet[Case]) -> QuerySet[Case]:
        ids = [*_visible(self.by).filter(number=self.asked.number).values_list("pk", flat=True)]  # type: ignore[union-attr]
        ids += others.values_list("pk", flat=True)
        rows = Case.objects.filter(pk__in=ids).order_by("pk").select_related("source")
        return rows.select_for_update(no_key=True, of=("self",))

    def _where(self) -> tuple[str, Any]:
        asked = self.asked
        if isinstance(asked, Case):
            return "number", asked.number
        return ("task" if isinstance(asked, Task) else "request"), asked.pk

    def _subject(self, step: Step) -> AnySubject:
        asked = self.asked
        if isinstance(asked, Case):
            return step.case
        rows: Sequence[Task | Request] = step.open_tasks if isinstance(asked, Task) else step.open_requests
        found = next((row for row in rows if row.pk == asked.pk), None)
        if found is not None:
            return found
        if isinstance(asked, Task):
            return Task.objects.get(pk=asked.pk, case=step.case)
        return Request.objects.get(pk=asked.pk, case=step.case)


def _visible(by: Actor) -> QuerySet[Case]:
    rows: QuerySet[Case] = Case.objects.visible_to(by)
    return rows
