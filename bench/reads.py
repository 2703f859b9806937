"""What people look at: how long each takes for one, and how many a second eight get."""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from bench.city import SEED
from bench.client import Session, demand, together
from cityloop.cases.models import Case

BOX = "handling"  # the dispatcher's fullest box
WARM = 20


class Read(NamedTuple):
    """One kind of page or answer: its name, who asks, and its address by a case number."""

    name: str
    username: str
    path: Callable[[str], str]


READS = (
    Read("box, page", "dispatcher", lambda number: f"/desk/{BOX}"),
    Read("box, API", "dispatcher", lambda number: f"/api/v1/boxes/{BOX}?size=20"),
    Read("case, page", "dispatcher", lambda number: f"/cases/{number}/"),
    Read("case, API", "dispatcher", lambda number: f"/api/v1/cases/{number}"),
    Read("list with a filter, API", "operator", lambda number: "/api/v1/cases?phase=handling&overdue=true&size=20"),
    Read("newest twenty, API", "operator", lambda number: "/api/v1/cases?size=20"),
    Read("newest twenty of a unit, API", "b01", lambda number: "/api/v1/cases?size=20"),
    Read("newest twenty of an inspector, API", "inspector_two", lambda number: "/api/v1/cases?size=20"),
    Read("search by last digits, API", "operator", lambda number: f"/api/v1/cases?q={number[-5:]}"),
)


class Times(NamedTuple):
    """Milliseconds of one kind of read with one client."""

    median: float
    p95: float


def some_numbers(count: int) -> list[str]:
    """Numbers of filed cases of the first district, drawn with the fixed seed."""
    numbers = Case.objects.filter(area_code__startswith="310101", filed_at__isnull=False)
    return Random(SEED).sample(list(numbers.order_by("pk").values_list("number", flat=True)), count)


def times(port: int, read: Read, numbers: Sequence[str]) -> Times:
    """Ask one after the other."""
    session = Session(port, read.username)
    for number in numbers[:WARM]:
        demand(session.get(read.path(number)), 200)
    took = sorted(demand(session.get(read.path(number)), 200).seconds * 1000 for number in numbers)
    return Times(took[len(took) // 2], took[math.ceil(len(took) * 0.95) - 1])


def rate(port: int, read: Read, numbers: Sequence[str], clients: int) -> float:
    """How many a second that many clients get together."""
    sessions = [Session(port, read.username) for _ in range(clients)]

    def ask(session: Session, own: Sequence[str]) -> int:
        return len([demand(session.get(read.path(number)), 200) for number in own])

    shares = [numbers[place::clients] for place in range(clients)]
    done, took = together(
        [lambda session=session, own=own: ask(session, own) for session, own in zip(sessions, shares, strict=True)]
    )
    return done / took
