"""System checks. Those that read rows are tagged `database`, so that `migrate` works on an empty one."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from cityloop.cases import shipped
from cityloop.cases.models import Case, Request, Task
from cityloop.workflow.check import problems
from cityloop.workflow.models import ActiveFlow
from cityloop.workflow.selectors import get_flow


@register
def shipped_flows_are_sound(**kwargs: Any) -> list[CheckMessage]:
    """The flows in the package name only what exists."""
    case = shipped.flow_of("case")
    return [
        Error(f"flow {kind}: {problem}", id="cases.E001")
        for kind in shipped.KINDS
        for problem in problems(shipped.flow_of(kind), shipped.words(None if kind == "case" else case))
    ]


@register(Tags.database)
def flows_in_use_are_sound(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every version that is in force, or on which something open still runs, resolves."""
    tables = set(connection.introspection.table_names())
    if not databases or not {model._meta.db_table for model in (ActiveFlow, Case, Task, Request)} <= tables:
        return []  # before the first migration there is nothing to check
    used = set(ActiveFlow.objects.values_list("version_id", flat=True))
    used |= set(Case.objects.exclude(phase="ended").values_list("flow_id", flat=True).distinct())
    for model in (Task, Request):
        used |= set(model.objects.filter(ended=False).values_list("flow_id", flat=True).distinct())
    active = ActiveFlow.objects.filter(kind="case").values_list("version_id", flat=True).first()
    case = get_flow(active) if active else None
    return [
        Error(f"flow version {pk}: {problem}", id="cases.E002")
        for pk, flow in ((pk, get_flow(pk)) for pk in sorted(used))
        for problem in problems(flow, shipped.words(None if flow.kind == "case" else case))
    ]
