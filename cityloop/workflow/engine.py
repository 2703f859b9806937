"""The pure engine: which lines of a flow are open here, to this person, now.

A flow is a table. The same two functions draw the buttons and guard the POST, so that they cannot disagree.
Facts are opaque: only the guards that an app registered know what is in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cityloop.base.errors import Refused
from cityloop.base.words import label_of, speak

SAME: Final = "="  # the line leaves the state as it is
BACK: Final = "<"  # the line goes back to the state before the last step

PHASES: Final = ("received", "filed", "coordinating", "handling", "suspended", "feedback", "checking", "ended")
OUTCOMES: Final = ("solved", "self_handled", "rejected", "void", "merged", "special")


@dataclass(frozen=True, slots=True)
class State:
    """What the subject waits for. `limit` names the stage limit of whoever it waits for.

    No line of the flow leads to a state `from_outside`: a step of another subject brings this one there.
    """

    name: str
    labels: Mapping[str, str]
    phase: str = ""
    outcome: str = ""
    limit: str = ""
    ended: bool = False
    from_outside: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One transition. `by`: post kinds and relations; `follow`: the case's transition that follows at once."""

    do: str
    labels: Mapping[str, str]
    at: tuple[str, ...]
    to: str
    by: tuple[str, ...]
    when: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    form: str = ""
    follow: str = ""


@dataclass(frozen=True, slots=True)
class TimerLine:
    """While the subject is `at`, the moment of `clock` performs the system's line `do`."""

    at: str
    clock: str
    do: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A published flow: states by name, lines in the order of their buttons, forms as plain data.

    A subject is born in the first of `entries`, or in another one that its creator names.
    """

    kind: str
    entries: tuple[str, ...]
    states: Mapping[str, State]
    lines: tuple[Line, ...]
    timers: tuple[TimerLine, ...] = ()
    forms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def initial(self) -> str:
        """Where a subject usually begins."""
        return self.entries[0]

    def lines_at(self, at: str, do: str | None = None) -> tuple[Line, ...]:
        """The lines that leave `at`, all or those of one action."""
        return tuple(line for line in self.lines if at in line.at and (do is None or line.do == do))


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition; `otherwise` is the sentence that a refusal says."""

    name: str
    label: str
    otherwise: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of this person's here, and the first guard that still forbids it."""

    line: Line
    missing: Guard | None = None


def first_missing(line: Line, facts: object, guards: Mapping[str, Guard]) -> Guard | None:
    """The first guard of the line that does not hold."""
    return next((guards[name] for name in line.when if not guards[name].holds(facts)), None)


def offered(
    flow: Flow, at: str, roles: frozenset[str], facts: object, guards: Mapping[str, Guard]
) -> tuple[Offer, ...]:
    """The actions of this person in this state, one offer an action, the open line before a forbidden one."""
    offers: dict[str, Offer] = {}
    for line in flow.lines_at(at):
        if roles.isdisjoint(line.by):
            continue
        known = offers.get(line.do)
        if known is None or known.missing is not None:
            missing = first_missing(line, facts, guards)
            if known is None or missing is None:
                offers[line.do] = Offer(line, missing)
    return tuple(offers.values())


def choose(flow: Flow, at: str, do: str, *, roles: frozenset[str], facts: object, guards: Mapping[str, Guard]) -> Line:
    """The line to perform, or the refusal: `not_here`, `not_yours` or `not_yet` with the rule's name."""
    lines = flow.lines_at(at, do)
    if not lines:
        state = flow.states.get(at)
        label = label_of(state.labels) if state else at
        raise Refused("not_here", speak("「%(label)s」状态下没有这个操作", label=label), {"do": do, "at": at})
    mine = [line for line in lines if not roles.isdisjoint(line.by)]
    if not mine:
        raise Refused(
            "not_yours", speak("您的岗位不能执行这个操作"), {"do": do, "by": sorted({b for x in lines for b in x.by})}
        )
    missing: Guard | None = None
    for line in mine:
        lacking = first_missing(line, facts, guards)
        if lacking is None:
            return line
        missing = missing or lacking
    assert missing is not None
    raise Refused("not_yet", speak(missing.otherwise), {"do": do, "rule": missing.name})
