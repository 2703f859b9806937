"""The vocabulary: functions that apps register under a name when they start. A name never changes its meaning."""

from collections.abc import Callable
from typing import Any, TypeVar

from cityloop.workflow.engine import Guard

Function = TypeVar("Function", bound=Callable[[Any], Any])

guards: dict[str, Guard] = {}
effects: dict[str, Callable[[Any], None]] = {}
effect_labels: dict[str, str] = {}
relations: dict[str, str] = {}
clocks: dict[str, str] = {}


def first_line(function: Callable[..., Any]) -> str:
    """The label that an administrator sees: the first line of the docstring."""
    return (function.__doc__ or "").strip().splitlines()[0]


def guard(name: str, *, otherwise: str) -> Callable[[Function], Function]:
    """Register a condition; `otherwise` is what its refusal says."""

    def register(function: Function) -> Function:
        assert name not in guards, name
        guards[name] = Guard(name, first_line(function), otherwise, function)
        return function

    return register


def effect(name: str) -> Callable[[Function], Function]:
    """Register what a transition also does, inside its transaction."""

    def register(function: Function) -> Function:
        assert name not in effects, name
        effects[name] = function
        effect_labels[name] = first_line(function)
        return function

    return register


def relation(name: str, label: str) -> None:
    """Register what a person can be to a subject beside his posts, such as its assignee."""
    assert name not in relations, name
    relations[name] = label


def clock(name: str, label: str) -> None:
    """Register a clock whose deadline may set a timer."""
    assert name not in clocks, name
    clocks[name] = label
