"""Flows by version, cached: a published version never changes."""

import time
from functools import lru_cache

from cityloop.base.errors import Refused
from cityloop.base.words import speak
from cityloop.workflow import registry
from cityloop.workflow.check import Vocabulary
from cityloop.workflow.engine import Flow
from cityloop.workflow.models import ActiveFlow, FlowVersion
from cityloop.workflow.source import build

MEMORY_SECONDS = 5.0
_active: dict[str, tuple[float, int]] = {}


@lru_cache(maxsize=256)
def get_flow(version_id: int) -> Flow:
    """The flow of a published version."""
    return build(FlowVersion.objects.get(pk=version_id).data)


def active_version(kind: str) -> int:
    """The version that a new subject of this kind begins with; remembered for a few seconds."""
    known = _active.get(kind)
    if known and time.monotonic() - known[0] < MEMORY_SECONDS:
        return known[1]
    row = ActiveFlow.objects.filter(kind=kind).values_list("version_id", flat=True).first()
    if row is None:
        raise Refused("unavailable", speak("流程尚未发布, 请先运行 cityloop publish-flows"), {"kind": kind})
    _active[kind] = (time.monotonic(), row)
    return row


def forget() -> None:
    """Drop what is remembered: after publishing, and between tests."""
    _active.clear()
    get_flow.cache_clear()


def vocabulary(
    roles: frozenset[str], limits: frozenset[str], field_kinds: frozenset[str], case: Flow | None
) -> Vocabulary:
    """The names that a flow may use: what is registered, and what the caller knows of the rooms above."""
    return Vocabulary(
        roles=roles | registry.relations.keys() | {"system"},
        guards=registry.guards.keys(),
        effects=registry.effects.keys(),
        limits=limits,
        clocks=registry.clocks.keys(),
        field_kinds=field_kinds,
        follows=frozenset(line.do for line in case.lines) if case else frozenset(),
        # What the end of its case, or a step that takes it away, makes of a task or a request.
        ends=frozenset({"withdrawn"}) if case else frozenset(),
    )
