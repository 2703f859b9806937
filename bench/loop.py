"""The loop over HTTP: many cases reported, then every step of each taken by its post."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.utils import timezone

from bench.city import DISTRICTS, departments, places, standards
from bench.client import demand, together
from bench.making import ROADS, WORDS, photo_row, store_photos
from cityloop.cases.models import Case, Task
from tests.world import World

CLIENTS = 8


class Act(NamedTuple):
    """One step: by whom, on what, whether a photo is asked for."""

    do: str
    post: str
    kind: str = ""
    photo: str = ""


STEPS = (
    Act("file", "operator"),
    Act("dispatch", "dispatcher"),
    Act("acknowledge", "unit", "handle"),
    Act("feed_back", "unit", "handle", "after"),
    Act("pass_audit", "dispatcher"),
    Act("send_check", "operator"),
    Act("pass", "inspector", "check", "check"),
    Act("close", "operator"),
)


class Client:
    """One of the clients: an operator, a dispatcher, a unit and an inspector, each signed in."""

    def __init__(self, world: World, number: int, session: Callable[[str], Any]) -> None:
        self.world, self.number = world, number
        self.district = DISTRICTS[number % 2]
        self.unit = departments(world)[number]
        first = self.district.first_cell
        inspector = "inspector" if first == 0 else "other_inspector"
        self.names = {
            "operator": self.district.operator,
            "dispatcher": self.district.dispatcher,
            "unit": self.unit,
            "inspector": inspector,
        }
        self.sessions = {post: session(name) for post, name in self.names.items()}
        self.cases: list[str] = []
        self.bodies: list[tuple[str, dict[str, Any]]] = []

    def prepare_reports(self, count: int) -> None:
        """The bodies of so many new problems, where this client's inspector is on duty."""
        chance = Random(uuid4().int)
        rows, spots = (
            standards(),
            [place for place in places(self.district) if _is_his(place, self.district.first_cell)],
        )
        self.bodies = [
            (
                "/api/v1/reports",
                {
                    "client_id": str(uuid4()),
                    "source": "inspector",
                    "description": chance.choice(WORDS),
                    "point": chance.choice(spots),
                    "address": f"{chance.choice(ROADS)}{chance.randint(1, 900)}号",
                    "standard": chance.choice(rows),
                },
            )
            for _ in range(count)
        ]

    def report(self) -> int:
        """Send them; returns how many."""
        session = self.sessions["inspector"]
        answers = [demand(session.post(path, body), 201) for path, body in self.bodies]
        self.cases = [answer.json()["number"] for answer in answers]
        return len(answers)

    def prepare(self, act: Act) -> None:
        """The addresses and bodies of one step of all its cases; photos are uploaded rows already."""
        tasks = _task_ids(self.cases, act.kind) if act.kind else {}
        person = self.world.people[self.names[act.post]]
        photos = [UUID(bytes=uuid4().bytes) for _ in self.cases] if act.photo else []
        store_photos([photo_row(key, person.pk, act.photo, timezone.now()) for key in photos])
        self.bodies = []
        for place, number in enumerate(self.cases):
            path = f"tasks/{tasks[number]}" if act.kind else f"cases/{number}"
            data = self._data(act)
            if photos:
                data["photos"] = [str(photos[place])]
            note = "已处理" if act.do == "feed_back" else ""
            body = {"client_id": str(uuid4()), "note": note, "data": data}
            self.bodies.append((f"/api/v1/{path}/actions/{act.do}", body))

    def _data(self, act: Act) -> dict[str, Any]:
        match act.do:
            case "dispatch":
                return {"unit": self.world.units[self.unit].pk}
            case "send_check":
                return {"person": self.world.people[self.names["inspector"]].pk}
            case "close":
                return {"standard_met": True, "photos_compared": True}
        return {}

    def take(self, act: Act) -> int:
        """Send the step of all its cases; returns how many."""
        session = self.sessions[act.post]
        for path, body in self.bodies:
            demand(session.post(path, body), 201)
        return len(self.bodies)


def _is_his(place: Sequence[float], first_cell: int) -> bool:
    """The world's first inspector of the east district has its first two cells; the west one's has all."""
    return first_cell != 0 or place[0] < 121.402


def _task_ids(numbers: Sequence[str], kind: str) -> dict[str, int]:
    rows = Task.objects.filter(case__number__in=numbers, kind=kind, ended=False)
    return dict(rows.values_list("case__number", "pk"))


class Rates(NamedTuple):
    """What one round reached, each a second."""

    reports: float
    actions: float
    steps: dict[str, float]


def one_round(clients: Sequence[Client], count: int) -> Rates:
    """Each client reports `count` problems and takes each through the whole loop; only requests are timed."""
    for client in clients:
        client.prepare_reports(count)
    done, took = together([client.report for client in clients])
    reports = done / took
    steps: dict[str, float] = {}
    total, seconds = 0, 0.0
    for act in STEPS:
        for client in clients:
            client.prepare(act)
        done, took = together([_taking(client, act) for client in clients])
        steps[act.do] = done / took
        total, seconds = total + done, seconds + took
    closed = Case.objects.filter(number__in=[number for client in clients for number in client.cases], state="closed")
    assert closed.count() == count * len(clients), "not every case came to its end"
    return Rates(reports, total / seconds, steps)


def _taking(client: Client, act: Act) -> Callable[[], int]:
    return lambda: client.take(act)
