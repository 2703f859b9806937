"""A few hundred cases of the demonstration city, in every state, made by performing the posts' own actions."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from cityloop.base.geometry import LonLat
from cityloop.cases.actions import perform, report
from cityloop.cases.models import Case, Task
from cityloop.cases.steps.opening import NewReport, Reporter
from cityloop.cases.timers import fire_due_of
from cityloop.codes.models import Source, Standard
from cityloop.config.demonstration.pictures import KINDS, picture
from cityloop.evidence.actions import Claim, store
from cityloop.grid.selectors import locate
from cityloop.org.actor import Actor, get_actor
from cityloop.org.models import Person, Unit

SEED = 20261120
NAMESPACE = UUID("6b1de4a2-5a0c-4c0e-9f5e-3f1d0c3b8a11")
DAYS = 14  # how far back the oldest case lies
# How many cases end where. The names are methods of `Story`.
MIX = {
    "closed": 96,
    "closed_after_rework": 8,
    "closed_rebounded": 3,
    "closed_specially": 3,
    "reported": 22,
    "reported_by_citizen": 14,
    "verifying": 12,
    "verified": 9,
    "not_true": 4,
    "escalated": 6,
    "self_done": 8,
    "self_handled": 12,
    "rejected": 12,
    "void": 4,
    "void_asked": 3,
    "merged": 5,
    "filed": 16,
    "coordinating": 6,
    "assigned": 18,
    "accepted": 26,
    "handed_on": 8,
    "return_asked": 6,
    "returned": 4,
    "feedback": 14,
    "audit_failed": 4,
    "to_check": 12,
    "checking": 14,
    "check_passed": 12,
    "check_failed": 5,
    "rework": 6,
}
# How long a story that ends open usually takes; the others ended days ago.
OPEN_MINUTES = {
    "reported": 2,
    "reported_by_citizen": 2,
    "verifying": 8,
    "verified": 34,
    "not_true": 34,
    "escalated": 9,
    "self_done": 2,
    "void_asked": 18,
    "filed": 16,
    "coordinating": 22,
    "assigned": 28,
    "accepted": 55,
    "handed_on": 66,
    "return_asked": 72,
    "returned": 90,
    "feedback": 185,
    "audit_failed": 196,
    "to_check": 196,
    "checking": 204,
    "check_passed": 244,
    "check_failed": 244,
    "rework": 250,
}
CITIZENS = ("张女士", "李先生", "王女士", "刘先生", "陈女士", "杨先生", "赵女士", "黄先生")
FOUND = ("有", "发现", "存在")


@dataclass
class Stage:
    """What all stories share: the people by district and post, the places, the filing standards."""

    now: datetime
    posts: dict[tuple[str, str], list[Person]]
    by_unit: dict[int, Person]  # who acts for a unit
    units: list[Unit]  # those that cases are dispatched to
    paths: dict[int, str]  # of every unit
    places: list[LonLat]
    standards: list[Standard]
    sources: dict[str, Source]


class Story:
    """One case on its way. `clock` is where it stands in time; each step takes some minutes."""

    def __init__(self, stage: Stage, number: int, ending: str) -> None:
        self.stage, self.index, self.ending = stage, number, ending
        self.dice = random.Random(f"{SEED}/{number}")
        self.place = self.dice.choice(stage.places)
        self.standard = self.dice.choice(stage.standards)
        self.kind = self.dice.randrange(KINDS)
        self.steps = 0
        self.number = ""
        self.clock = self._beginning()
        self.found = locate(self.place, now=self.clock)
        self.district = self.found.district_code or ""

    def _beginning(self) -> datetime:
        """So that an open case's last step lies some minutes back, and one in eight was left lying."""
        usual = OPEN_MINUTES.get(self.ending)
        if usual is None:
            return self.stage.now - timedelta(minutes=self.dice.randint(2 * 1440, DAYS * 1440))
        left = self.dice.randint(60, 3000) if self.dice.random() < 0.12 else self.dice.uniform(0, 5)
        return self.stage.now - timedelta(minutes=usual * self.dice.uniform(0.85, 1.1) + left)

    # --- the cast ---

    def person(self, kind: str) -> Person:
        """Somebody of that post in the case's district."""
        return self.dice.choice(self.stage.posts[(kind, self.district)])

    def actor(self, person: Person) -> Actor:
        """The person as he acts; one of the handlers behind a unit account."""
        actor = get_actor(person, now=self.clock)
        if actor.handlers:
            return get_actor(person, handler_id=self.dice.choice(actor.handlers)[0], now=self.clock)
        return actor

    @property
    def case(self) -> Case:
        """The case as it is now."""
        case: Case = Case.objects.get(number=self.number)
        return case

    def task(self, kind: str) -> Task:
        """The open task of that kind, the newest first."""
        return Task.objects.filter(case__number=self.number, kind=kind, ended=False).latest("pk")

    # --- time ---

    def wait(self, least: int, most: int) -> None:
        """Some minutes pass, but never beyond now."""
        later = self.clock + timedelta(minutes=self.dice.randint(least, most), seconds=self.dice.randint(0, 59))
        self.clock = min(later, self.stage.now)

    # --- steps ---

    def key(self) -> UUID:
        """The client id of the next step: the same in every run."""
        self.steps += 1
        return uuid5(NAMESPACE, f"{self.index}/{self.steps}")

    def photos(self, by: Person, purpose: str, *, solved: bool, count: int = 1) -> list[str]:
        """Drawings, uploaded by that person where the case is."""
        claim = Claim(
            name="demo.jpg",
            taken_at=self.clock,
            taken_point=LonLat(self.place.lon + self.dice.uniform(-1, 1) * 2e-5, self.place.lat),
        )
        return [
            str(
                store(
                    self.key(),
                    picture(self.kind, solved=solved, near=place == 1),
                    purpose=purpose,
                    by=self.actor(by),
                    now=self.clock,
                    claim=claim,
                ).pk
            )
            for place in range(count)
        ]

    def do(self, do: str, by: Person, data: dict[str, Any] | None = None, subject: Any = None) -> None:
        """One action, after the timers that were due before it."""
        fire_due_of(self.case, self.clock)
        target = subject or self.case
        perform(target, do, by=self.actor(by), now=self.clock, client_id=self.key(), data=data or {})

    def report(self, source: str, by: Person, *, self_handled: bool = False, reporter: Reporter | None = None) -> None:
        """The first report."""
        minor = self.standard.minor
        text = f"{self.found.address_hint}{self.dice.choice(FOUND)}{minor.name}一处，{self.standard.condition}"
        new = NewReport(
            source=self.stage.sources[source],
            description=text[:200],
            point=list(self.place),
            address=self.found.address_hint,
            minor_id=minor.pk,
            standard_id=self.standard.pk,
            urgent=self.dice.random() < 0.05,
            self_handled=self_handled,
            evidence=[] if reporter else self.photos(by, "report", solved=False, count=2),
            after=self.photos(by, "after", solved=True) if self_handled else [],
            reporter=reporter,
        )
        self.number = report(new, by=self.actor(by), now=self.clock, client_id=self.key()).number

    def patrol(self) -> Person:
        """The inspector of the place."""
        return Person.objects.get(pk=self.found.inspector_ids[0])

    def owner(self, task: Task) -> Person:
        """The inspector who owes the task."""
        assert task.person_id is not None
        return Person.objects.get(pk=task.person_id)
