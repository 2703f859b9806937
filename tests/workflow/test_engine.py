"""The engine draws the buttons and guards the POST by the same table."""

from dataclasses import dataclass

import pytest

from cityloop.base.errors import Refused
from cityloop.workflow.engine import Guard, choose, offered
from cityloop.workflow.source import build, expand, read

TEXT = """
kind = "case"
initial = "open"
lines = [
  { do = "close", label = "结案", at = ["open"], to = "closed", by = ["operator"], when = ["passed"] },
  { do = "close", label = "结案", at = ["open"], to = "closed", by = ["leader"] },
  { do = "wait", label = "等待", at = ["open"], to = "=", by = ["operator", "leader"] },
  { do = "slow", label = "缓办", at = ["open"], to = "=", by = ["operator"], only = { pace = ["slow"] } },
]
[options]
pace = { label = "快慢", values = ["slow", "fast"], default = "fast" }
[states]
open = { label = "待办", phase = "handling" }
closed = { label = "结案", phase = "ended", outcome = "solved" }
"""


@dataclass
class Facts:
    passed: bool


GUARDS = {"passed": Guard("passed", "核查通过", "核查尚未通过", lambda facts: facts.passed)}
FLOW = build(expand(read(TEXT), {}))


@pytest.mark.parametrize(
    ("at", "do", "roles", "passed", "expected"),
    [
        ("open", "close", {"operator"}, True, "closed"),
        ("open", "close", {"operator"}, False, "not_yet"),
        ("open", "close", {"leader"}, False, "closed"),
        ("open", "close", {"operator", "leader"}, False, "closed"),
        ("open", "close", {"unit"}, True, "not_yours"),
        ("open", "close", set(), True, "not_yours"),
        ("open", "fly", {"operator"}, True, "not_here"),
        ("closed", "close", {"operator"}, True, "not_here"),
        ("nowhere", "close", {"operator"}, True, "not_here"),
        ("open", "slow", {"operator"}, True, "not_here"),
        ("open", "wait", {"operator"}, False, "="),
    ],
)
def test_choose(at: str, do: str, roles: set[str], passed: bool, expected: str) -> None:
    try:
        found = choose(FLOW, at, do, roles=frozenset(roles), facts=Facts(passed), guards=GUARDS).to
    except Refused as refusal:
        found = refusal.code
    assert found == expected


@pytest.mark.parametrize("roles", [set(), {"operator"}, {"leader"}, {"unit"}, {"operator", "leader"}])
@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize("at", ["open", "closed"])
def test_an_offer_without_a_missing_guard_is_what_choose_accepts(roles: set[str], passed: bool, at: str) -> None:
    names, facts = frozenset(roles), Facts(passed)
    drawn = {offer.line.do for offer in offered(FLOW, at, names, facts, GUARDS) if offer.missing is None}
    accepted = set()
    for do in {line.do for line in FLOW.lines}:
        try:
            choose(FLOW, at, do, roles=names, facts=facts, guards=GUARDS)
            accepted.add(do)
        except Refused:
            continue
    assert drawn == accepted


def test_an_option_adds_its_lines() -> None:
    slow = build(expand(read(TEXT), {"pace": "slow"}))
    assert "slow" in {line.do for line in slow.lines}
