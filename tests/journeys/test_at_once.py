"""Sent twice, at the same moment, or into a dying server: one effect, one answer, nobody's work lost."""

import http.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.people import Answer, Person
from tests.journeys.server import Server

Seat = Callable[[str], Person]
Ids = dict[str, int]
# The database with the world must be there to copy, and all journeys share one server.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("journeys")]
ROUNDS = 3


def together(*calls: Callable[[], Answer]) -> list[Answer]:
    """All at the same moment, each on its own thread and connection."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_a_report_sent_twice_is_one_case(seat: Seat) -> None:
    inspector = seat("inspector")
    body = inspector.report_body(evidence=inspector.photo("report"))
    first, again = inspector.post("reports", body), inspector.post("reports", body)
    assert (first.status, again.status) == (201, 200)
    assert again.json == {**first.json, "repeated": True}


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_same_report_at_the_same_moment(seat: Seat, round_: int) -> None:
    inspector = seat("inspector")
    body = inspector.report_body()
    answers = together(*[lambda: inspector.post("reports", body)] * 3)
    assert statuses(answers) == [200, 200, 201]
    assert len({answer.json["number"] for answer in answers}) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_same_action_at_the_same_moment(seat: Seat, ids: Ids, round_: int) -> None:
    number, operator = seat("inspector").report(standard=ids["standard"]), seat("operator")
    body = {"client_id": str(uuid4()), "revision": 1, "data": {}}
    answers = together(*[lambda: operator.post(f"cases/{number}/actions/file", body)] * 3)
    assert statuses(answers) == [200, 200, 201]
    assert operator.steps(number) == ["report", "file"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_people_on_one_revision(seat: Seat, ids: Ids, round_: int) -> None:
    number = seat("inspector").report(standard=ids["standard"])
    one, two = seat("operator"), seat("operator_two")

    def act(person: Person, do: str, data: dict[str, Any]) -> Callable[[], Answer]:
        body = {"client_id": str(uuid4()), "revision": 1, "data": data}
        return lambda: person.post(f"cases/{number}/actions/{do}", body)

    answers = together(act(one, "file", {}), act(two, "reject", {"reason": "private_dispute", "note": "私人"}))
    assert statuses(answers) == [201, 409]
    assert next(answer.code for answer in answers if answer.status == 409) == "stale"
    assert len(one.steps(number)) == 2


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_people_open_one_case(seat: Seat, round_: int) -> None:
    number = seat("inspector").report()
    one, two = seat("operator"), seat("operator_two")
    answers = together(*[lambda p=person: p.send("PUT", f"cases/{number}/claim") for person in (one, two)])
    assert sorted(answer.json["held_by"] is None for answer in answers) == [False, True]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_cases_merged_into_each_other(seat: Seat, round_: int) -> None:
    """Locked by ascending id: one is merged, nobody waits for ever."""
    a, b = seat("inspector").report(), seat("inspector").report()
    one, two = seat("operator"), seat("operator_two")

    def merge(person: Person, case: str, into: str) -> Callable[[], Answer]:
        return lambda: person.post(f"cases/{case}/actions/merge", {"client_id": str(uuid4()), "data": {"into": into}})

    answers = together(merge(one, a, b), merge(two, b, a))
    assert statuses(answers) == [201, 422]
    assert sum(len(one.case(number)["reports"]) for number in (a, b)) == 2


def test_a_server_killed_between_commit_and_answer(server: Server, seat: Seat, ids: Ids) -> None:
    """The client knows nothing and sends again: what was done is told, and not done twice."""
    number, operator = seat("inspector").report(standard=ids["standard"]), seat("operator")
    body = {"client_id": str(uuid4()), "revision": 1, "data": {}}
    with pytest.raises((http.client.HTTPException, OSError)):
        operator.post(f"cases/{number}/actions/file", body, X_Die_Before_Answering="1")
    assert server.has_died()
    server.start()
    again = operator.post(f"cases/{number}/actions/file", body)
    assert (again.status, again.json["repeated"]) == (200, True)
    assert operator.steps(number) == ["report", "file"]
    assert operator.case(number)["revision"] == again.json["revision"] == 2
