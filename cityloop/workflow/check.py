"""What makes a flow unsound. Pure; run by a test on the shipped flows, on publishing and at start-up."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from itertools import combinations

from cityloop.workflow.engine import BACK, OUTCOMES, PHASES, SAME, Flow, Line


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that code knows."""

    roles: Set[str]
    guards: Set[str]
    effects: Set[str]
    limits: Set[str]
    clocks: Set[str]
    field_kinds: Set[str] = field(default_factory=frozenset)
    follows: Set[str] = field(default_factory=frozenset)  # actions of the case that a task or request may name
    ends: Set[str] = field(default_factory=frozenset)  # final states into which code may bring the subject


def problems(flow: Flow, words: Vocabulary) -> list[str]:
    """Everything wrong with the flow, in words; empty when it is sound."""
    found = [
        *_names(flow, words),
        *_states(flow),
        *_ends(flow, words),
        *_forms(flow, words),
        *_timers(flow, words),
        *_ambiguous(flow),
    ]
    # Reachability only makes sense once every name exists.
    return found or [*_reachable(flow)]


def _unknown(what: str, names: Iterable[str], known: Set[str], where: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{where}: unknown {what} {name!r}"


def _names(flow: Flow, words: Vocabulary) -> Iterator[str]:
    states = set(flow.states)
    yield from _unknown("state", flow.entries, states, "initial")
    for line in flow.lines:
        where = f"line {line.do!r}"
        yield from _unknown("state", line.at, states, where)
        yield from _unknown("state", [line.to], states | {SAME, BACK}, where)
        yield from _unknown("role", line.by, words.roles, where)
        yield from _unknown("guard", line.when, words.guards, where)
        yield from _unknown("effect", line.then, words.effects, where)
        if line.form:
            yield from _unknown("form", [line.form], set(flow.forms), where)
        if line.follow:
            yield from _unknown("follow-up", [line.follow], words.follows, where)
        if not line.at or not line.by:
            yield f"{where}: nobody can ever do it"
    for state in flow.states.values():
        if state.limit:
            yield from _unknown("limit", [state.limit], words.limits, f"state {state.name!r}")


def _states(flow: Flow) -> Iterator[str]:
    is_case = any(state.phase for state in flow.states.values())
    for state in flow.states.values():
        if is_case and state.phase not in PHASES:
            yield f"state {state.name!r}: unknown phase {state.phase!r}"
        if is_case and state.ended and state.outcome not in OUTCOMES:
            yield f"state {state.name!r}: an ended case needs an outcome"
        if not state.ended and state.outcome:
            yield f"state {state.name!r}: an outcome before the end"
    for line in flow.lines:
        for at in line.at:
            leaves_end = at in flow.states and flow.states[at].ended and line.to not in {SAME, BACK}
            if leaves_end:
                yield f"line {line.do!r}: leaves the final state {at!r}"


def _ends(flow: Flow, words: Vocabulary) -> Iterator[str]:
    for name in sorted(words.ends):
        if name not in flow.states or not flow.states[name].ended:
            yield f"state {name!r}: must be there, and final"
    for state in flow.states.values():
        if state.from_outside and not state.ended:
            yield f"state {state.name!r}: entered from outside, so it must be final"


def _forms(flow: Flow, words: Vocabulary) -> Iterator[str]:
    for name, fields in flow.forms.items():
        names = [row.get("name", "") for row in fields]
        if len(set(names)) != len(names):
            yield f"form {name!r}: a field twice"
        for row in fields:
            yield from _unknown("field kind", [row.get("kind", "")], words.field_kinds, f"form {name!r}")


def _timers(flow: Flow, words: Vocabulary) -> Iterator[str]:
    for timer in flow.timers:
        where = f"timer at {timer.at!r}"
        yield from _unknown("state", [timer.at], set(flow.states), where)
        yield from _unknown("clock", [timer.clock], words.clocks, where)
        if not any("system" in line.by for line in flow.lines_at(timer.at, timer.do)):
            yield f"{where}: the system has no line {timer.do!r} there"


def _ambiguous(flow: Flow) -> Iterator[str]:
    def same(one: Line, other: Line) -> bool:
        overlap = set(one.at) & set(other.at) and set(one.by) & set(other.by)
        return one.do == other.do and bool(overlap) and set(one.when) == set(other.when)

    for one, other in combinations(flow.lines, 2):
        if same(one, other):
            yield f"line {one.do!r}: stands twice for the same state, role and guards"


def _edges(flow: Flow) -> set[tuple[str, str]]:
    return {(at, line.to) for line in flow.lines for at in line.at if line.to not in {SAME, BACK}}


def _closure(start: Set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    pairs, seen, todo = list(edges), set(start), list(start)
    while todo:
        here = todo.pop()
        for source, target in pairs:
            if source == here and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def _reachable(flow: Flow) -> Iterator[str]:
    edges = _edges(flow)
    ends = {state.name for state in flow.states.values() if state.ended}
    outside = {state.name for state in flow.states.values() if state.from_outside}
    entered = _closure({*flow.entries, *outside}, edges)
    leads_out = _closure(ends, [(target, source) for source, target in edges])
    for name in flow.states:
        if name not in entered:
            yield f"state {name!r}: cannot be reached"
        if name not in leads_out:
            yield f"state {name!r}: no way to an end"
