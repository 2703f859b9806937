"""Every shipped flow, under every combination of its options: sound, and closed to whoever it does not list."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from cityloop.base.errors import Refused
from cityloop.cases import shipped
from cityloop.org.posts import POST_KINDS
from cityloop.workflow import registry
from cityloop.workflow.check import problems
from cityloop.workflow.engine import Flow, Guard, choose, offered
from cityloop.workflow.source import options_of, read

ROLES = (*POST_KINDS, *registry.relations, "system")


def combinations() -> Iterator[tuple[str, dict[str, str]]]:
    """Every kind of flow with every choice of its options."""
    for kind in shipped.KINDS:
        options = read(shipped.text_of(kind)).get("options", {})
        for values in product(*(option["values"] for option in options.values())):
            yield kind, dict(zip(options, values, strict=True))


COMBINATIONS = list(combinations())
NAMES = [f"{kind} {'+'.join(options.values())}" for kind, options in COMBINATIONS]


def guards(answer: bool) -> dict[str, Guard]:
    return {
        name: Guard(name, guard.label, guard.otherwise, lambda _: answer) for name, guard in registry.guards.items()
    }


OPEN, SHUT = guards(True), guards(False)


def answer(flow: Flow, at: str, do: str, role: str, known: dict[str, Guard]) -> str:
    try:
        choose(flow, at, do, roles=frozenset({role}), facts=None, guards=known)
    except Refused as refusal:
        return refusal.code
    return "done"


@pytest.mark.parametrize(("kind", "options"), COMBINATIONS, ids=NAMES)
def test_it_is_sound(kind: str, options: dict[str, str]) -> None:
    case = None if kind == "case" else shipped.flow_of("case")
    assert problems(shipped.flow_of(kind, options), shipped.words(case)) == []


@pytest.mark.parametrize(("kind", "options"), COMBINATIONS, ids=NAMES)
def test_every_state_action_and_post_that_is_not_listed_is_refused(kind: str, options: dict[str, str]) -> None:
    """Exhaustively, by the rows of the table and not by the engine's own reading of them."""
    flow = shipped.flow_of(kind, options)
    table = {(at, line.do, role) for line in flow.lines for at in line.at for role in line.by}
    known = {(at, line.do) for line in flow.lines for at in line.at}
    for at, do, role in product(flow.states, {line.do for line in flow.lines} | {"fly"}, ROLES):
        found = answer(flow, at, do, role, OPEN)
        expected = "done" if (at, do, role) in table else "not_yours" if (at, do) in known else "not_here"
        assert found == expected, (at, do, role)
        guarded = all(line.when for line in flow.lines_at(at, do) if role in line.by)
        if expected == "done" and guarded:
            assert answer(flow, at, do, role, SHUT) == "not_yet", (at, do, role)


@pytest.mark.parametrize(("kind", "options"), COMBINATIONS, ids=NAMES)
def test_buttons_are_what_may_be_done(kind: str, options: dict[str, str]) -> None:
    flow = shipped.flow_of(kind, options)
    for at, role in product(flow.states, ROLES):
        drawn = {offer.line.do for offer in offered(flow, at, frozenset({role}), None, OPEN)}
        assert drawn == {line.do for line in flow.lines_at(at) if answer(flow, at, line.do, role, OPEN) == "done"}


@pytest.mark.parametrize(("kind", "options"), COMBINATIONS, ids=NAMES)
def test_one_action_of_one_role_has_one_form(kind: str, options: dict[str, str]) -> None:
    """The form is read before the guards choose among the lines."""
    flow = shipped.flow_of(kind, options)
    forms: dict[tuple[str, str, str], set[Any]] = {}
    for line in flow.lines:
        for at, role in product(line.at, line.by):
            forms.setdefault((at, line.do, role), set()).add(line.form)
    assert not {key: names for key, names in forms.items() if len(names) > 1}


def test_an_ended_case_offers_nothing_but_undoing() -> None:
    for kind, options in COMBINATIONS:
        flow = shipped.flow_of(kind, options)
        ended = {state.name for state in flow.states.values() if state.ended}
        assert {line.do for line in flow.lines if ended & set(line.at)} <= {"recall", "unmerge"}


def test_every_option_has_its_default() -> None:
    for kind in shipped.KINDS:
        table = read(shipped.text_of(kind))
        for name, value in options_of(table, {}).items():
            assert value in table["options"][name]["values"]
