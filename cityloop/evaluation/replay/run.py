"""Sends planned cases through the actions of the pages, on a virtual clock that fires due timers in order.

Every step has a `client_id` that follows from the seed, the case and the step: sent again, it has one effect. A run
that was cut off is therefore simply run again. Processes share a month by cases: nothing that the flow does in one
case depends on another, so that the order within each case, and of its timers, is the whole order that matters.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from cityloop.cases.actions import perform, report
from cityloop.cases.models import Case, CaseEvent, Task, Timer
from cityloop.cases.steps.opening import NewReport
from cityloop.cases.timers import fire
from cityloop.evaluation.replay.city import Cast, place_of
from cityloop.evaluation.replay.plan import Planned
from cityloop.org.actor import Actor

NAMESPACE: Final = UUID("5b6f1f0e-2f5b-5d3a-9c1d-200810012008")
OF_TASK: Final = {"acknowledge": "handle", "feed_back": "handle", "pass": "check"}
STREETS: Final = ("文昌中路", "汶河南路", "扬子江中路", "江都路", "邗江中路")
# Who takes which step, and what his form says.
POST_OF: Final = {
    "file": "operator",
    "dispatch": "dispatcher",
    "coordinate": "dispatcher",
    "pass_audit": "dispatcher",
    "send_check": "operator",
    "close": "operator",
}
Progress = Callable[[int], None]


class Run:
    """The cases of one process on their virtual clock."""

    def __init__(self, cast: Cast, cases: Sequence[Planned]) -> None:
        self.cast, self.seed = cast, cast.frame.seed
        self.planned = {case.spec.index: case for case in cases}
        self.cases: dict[int, tuple[int, str]] = {}  # id and number of the case by the plan's index
        self.tasks: dict[tuple[int, str], int] = {}  # task id by index and kind
        self.done: set[UUID] = set()
        self.timers: list[tuple[datetime, int]] = []  # (moment, timer id) of own cases
        self.actions = 0
        self.left = 0  # steps still to take

    def go(self, until: datetime, progress: Progress = lambda actions: None) -> int:
        """Take every step that is not taken yet, then fire what is due until the end; how many actions that were."""
        self._resume()
        steps = [step for step in self._steps() if self._client_id(*self._named(step)) not in self.done]
        self.left = len(steps)
        for at, index, place in sorted(steps):
            self._fire(at)
            self._take(self.planned[index], place)
            self.left -= 1
            progress(self.actions)
        self._fire(until)
        return self.actions

    def _steps(self) -> Iterable[tuple[datetime, int, int]]:
        for index, case in self.planned.items():
            for place, step in enumerate(case.steps):
                yield step.at, index, place

    def _named(self, step: tuple[datetime, int, int]) -> tuple[int, str]:
        _at, index, place = step
        return index, self.planned[index].steps[place].do

    def _client_id(self, index: int, do: str) -> UUID:
        return uuid5(NAMESPACE, f"{self.seed} {index} {do}")

    def _resume(self) -> None:
        """Find out what an earlier run has done: which steps, which cases and tasks, which timers still wait."""
        first = {self._client_id(index, "report"): index for index in self.planned}
        rows = CaseEvent.objects.filter(client_id__isnull=False).values_list("client_id", "case_id", "case__number")
        for client_id, case_id, number in rows.iterator(chunk_size=20_000):
            self.done.add(UUID(str(client_id)))
            if client_id in first:
                self.cases[first[client_id]] = case_id, number
        own = {case_id: index for index, (case_id, _number) in self.cases.items()}
        for pk, case_id, kind in Task.objects.values_list("pk", "case_id", "kind").iterator():
            if case_id in own:
                self.tasks[own[case_id], kind] = pk
        waiting = Timer.objects.values_list("fires_at", "pk", "case_id")
        self.timers = [(at, pk) for at, pk, case_id in waiting if case_id in own]
        heapq.heapify(self.timers)

    def _fire(self, until: datetime) -> None:
        """Fire own timers that are due at or before `until`, each at its own moment."""
        while self.timers and self.timers[0][0] <= until:
            _at, pk = heapq.heappop(self.timers)
            timer = Timer.objects.select_related("case").filter(pk=pk).first()
            if timer is None:
                continue
            if timer.fires_at > until:
                heapq.heappush(self.timers, (timer.fires_at, pk))
                continue
            fire(timer, timer.fires_at)
            self.actions += 1

    def _take(self, case: Planned, place: int) -> None:
        step = case.steps[place]
        client_id = self._client_id(case.spec.index, step.do)
        if step.do == "report":
            new, by = self._report(case)
            done = report(new, by=by, now=step.at, client_id=client_id)
            self.cases[case.spec.index] = Case.objects.values_list("pk", "number").get(number=done.number)
        else:
            perform(
                self._subject(case, step.do),
                step.do,
                by=self._actor(case, step.do),
                now=step.at,
                client_id=client_id,
                revision=self._revision(case, place),
                data=self._data(case, step.do),
            )
        self.actions += 1
        self._look_up(case, step.do)

    def _report(self, case: Planned) -> tuple[NewReport, Actor]:
        index = case.spec.index
        place = place_of(case.district, case.place)
        new = NewReport(
            source=self.cast.sources[index % len(self.cast.sources)],
            description=f"{case.choice.name}（{case.number or '构造'}）",
            point=[place.lon, place.lat],
            address=f"{STREETS[index % len(STREETS)]}{1 + index % 299}号（构造）",
            standard_id=case.choice.standard_id,
            external_number=case.number,
        )
        return new, self.cast.inspectors[case.district]

    def _subject(self, case: Planned, do: str) -> Case | Task:
        """What the page would have at hand: the ids are enough, `perform` reads and locks the rows itself."""
        kind = OF_TASK.get(do)
        case_id, number = self.cases[case.spec.index]
        if kind is None:
            return Case(pk=case_id, number=number)
        return Task(pk=self.tasks[case.spec.index, kind], case_id=case_id, kind=kind)

    def _actor(self, case: Planned, do: str) -> Actor:
        kind = OF_TASK.get(do)
        if kind == "handle":
            return self.cast.handlers[case.spec.unit]
        if kind == "check":
            return self.cast.inspectors[case.district]
        posts = self.cast.posts[POST_OF[do]]
        return posts[case.spec.index % len(posts)]

    def _revision(self, case: Planned, place: int) -> int:
        """The revision that the page has shown: each step raised its own subject's, a task's answer the case's too."""
        do = case.steps[place].do
        if do in OF_TASK:
            return 2 if do == "feed_back" else 1
        return 1 + sum(step.do not in {"report", "acknowledge"} for step in case.steps[:place])

    def _data(self, case: Planned, do: str) -> dict[str, Any]:
        """What the form says."""
        forms: dict[str, dict[str, Any]] = {
            "dispatch": {"unit": self.cast.units.get(case.spec.unit)},
            "coordinate": {"reason": "disputed" if case.spec.unit else "unowned"},
            "feed_back": {"note": "已处置"},
            "send_check": {"person": self.cast.inspectors[case.district].person_id},
            "close": {"standard_met": True, "photos_compared": True},
        }
        return forms.get(do, {})

    def _look_up(self, case: Planned, do: str) -> None:
        """What the next page would show: the task that the step made, and the timer that it set."""
        kind = {"dispatch": "handle", "send_check": "check"}.get(do)
        if kind is None:
            return
        columns = ("pk", "case__timers__pk", "case__timers__fires_at")
        rows = Task.objects.filter(case_id=self.cases[case.spec.index][0], kind=kind).values_list(*columns)
        pk, timer, at = rows.latest("pk")
        self.tasks[case.spec.index, kind] = pk
        if kind == "handle" and timer is not None:
            heapq.heappush(self.timers, (at, timer))
