"""The flows that CityLoop ships, and the words that they may use."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from cityloop.formdefs.schema import kinds
from cityloop.limits.models import Stage
from cityloop.org.actor import Actor
from cityloop.org.posts import POST_KINDS
from cityloop.workflow.actions import publish
from cityloop.workflow.check import Vocabulary
from cityloop.workflow.engine import Flow
from cityloop.workflow.models import FlowVersion
from cityloop.workflow.selectors import vocabulary
from cityloop.workflow.source import build, expand, read

FOLDER: Final = Path(__file__).parent / "flows"
# The case first: the others name its transitions.
KINDS: Final = ("case", "verify", "handle", "check", "return", "void")

Options = Mapping[str, Mapping[str, str]]


def text_of(kind: str) -> str:
    """The shipped text of a flow."""
    return (FOLDER / f"{kind}.toml").read_text(encoding="utf-8")


def flow_of(kind: str, options: Mapping[str, str] | None = None) -> Flow:
    """A shipped flow under some options."""
    return build(expand(read(text_of(kind)), options or {}))


def words(case: Flow | None) -> Vocabulary:
    """Every name that a flow may use; `case` is the case's flow, whose transitions the others may name."""
    return vocabulary(frozenset(POST_KINDS), frozenset(Stage.values), frozenset(kinds), case)


def publish_all(*, by: Actor, now: datetime, options: Options | None = None) -> list[FlowVersion]:
    """Publish all shipped flows under these options; those already in force stay."""
    chosen = options or {}
    case = flow_of("case", chosen.get("case"))
    return [
        publish(text_of(kind), chosen.get(kind, {}), words(None if kind == "case" else case), by=by, now=now)
        for kind in KINDS
    ]
