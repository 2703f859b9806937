"""A step in memory: ask the flow, run what its line says, append the events. Nothing here writes a row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.policy import roles_in
from cityloop.cases.steps.forms_of import clean_data, evidence_of, texts_of
from cityloop.cases.steps.step import Step
from cityloop.cases.steps.storing import Written, advance
from cityloop.workflow import registry
from cityloop.workflow.engine import Flow, Line, choose
from cityloop.workflow.selectors import get_flow


def take(
    step: Step,
    do: str,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    client_id: UUID | None,
    digest: bytes,
) -> list[Written]:
    """Take the action: the subject's event, then that of the case's transition which the line names.

    Refused with `stale`, `not_here`, `not_yours`, `not_yet` or `invalid`.
    """
    subject = step.asked = step.subject
    if revision is not None and subject.revision != revision:
        raise Refused("stale", _("已被他人处理, 请刷新后再办"), {"revision": subject.revision})
    flow = get_flow(subject.flow_id)
    line = _choose(step, flow, do, values)
    written = [advance(step, flow, line, client_id=client_id, digest=digest)]
    if line.follow:
        written.append(_follow(step, line.follow))
        step.subject = subject
    return written


def _choose(step: Step, flow: Flow, do: str, values: Mapping[str, Any]) -> Line:
    roles = roles_in(step.by, step.case, step.subject)
    names = frozenset(roles)
    fitting = [line for line in flow.lines_at(step.subject.state, do) if not names.isdisjoint(line.by)]
    if fitting:
        form = fitting[0].form
        cleaned = clean_data(step.subject.flow_id, form, values)
        step.note = cleaned.pop("note", "")
        step.data = cleaned
        step.kept["texts"] = texts_of(step.subject.flow_id, form)
        step.kept["evidence"] = evidence_of(step.subject.flow_id, form, cleaned)
    line = choose(flow, step.subject.state, do, roles=names, facts=step, guards=registry.guards)
    step.post = next((roles[name] for name in line.by if name in roles), None)
    return line


def _follow(step: Step, do: str) -> Written:
    """The case's transition that the subject's line names: its own event, the same cause."""
    step.subject = step.case
    flow = get_flow(step.case.flow_id)
    line = choose(flow, step.case.state, do, roles=frozenset({"system"}), facts=step, guards=registry.guards)
    note, data, texts = step.note, step.data, step.kept.get("texts")
    step.note, step.data, step.kept["texts"] = "", {}, ()
    written = advance(step, flow, line, client_id=None, digest=b"")
    step.note, step.data, step.kept["texts"] = note, data, texts
    return written
