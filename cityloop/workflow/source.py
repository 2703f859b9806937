"""The text of a flow: a TOML table with options, expanded into plain lines. Pure.

A line, state, timer or form field may carry `only = { option = ["value", ...] }`: it stays when every named option
has one of those values, and the published flow knows nothing of options any more. A state that goes takes itself out of
the lines that named it, and what nothing is left of goes too.
"""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from cityloop.workflow.engine import Flow, Line, State, TimerLine


class FlowError(ValueError):
    """The text is no flow; the message says where."""


def read(text: str) -> dict[str, Any]:
    """The table of a flow's text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlowError(str(error)) from None


def options_of(table: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, str]:
    """Every option's value: the chosen one or the default; an unknown option or value is an error."""
    known: Mapping[str, Any] = table.get("options", {})
    for name, value in chosen.items():
        if name not in known:
            raise FlowError(f"unknown option {name!r}")
        if value not in known[name]["values"]:
            raise FlowError(f"option {name!r} has no value {value!r}")
    return {name: chosen.get(name, option["default"]) for name, option in known.items()}


def expand(table: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """The table as plain data without options: what a published version stores."""
    options = options_of(table, chosen)

    def kept(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in row.items() if key != "only"}
            for row in rows
            if all(options[name] in values for name, values in row.get("only", {}).items())
        ]

    states = [{"name": name, **row} for name, row in table.get("states", {}).items()]
    gone = {row["name"] for row in states} - {row["name"] for row in kept(states)}
    lines = [{**row, "at": [at for at in row["at"] if at not in gone]} for row in kept(table.get("lines", []))]
    return {
        "kind": table["kind"],
        "entries": [table["initial"], *table.get("also", [])],
        "states": kept(states),
        "lines": [row for row in lines if row["at"]] if gone else lines,
        "timers": [row for row in kept(table.get("timers", [])) if row["at"] not in gone],
        "forms": {name: kept(fields) for name, fields in table.get("forms", {}).items()},
    }


def build(data: Mapping[str, Any]) -> Flow:
    """The flow of expanded data."""
    try:
        states = {row["name"]: _state(row) for row in data["states"]}
        lines = tuple(_line(row) for row in data["lines"])
        timers = tuple(TimerLine(row["at"], row["clock"], row["do"]) for row in data["timers"])
        return Flow(data["kind"], tuple(data["entries"]), states, lines, timers, data["forms"])
    except KeyError as error:
        raise FlowError(f"missing {error}") from None


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    return {"zh": row["label"], "en": row.get("en", row["label"])}


def _state(row: Mapping[str, Any]) -> State:
    outcome = row.get("outcome", "")
    ended = bool(row.get("ended", False)) or row.get("phase") == "ended"
    outside = bool(row.get("from_outside", False))
    return State(row["name"], _labels(row), row.get("phase", ""), outcome, row.get("limit", ""), ended, outside)


def _line(row: Mapping[str, Any]) -> Line:
    def words(key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        return (value,) if isinstance(value, str) else tuple(value)

    return Line(
        do=row["do"],
        labels=_labels(row),
        at=words("at"),
        to=row["to"],
        by=words("by"),
        when=words("when"),
        then=words("then"),
        form=row.get("form", ""),
        follow=row.get("follow", ""),
    )
