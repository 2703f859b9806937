"""The forms of a published flow: built once, read by `perform`, by the API's schemas and by the pages."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cityloop.formdefs.schema import Form, build, clean
from cityloop.workflow.selectors import get_flow


@lru_cache(maxsize=1024)
def get_form(flow_id: int, name: str) -> Form:
    """A form by its name; no name is the empty form."""
    return build(list(get_flow(flow_id).forms[name])) if name else ()


def clean_data(flow_id: int, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The clean values of an action's data."""
    return clean(get_form(flow_id, name), data)


@lru_cache(maxsize=1024)
def texts_of(flow_id: int, name: str) -> frozenset[str]:
    """The fields that hold free text: they enter the history only as a digest."""
    return frozenset(field.name for field in get_form(flow_id, name) if field.kind == "text" and field.name != "note")


def evidence_of(flow_id: int, name: str, data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The uploads that an action's data names, with what they show."""
    return [
        (field.params.get("purpose", "other"), data[field.name])
        for field in get_form(flow_id, name)
        if field.kind == "evidence" and field.name in data
    ]
