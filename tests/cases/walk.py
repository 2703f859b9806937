"""Walks through the loop by performing actions: a state that actions cannot reach cannot be built."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cityloop.cases.actions import Outcome, perform, report
from cityloop.cases.models import Case, Request, Task
from cityloop.cases.steps.opening import NewReport
from cityloop.evidence.actions import store
from tests.evidence.make import photo as jpeg
from tests.world import NOW, World


class Walk:
    """One case on its way. Each step takes a minute."""

    def __init__(self, world: World, *, photos: bool = True) -> None:
        self.world, self.now, self.photos = world, NOW, photos
        self.number = ""

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return self.world.case(self.number)

    def task(self, kind: str) -> Task:
        """The newest task of a kind."""
        found = Task.objects.filter(case__number=self.number, kind=kind).order_by("-id").first()
        assert found is not None, f"no task {kind}"
        return found

    def request(self) -> Request:
        """The newest request."""
        return Request.objects.filter(case__number=self.number).latest("id")

    def pass_time(self, **span: float) -> "Walk":
        """Let time go by."""
        self.now += timedelta(**span)
        return self

    def reported(self, source: str = "inspector", by: str = "inspector", **fields: Any) -> "Walk":
        """A new problem in the first cell."""
        values: dict[str, Any] = {
            "description": "果皮箱旁堆放垃圾",
            "address": "东街1号",
            "point": self.world.place(0),
            "standard_id": self.world.standard().pk,
        }
        values.update(fields)
        new = NewReport(source=self.world.source(source), **values)
        self.number = report(new, by=self.world.actor(by, self.now), now=self.now, client_id=uuid4()).number
        return self

    def do(self, do: str, by: str, data: Mapping[str, Any] | None = None, subject: Any = None, **more: Any) -> Outcome:
        """One action on the case, or on another subject of it."""
        self.pass_time(minutes=1)
        actor = self.world.actor(by, self.now)
        return perform(subject or self.case, do, by=actor, now=self.now, data=data, **more)

    def filed(self) -> "Walk":
        """Reported and filed."""
        self.reported()
        self.do("file", "operator")
        return self

    def dispatched(self, unit: str = "water") -> "Walk":
        """Filed and given to a unit."""
        self.filed()
        self.do("dispatch", "dispatcher", {"unit": self.world.units[unit].pk})
        return self

    def fed_back(self) -> "Walk":
        """Handled by the unit."""
        self.dispatched()
        self.handle()
        return self

    def handle(self, by: str = "water", note: str = "已清运") -> Outcome:
        """The unit signs and feeds back."""
        if self.task("handle").state == "assigned":
            self.do("acknowledge", by, subject=self.task("handle"))
        return self.do("feed_back", by, {"note": note, **self.photo(by, "after")}, subject=self.task("handle"))

    def checking(self) -> "Walk":
        """An inspector is on his way to check."""
        self.fed_back()
        self.do("pass_audit", "dispatcher")
        self.do("send_check", "operator")
        return self

    def checked(self, answer: str = "pass") -> "Walk":
        """The check is answered."""
        self.checking()
        self.answer(answer)
        return self

    def answer(self, do: str, kind: str = "check", by: str = "inspector") -> Outcome:
        """An inspector answers his task."""
        data: dict[str, Any] = {} if do in {"pass", "confirm"} else {"note": "现场还在"}
        return self.do(do, by, {**data, **self.photo(by, kind)}, subject=self.task(kind))

    def closed(self) -> "Walk":
        """The whole loop."""
        self.checked()
        self.do("close", "operator", {"standard_met": True, "photos_compared": True})
        return self

    def photo(self, by: str, purpose: str) -> dict[str, list[str]]:
        """A real photo, uploaded by that person."""
        return {"photos": [upload(self.world, by, purpose, self.now)]}


def upload(world: World, by: str, purpose: str, now: datetime) -> str:
    """A small photo in the store; its id."""
    return str(store(uuid4(), jpeg(), purpose=purpose, by=world.actor(by, now), now=now).pk)
