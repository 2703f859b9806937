"""An unsound flow is refused, and each fault is named."""

import copy

import pytest

from cityloop.workflow.check import Vocabulary, problems
from cityloop.workflow.source import FlowError, build, expand, read

WORDS = Vocabulary(
    roles=frozenset({"operator", "system"}),
    guards=frozenset({"ready"}),
    effects=frozenset({"tell"}),
    limits=frozenset({"accept"}),
    clocks=frozenset({"handling"}),
    field_kinds=frozenset({"text"}),
)
SOUND = {
    "kind": "case",
    "initial": "open",
    "states": {
        "open": {"label": "待办", "phase": "handling", "limit": "accept"},
        "closed": {"label": "结案", "phase": "ended", "outcome": "solved"},
    },
    "lines": [
        {
            "do": "close",
            "label": "结案",
            "at": ["open"],
            "to": "closed",
            "by": ["operator"],
            "when": ["ready"],
            "then": ["tell"],
            "form": "note",
        },
        {"do": "remind", "label": "提醒", "at": ["open"], "to": "=", "by": ["system"]},
    ],
    "timers": [{"at": "open", "clock": "handling", "do": "remind"}],
    "forms": {"note": [{"name": "note", "kind": "text", "label": "说明"}]},
}


def with_change(path: str, value: object) -> dict[str, object]:
    table = copy.deepcopy(SOUND)
    *steps, last = path.split(".")
    here: object = table
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]  # type: ignore[index]
    if isinstance(here, list):
        here.append(value)
    else:
        here[last] = value  # type: ignore[index]
    return table


def faults(table: dict[str, object]) -> str:
    return "; ".join(problems(build(expand(table, {})), WORDS))


def test_the_sound_flow_is_sound() -> None:
    assert faults(SOUND) == ""


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("initial", "nowhere", "unknown state 'nowhere'"),
        ("lines.0.to", "nowhere", "unknown state 'nowhere'"),
        ("lines.0.at", ["nowhere"], "unknown state 'nowhere'"),
        ("lines.0.at", [], "nobody can ever do it"),
        ("lines.0.by", ["king"], "unknown role 'king'"),
        ("lines.0.when", ["magic"], "unknown guard 'magic'"),
        ("lines.0.then", ["magic"], "unknown effect 'magic'"),
        ("lines.0.form", "nothing", "unknown form 'nothing'"),
        ("lines.0.follow", "nothing", "unknown follow-up 'nothing'"),
        ("lines.0.to", "=", "no way to an end"),
        ("states.open.phase", "resting", "unknown phase 'resting'"),
        ("states.open.limit", "never", "unknown limit 'never'"),
        ("states.open.outcome", "solved", "an outcome before the end"),
        ("states.closed.outcome", "", "needs an outcome"),
        ("states.lost", {"label": "失联", "phase": "handling"}, "cannot be reached"),
        ("timers.0.do", "close", "the system has no line 'close'"),
        ("timers.0.clock", "sundial", "unknown clock 'sundial'"),
        ("forms.note", [{"name": "a", "kind": "spell", "label": "咒"}], "unknown field kind 'spell'"),
        (
            "forms.note",
            [{"name": "a", "kind": "text", "label": "甲"}, {"name": "a", "kind": "text", "label": "乙"}],
            "a field twice",
        ),
        (
            "lines.new",
            {"do": "close", "label": "结案", "at": ["open"], "to": "=", "by": ["operator"], "when": ["ready"]},
            "stands twice",
        ),
        (
            "lines.new",
            {"do": "reopen", "label": "重开", "at": ["closed"], "to": "open", "by": ["operator"]},
            "leaves the final state",
        ),
    ],
)
def test_a_fault_is_named(path: str, value: object, fault: str) -> None:
    assert fault in faults(with_change(path, value))


def test_a_broken_text_and_unknown_options_are_flow_errors() -> None:
    with pytest.raises(FlowError):
        read("kind = ")
    with pytest.raises(FlowError, match="unknown option"):
        expand(SOUND, {"speed": "fast"})
