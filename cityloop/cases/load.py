"""The one other door: whole histories, made in memory and copied in at once.

For benches and for migration from another system. The engine, the guards, the effects, the clock and the hash are
those of `actions.perform`; only where rows are read and written differs. Nobody is notified of the past.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.time import city_date
from cityloop.base.writing import copy_in
from cityloop.cases.actions import Outcome, outcome_of, reference
from cityloop.cases.models import (
    Case,
    CaseEvent,
    CaseEvidence,
    CaseLink,
    Contact,
    EventText,
    Jurisdiction,
    Participant,
    Report,
    Request,
    Task,
    Timer,
)
from cityloop.cases.steps.history import body_digest
from cityloop.cases.steps.merging import UNDO, echo
from cityloop.cases.steps.opening import NewReport, again, begin, contact_of, same_photos
from cityloop.cases.steps.rows import Rows
from cityloop.cases.steps.step import AnySubject, Step
from cityloop.cases.steps.storing import Written, participant
from cityloop.cases.steps.taking import take
from cityloop.evidence.actions import Linking, link_all
from cityloop.grid.selectors import Location, locate
from cityloop.org.actor import SYSTEM, Actor

IDS_AT_ONCE: Final = 1000
# Parents before what points at them.
TABLES: Final[tuple[type[Model], ...]] = (
    Contact,
    Case,
    Report,
    Task,
    Request,
    CaseEvent,
    EventText,
    Timer,
    Participant,
    CaseEvidence,
    CaseLink,
)
OWN_KEYS: Final = {Contact, Case, Task, Request, CaseEvent, EventText}  # whose ids we give


@dataclass
class _File:
    """One case file in the making."""

    case: Case
    tasks: list[Task] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    texts: list[EventText] = field(default_factory=list)
    links: list[CaseLink] = field(default_factory=list)
    evidence: dict[UUID, CaseEvidence] = field(default_factory=dict)
    participants: dict[tuple[str, int], Participant] = field(default_factory=dict)
    timer: Timer | None = None

    def rows(self) -> Iterator[Model]:
        """Everything in it but its reports, which may lie in another one."""
        yield from (self.case, *self.tasks, *self.requests, *self.events, *self.texts, *self.links)
        yield from (*self.evidence.values(), *self.participants.values())
        if self.timer is not None:
            yield self.timer


class _Ids:
    """Ids from the tables' own sequences, many at a time."""

    def __init__(self) -> None:
        self._left: dict[type[Model], list[int]] = {}

    def next(self, model: type[Model]) -> int:
        left = self._left.get(model)
        if not left:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [model._meta.db_table, IDS_AT_ONCE],
                )
                left = self._left[model] = [pk for (pk,) in cursor.fetchall()][::-1]
        return left.pop()


class Histories(Rows):
    """Case files in the making; `flush` copies them in and forgets them.

    Each step takes its own `now`, as in `perform`; a timer that is due before a step fires before it. Whoever calls
    acts for the posts that he names: what a person may see is not asked again, what he may do is.
    """

    def __init__(self) -> None:
        self._files: dict[int, _File] = {}
        self._numbers: dict[str, int] = {}
        self._held: defaultdict[int, list[Report]] = defaultdict(list)  # reports by the case that holds them
        self._contacts: list[Contact] = []
        self._linkings: list[Linking] = []
        self._ids = _Ids()
        self._places: dict[tuple[LonLat, date], Location] = {}
        self._jurisdictions: dict[str, Jurisdiction | None] = {}

    # What is there

    def get_case(self, number: str) -> Case:
        """A case in the making; refused as `not_found`."""
        if number not in self._numbers:
            raise Refused("not_found", _("没有这个案件, 或您无权查看"))
        return self._files[self._numbers[number]].case

    def list_tasks(self, number: str) -> Sequence[Task]:
        """All its tasks, oldest first."""
        return tuple(self._files[self.get_case(number).pk].tasks)

    def list_requests(self, number: str) -> Sequence[Request]:
        """All its requests, oldest first."""
        return tuple(self._files[self.get_case(number).pk].requests)

    # The two doors' actions

    def report(
        self,
        new: NewReport,
        *,
        by: Actor,
        now: datetime,
        client_id: UUID | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Begin a case, as `actions.report` does."""
        body = body_digest("report", "report", new.body())
        step, report, written = begin(
            new, self._ids.next(Case), by=by, now=now, client_id=client_id, body=body, data=data or {}, rows=self
        )
        if new.reporter is not None and (contact := contact_of(new.reporter)) is not None:
            contact.pk = self._ids.next(Contact)
            self._contacts.append(contact)
            report.contact = contact
        self._files[step.case.pk] = _File(step.case)
        self._numbers[step.case.number] = step.case.pk
        self._held[step.case.pk].append(report)
        self._collect(step, [written])
        return outcome_of(written.event)

    def perform(
        self,
        subject: AnySubject,
        do: str,
        *,
        by: Actor,
        now: datetime,
        client_id: UUID | None = None,
        revision: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Take one action on a case in the making, as `actions.perform` does; refused alike, and then unchanged."""
        file = self._files[subject.pk if isinstance(subject, Case) else subject.case_id]
        self._wake(file, now)
        values = dict(data or {})
        step = Step(file.case, _known(file, subject), by, now, rows=self)
        other = self._other(file, do, values)
        step.kept["target"] = other
        with _unchanged_if_refused(file):
            digest = body_digest(reference(subject), do, values)
            written = take(step, do, values, revision=revision, client_id=client_id, digest=digest)
        self._collect(step, written)
        if other is not None:
            self._append(self._files[other.pk], echo(other, written[0].event))
        if step.kept.get("rebound"):
            self._open_linked(step, by, now)
        return outcome_of(written[0].event)

    def _other(self, file: _File, do: str, values: Mapping[str, Any]) -> Case | None:
        if do == UNDO:
            return next((row.other for row in file.links if row.kind == CaseLink.MERGED), None)
        if "into" not in values:
            return None
        other = self.get_case(str(values["into"]).strip())
        if other is file.case or other.is_ended:
            raise Refused("invalid", _("并入的案件不存在或已结束"), {"fields": {"into": "open"}})
        return other

    def _open_linked(self, step: Step, by: Actor, now: datetime) -> None:
        found = self.report(again(step.case), by=by, now=now, data={"rebound_of": step.case.number})
        linked = self.get_case(found.number)
        file = self._files[linked.pk]
        file.links.append(CaseLink(case=linked, other=step.case, kind=CaseLink.REBOUND))
        for row in same_photos(step, linked):
            file.evidence.setdefault(row.evidence_id, row)

    def _wake(self, file: _File, now: datetime) -> None:
        timer = file.timer
        if timer is None or timer.fires_at > now:
            return
        file.timer = None
        try:
            self.perform(file.case, timer.do, by=SYSTEM, now=timer.fires_at)
        except Refused:
            return  # The flow no longer offers it: the moment has passed.

    def _collect(self, step: Step, written: list[Written]) -> None:
        """What `storing.store` writes, kept for `flush`."""
        file = self._files[step.case.pk]
        for event, text in written:
            self._append(file, event)
            if text is not None:
                text.event_id = event.pk
                file.texts.append(text)
        for task in step.new_tasks:
            task.pk = self._ids.next(Task)
            file.tasks.append(task)
        for request in step.new_requests:
            request.pk = self._ids.next(Request)
            file.requests.append(request)
        file.links += step.new_links
        for role, pk in sorted(step.participants):
            file.participants.setdefault((role, pk), participant(step.case, role, pk))
        self._collect_evidence(file, step, written[0].event.seq)
        if step.timer is not None:
            do, fires_at = step.timer
            file.timer = Timer(case=step.case, clock="handling", do=do, fires_at=fires_at)
        for row in (step.case, *file.tasks, *file.requests):
            _settle(row)

    def _append(self, file: _File, event: CaseEvent) -> None:
        event.pk = self._ids.next(CaseEvent)
        _settle(event)
        file.events.append(event)

    def _collect_evidence(self, file: _File, step: Step, seq: int) -> None:
        for purpose, ids in step.kept.get("evidence", []):
            for item in map(UUID, ids):
                row = CaseEvidence(case=step.case, evidence_id=item, purpose=purpose, seq=seq)
                file.evidence.setdefault(item, row)
                self._linkings.append(Linking(item, step.by.person_id, f"case:{step.case.pk}"))

    # What steps read

    def open_tasks(self, case: Case) -> list[Task]:
        """Its open tasks, by id."""
        return [task for task in self._files[case.pk].tasks if not task.ended]

    def open_requests(self, case: Case) -> list[Request]:
        """Its open requests, by id."""
        return [row for row in self._files[case.pk].requests if not row.ended]

    def tasks_ended_by(self, case: Case, group: int) -> list[Task]:
        """The tasks that a step has ended."""
        return [task for task in self._files[case.pk].tasks if task.ended_group == group]

    def requests_ended_by(self, case: Case, group: int) -> list[Request]:
        """The requests that a step has ended."""
        return [row for row in self._files[case.pk].requests if row.ended_group == group]

    def last_handle(self, case: Case) -> Task | None:
        """The latest leading task of handling, open or not."""
        tasks = reversed(self._files[case.pk].tasks)
        return next((task for task in tasks if task.kind == "handle" and task.part == Task.LEAD), None)

    def last_group(self, case: Case) -> list[CaseEvent]:
        """The events of the last step, in order."""
        return [event for event in self._files[case.pk].events if event.group == case.last_group]

    def posts_of(self, case: Case, person_id: int | None) -> Iterable[str]:
        """The kinds of post in which that person has acted on the case."""
        return [event.post for event in self._files[case.pk].events if event.actor_id == person_id]

    def reports(self, case: Case) -> list[Report]:
        """The reports that the case holds now."""
        return list(self._held[case.pk])

    def give_reports(self, case: Case, other: Case) -> None:
        """Move the case's reports to the one that absorbs it."""
        for report in self._held.pop(case.pk, []):
            report.case = other
            self._held[other.pk].append(report)

    def take_reports_back(self, case: Case) -> None:
        """Undo that, and forget the link."""
        file = self._files[case.pk]
        file.links = [row for row in file.links if row.kind != CaseLink.MERGED]
        merged = [row for each in self._files.values() for row in each.links if row.kind == CaseLink.MERGED]
        own = [case.pk]
        for pk in own:
            own += [row.case_id for row in merged if row.other_id == pk]
        for held in list(self._held.values()):
            for report in [row for row in held if row.first_case_id in own and row.case_id != case.pk]:
                held.remove(report)
                report.case = case
                self._held[case.pk].append(report)

    def locate(self, place: LonLat, now: datetime) -> Location:
        """What base data say of a place on that day; who is on shift is another question."""
        key = (place, city_date(now))
        if key not in self._places:
            self._places[key] = locate(place, now=now)
        return self._places[key]

    def find_jurisdiction(self, area_code: str) -> Jurisdiction | None:
        """The row with the longest prefix of that code."""
        if area_code not in self._jurisdictions:
            self._jurisdictions[area_code] = super().find_jurisdiction(area_code)
        return self._jurisdictions[area_code]

    # The end

    @transaction.atomic
    def flush(self) -> int:
        """Copy everything in, in one transaction, and begin anew; returns how many cases."""
        count = len(self._files)
        rows: dict[type[Model], list[Model]] = {table: [] for table in TABLES}
        rows[Contact] += self._contacts
        reports = chain.from_iterable(self._held.values())
        rows[Report] += sorted(reports, key=attrgetter("first_case_id"))
        for file in self._files.values():
            for row in file.rows():
                rows[type(row)].append(row)
        link_all(self._linkings)
        for table in TABLES:
            if rows[table]:
                copy_in(rows[table], with_key=table in OWN_KEYS)
        self._files, self._numbers = {}, {}
        self._contacts, self._linkings = [], []
        self._held.clear()
        return count


def _known(file: _File, subject: AnySubject) -> AnySubject:
    if isinstance(subject, Case):
        return file.case
    rows: Sequence[Task | Request] = file.tasks if isinstance(subject, Task) else file.requests
    return next(row for row in rows if row.pk == subject.pk)


@contextmanager
def _unchanged_if_refused(file: _File) -> Iterator[None]:
    kept = [(row, dict(vars(row))) for row in (file.case, *file.tasks, *file.requests)]
    try:
        yield
    except Refused:
        for row, values in kept:
            vars(row).clear()
            vars(row).update(values)
        raise


def _settle(row: Model) -> None:
    """Give the row the values with which the database would give it back."""
    for name, settled in _settlers(type(row)):
        value = row.__dict__[name]
        if value is not None:
            row.__dict__[name] = settled(value)


@lru_cache(maxsize=len(TABLES))
def _settlers(model: type[Model]) -> list[tuple[str, Callable[[Any], Any]]]:
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for column in model._meta.concrete_fields:
        if isinstance(column, models.DateTimeField):
            found.append((column.attname, _in_utc))
        elif isinstance(column, models.DecimalField):
            found.append((column.attname, partial(_quantized, Decimal(1).scaleb(-column.decimal_places))))
    return found


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _quantized(places: Decimal, value: Decimal | int) -> Decimal:
    return Decimal(value).quantize(places)
