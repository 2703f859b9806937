"""Over HTTP, once per state and action: what the flow does not list for a person is refused and writes nothing."""

from typing import Any

import pytest
from django.db import connection

from cityloop.cases import shipped
from cityloop.cases.models import Request, Task
from tests.promises.http import act, signed_in
from tests.promises.reach import CASE, SUBJECTS
from tests.world import World

FLOWS = {kind: shipped.flow_of(kind) for kind in shipped.KINDS}
COUNTED = ("cases_case", "cases_caseevent", "cases_eventtext", "cases_task", "cases_request", "cases_timer",
           "cases_participant", "cases_caselink", "cases_caseevidence", "cases_latereply", "notify_notice")  # fmt: skip


def rows() -> list[Any]:
    """The rows of every table of the core, as they are."""
    with connection.cursor() as cursor:
        found = []
        for table in COUNTED:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found.append((table, cursor.fetchone()))
        return found


def test_every_state_has_its_way() -> None:
    assert set(CASE) == set(FLOWS["case"].states)
    assert set(SUBJECTS) == {(kind, state) for kind in shipped.KINDS if kind != "case" for state in FLOWS[kind].states}


@pytest.mark.parametrize("state", CASE)
def test_a_case(world: World, state: str) -> None:
    walk, flow = CASE[state](world), FLOWS["case"]
    assert walk.case.state == state
    # A leader sees every filed and unfiled case and has no line in the flow; a shift leader has nearly all.
    leader, shift_leader, before = signed_in(world, "leader"), signed_in(world, "shift_leader"), rows()
    for do in {line.do for line in flow.lines} | {"fly"}:
        listed = flow.lines_at(state, do)
        answer = act(leader if listed else shift_leader, f"cases/{walk.number}/actions/{do}")
        assert answer.json()["code"] == ("not_yours" if listed else "not_here"), do
        assert answer.status_code == (403 if listed else 409)
    assert rows() == before


@pytest.mark.parametrize(("kind", "state"), SUBJECTS, ids=[f"{kind} {state}" for kind, state in SUBJECTS])
def test_a_task_or_request(world: World, kind: str, state: str) -> None:
    walk, flow = SUBJECTS[kind, state](world), FLOWS[kind]
    model: Any = Task if kind in {"verify", "check", "handle"} else Request
    subject = model.objects.filter(case__number=walk.number, kind=kind).order_by("pk")
    subject = next(row for row in subject if row.state == state)
    leader, before = signed_in(world, "leader"), rows()
    for do in {line.do for line in flow.lines} | {"fly"}:
        listed = flow.lines_at(state, do)
        answer = act(leader, f"{'tasks' if model is Task else 'requests'}/{subject.pk}/actions/{do}")
        assert answer.json()["code"] == ("not_yours" if listed else "not_here"), do
    assert rows() == before


@pytest.mark.parametrize("do", ["file", "reject", "recall"])
def test_a_stranger_learns_nothing(world: World, do: str) -> None:
    walk, before = CASE["reported"](world), rows()
    for username, status in (("stranger", 403), ("other_operator", 404), ("water", 404), ("audit_admin", 403)):
        there = act(signed_in(world, username), f"cases/{walk.number}/actions/{do}")
        nowhere = act(signed_in(world, username), f"cases/20990101000001/actions/{do}")
        assert (there.status_code, nowhere.status_code) == (status, status), username
        assert there.json() == nowhere.json()
    assert rows()[:-1] == before[:-1]
