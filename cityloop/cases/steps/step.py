"""One step of a case while it is being taken: what guards read, and what effects write before it is stored.

Effects change the case and the lists here; `actions.perform` stores everything at the end in few statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from cityloop.cases.models import Case, CaseEvent, CaseLink, Report, Request, Task
from cityloop.cases.steps.rows import DATABASE, Rows
from cityloop.notify.actions import PostRecipient, Recipient
from cityloop.org.actor import Actor, ActorPost
from cityloop.workflow.engine import Line

AnySubject = Case | Task | Request
AnyRow = TypeVar("AnyRow", Task, Request)


def columns_of(subject: Task | Request) -> dict[str, Any]:
    """What steps change of a task or a request, as JSON carries it."""
    if isinstance(subject, Request):
        return {"state": subject.state}
    signed = subject.acknowledged_at.isoformat() if subject.acknowledged_at else None
    return {"state": subject.state, "person_id": subject.person_id, "acknowledged_at": signed}


def kind_of(subject: AnySubject) -> str:
    """Which flow the subject follows."""
    return "case" if isinstance(subject, Case) else subject.kind


@dataclass
class Step:
    """The facts of a step and its consequences. `group` is the seq of the event that caused it."""

    case: Case
    subject: AnySubject
    by: Actor
    now: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    post: ActorPost | None = None
    line: Line | None = None
    group: int = 0
    changed_tasks: list[Task] = field(default_factory=list)
    new_tasks: list[Task] = field(default_factory=list)
    changed_requests: list[Request] = field(default_factory=list)
    new_requests: list[Request] = field(default_factory=list)
    new_links: list[CaseLink] = field(default_factory=list)
    notices: list[tuple[Recipient, str]] = field(default_factory=list)
    participants: set[tuple[str, int]] = field(default_factory=set)  # ("person" | "unit", id)
    timer: tuple[str, datetime] | None = None  # (transition, moment) of the handling clock
    kept: dict[str, Any] = field(default_factory=dict)  # what one part of the step leaves for another
    asked: AnySubject | None = None  # whose action it is; a follow-up makes the case the subject
    was: dict[str, dict[str, Any]] = field(default_factory=dict)  # tasks and requests before the step changed them
    rows: Rows = DATABASE

    @cached_property
    def open_tasks(self) -> list[Task]:
        """The case's open tasks, locked, in the order of their ids."""
        return [self._own(row) for row in self.rows.open_tasks(self.case)]

    @cached_property
    def open_requests(self) -> list[Request]:
        """The case's open requests, locked, in the order of their ids."""
        return [self._own(row) for row in self.rows.open_requests(self.case)]

    def _own(self, row: AnyRow) -> AnyRow:
        """The step's own subject where the row is the same one."""
        subject = self.asked or self.subject
        return subject if isinstance(subject, type(row)) and subject.pk == row.pk else row

    @cached_property
    def last_group(self) -> list[CaseEvent]:
        """The events of the last step, in order."""
        return self.rows.last_group(self.case)

    @cached_property
    def last_handle(self) -> Task | None:
        """The latest leading task of handling, open or not."""
        return self.rows.last_handle(self.case)

    @cached_property
    def reports(self) -> list[Report]:
        """The reports that the case holds now."""
        return self.rows.reports(self.case)

    def tell_post(self, unit_id: int, kinds: Iterable[str], key: str) -> None:
        """Leave a notice for the holders of these posts in that unit, within the case's area."""
        for kind in kinds:
            self.notices.append((PostRecipient(unit_id, kind, self.case.area_code[:12]), key))

    def tell_person(self, person_id: int | None, key: str) -> None:
        """Leave a notice for a person; nobody is told of his own step."""
        if person_id is not None and person_id != self.by.person_id:
            self.notices.append((person_id, key))

    def change(self, subject: Task | Request) -> None:
        """Remember to store it. The step's own subject is stored anyway."""
        if subject is (self.asked or self.subject):
            return
        rows: list[Any] = self.changed_tasks if isinstance(subject, Task) else self.changed_requests
        if subject not in rows:
            rows.append(subject)

    def touched(self) -> list[Task | Request]:
        """The tasks and requests, not new ones, that this step may have changed."""
        own = [] if self.asked is None or isinstance(self.asked, Case) else [self.asked]
        return [*own, *self.changed_tasks, *self.changed_requests]

    def keep(self, subject: Task | Request) -> None:
        """Remember how a task or request was before this step: its event keeps that, and recall puts it back."""
        table = self.was.setdefault("tasks" if isinstance(subject, Task) else "requests", {})
        table.setdefault(str(subject.pk), columns_of(subject))

    def withdraw(self, subject: Task | Request) -> None:
        """Take an open task or request away, and tell whoever has it."""
        self.end(subject, "withdrawn")
        if isinstance(subject, Request):
            self.tell_person(subject.person_id, "cases.request_decided")
            return
        if subject.unit_id is not None:
            self.tell_post(subject.unit_id, ["unit"], "cases.task_withdrawn")
        self.tell_person(subject.person_id, "cases.task_withdrawn")

    def end(self, subject: Task | Request, state: str) -> None:
        """End an open task or request as part of this step."""
        if subject.ended:
            return
        self.keep(subject)
        subject.state, subject.ended, subject.ended_at = state, True, self.now
        subject.ended_group = self.group
        subject.revision += 1
        self.change(subject)
