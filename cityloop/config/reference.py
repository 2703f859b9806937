"""The generated pages of `docs/reference`: states, flows, vocabulary, permissions, from what the program really has."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from cityloop.cases.shipped import KINDS, flow_of, text_of
from cityloop.formdefs.schema import kinds as field_kinds
from cityloop.limits.models import Stage
from cityloop.org.permissions import PERMISSIONS
from cityloop.org.posts import POST_KINDS, SYSTEM_KIND
from cityloop.workflow import registry
from cityloop.workflow.engine import OUTCOMES, PHASES, Flow
from cityloop.workflow.source import read

NOTE: Final = "<!-- Written by `cityloop write-reference` from the program; change the program, not this page. -->"
ROWS: Final = Path(__file__).with_name("requirement_states.toml")


def folder() -> Path:
    """Where the pages lie."""
    return Path(settings.BASE_DIR) / "docs" / "reference"


def pages() -> dict[str, str]:
    """Every generated page by its file name. Labels are in Chinese, as on screens."""
    with override("zh-hans"):
        return {
            "states.md": states_page(),
            "flows.md": flows_page(),
            "vocabulary.md": vocabulary_page(),
            "permissions.md": permissions_page(),
        }


def stale() -> list[str]:
    """The pages that do not say what the program has."""
    return [
        name
        for name, text in pages().items()
        if not (folder() / name).exists() or (folder() / name).read_text(encoding="utf-8") != text
    ]


def write() -> list[str]:
    """Bring the pages up to date; which ones changed."""
    changed = stale()
    for name, text in pages().items():
        if name in changed:
            (folder() / name).write_text(text, encoding="utf-8")
    return changed


# Pages


def states_page() -> str:
    """Each state of every flow, and where the vendors' list of states went."""
    parts = [
        _head(
            "States",
            "Only what the *case* waits for is its state. What a unit or a person owes is an open task, what somebody "
            "asked for an open request; both have states of their own. Statistics count phases and outcomes, which "
            "never change. Overdue is computed, never a state.",
        ),
        "## The states of requirements §3.2",
        _table(("row", "label", "here"), (_requirement_row(row) for row in requirement_rows()["rows"])),
    ]
    for kind in KINDS:
        parts += [f"## {kind}", _states_of(flow_of(kind))]
    return _page(parts)


def flows_page() -> str:
    """Each transition of every flow, with its options and forms."""
    parts = [
        _head(
            "Flows",
            "The shipped flows, line by line; the files are `cityloop/cases/flows/*.toml`. `=` stays in the state, "
            "`<` goes back to the one before. A line with an option is there only under that choice. What the names "
            "mean: [vocabulary](vocabulary.md).",
        )
    ]
    for kind in KINDS:
        parts += _flow_parts(kind, read(text_of(kind)))
    return _page(parts)


def vocabulary_page() -> str:
    """Every name that a flow may use."""
    guards = [(_code(name), guard.label, guard.otherwise) for name, guard in sorted(registry.guards.items())]
    effects = [(_code(name), label) for name, label in sorted(registry.effect_labels.items())]
    kinds = [(_code(name), kind.label, _first_line(kind.read)) for name, kind in sorted(field_kinds.items())]
    roles = {**POST_KINDS, **registry.relations, SYSTEM_KIND: "timers, and steps that follow from others"}
    parts = [
        _head(
            "Vocabulary of flows",
            "Administrators arrange these names in flows; what they do is code. A registered name never changes its "
            "meaning: a new meaning is a new name.",
        ),
        "## Guards (`when`)",
        _table(("name", "meaning", "what a refusal says"), guards),
        "## Effects (`then`)",
        _table(("name", "meaning"), effects),
        "## Roles and relations (`by`)",
        _table(("name", "meaning"), ((_code(name), str(label)) for name, label in roles.items())),
        "## Stage limits (`limit`)",
        _table(("name", "stage"), ((_code(value), str(label)) for value, label in Stage.choices)),
        "## Clocks with timers",
        _table(("name", "meaning"), ((_code(name), label) for name, label in sorted(registry.clocks.items()))),
        "## Field kinds",
        _table(("name", "label", "takes"), kinds),
        "## Phases and outcomes",
        f"Phases: {_codes(PHASES)}. Outcomes: {_codes(OUTCOMES)}.",
    ]
    return _page(parts)


def permissions_page() -> str:
    """Every named permission with its posts."""
    rows = [
        (_code(name), str(row.label), str(row.group), str(row.sentence), _posts(row.posts))
        for name, row in sorted(PERMISSIONS.items())
    ]
    return _page(
        [
            _head(
                "Permissions",
                "A page or an administrative act names one of these. Who may act on a case is not here: "
                "[its flow](flows.md) says it. Whoever acts as a post has its permissions too.",
            ),
            _table(("name", "label", "group", "allows", "posts"), rows),
        ]
    )


# Parts


@lru_cache(maxsize=1)
def requirement_rows() -> Mapping[str, Any]:
    """The vendors' list of states, and where each went."""
    return tomllib.loads(ROWS.read_text(encoding="utf-8"))


def _requirement_row(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["row"], row["label"], "; ".join(_where(place) for place in row["is"])


def _where(place: str) -> str:
    kind, slash, name = place.partition("/")
    if not slash or kind not in KINDS:
        return place
    state = flow_of(kind).states[name]  # a state that is not there is an error of the list
    return f"{kind} `{name}` {state.labels['zh']}"


def _states_of(flow: Flow) -> str:
    head = ("state", "label", "English", "phase", "outcome", "limit", "who may do something")
    rows = []
    for state in flow.states.values():
        doers = {role for line in flow.lines_at(state.name) for role in line.by}
        end = state.outcome or ("ended" if state.ended else "")
        labels = (state.labels["zh"], state.labels["en"])
        rows.append((_code(state.name), *labels, state.phase, end, state.limit, _codes(sorted(doers))))
    return _table(head, rows)


def _flow_parts(kind: str, table: Mapping[str, Any]) -> list[str]:
    lines = [_line_row(row) for row in table["lines"]]
    parts = [f"## {kind}", _table(("do", "label", "at", "to", "by", "when", "then", "form", "then of the case"), lines)]
    if options := table.get("options"):
        rows = [
            (_code(name), row["label"], _codes(row["values"]), _code(row["default"])) for name, row in options.items()
        ]
        parts.append(_table(("option", "label", "choices", "usual"), rows))
    if timers := table.get("timers"):
        parts.append(_table(("timer at", "clock", "does"), ((row["at"], row["clock"], row["do"]) for row in timers)))
    fields = [(_code(form), *_field_row(row)) for form, rows in table["forms"].items() for row in rows]
    parts.append(_table(("form", "field", "label", "kind", "required"), fields))
    return parts


def _line_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    only = "; ".join(f"{name} = {'/'.join(values)}" for name, values in row.get("only", {}).items())
    follow = _code(row["follow"]) if "follow" in row else ""
    words = (_codes(row["at"]), _code(row["to"]), *(_codes(row.get(key, [])) for key in ("by", "when", "then")))
    return (_code(row["do"]) + (f" ({only})" if only else ""), row["label"], *words, row.get("form", ""), follow)


def _field_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    only = "; ".join("/".join(values) for values in row.get("only", {}).values())
    return (
        _code(row["name"]),
        row["label"],
        row["kind"],
        ("yes" if row.get("required") else "") + (only and f" ({only})"),
    )


def _posts(posts: Iterable[str]) -> str:
    return "、".join(str(label) for kind, label in POST_KINDS.items() if kind in posts)


def _first_line(function: Any) -> str:
    return registry.first_line(function)


def _code(name: str) -> str:
    return f"`{name}`"


def _codes(names: Iterable[str]) -> str:
    return " ".join(_code(name) for name in names)


def _head(title: str, words: str) -> str:
    return f"# {title}\n\n{NOTE}\n\n{words}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
