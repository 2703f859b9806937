"""The journal in words: each app names its acts and what it keeps of them, in `AppConfig.ready`.

Rows keep dotted words and plain values; a row whose words are gone is shown as it is, never as an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cityloop.base.time import city_time
from cityloop.base.words import listed

Label = str | Promise
MOST_ITEMS: Final = 12  # of a list; a duty grid has as many cells
SUBJECT: Final = "subject"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one app records: its title, its acts, the names of its data, and the words of stored values.

    `acts` by the word after the app's name; `data` by key; `values` by key, then by stored value, with the parts of a
    subject under `subject`.
    """

    title: Label
    acts: Mapping[str, Label]
    data: Mapping[str, Label]
    values: Mapping[str, Mapping[str, Label]]


RECORDED: Final[dict[str, Recorded]] = {}


def register(
    app: str,
    title: Label,
    acts: Mapping[str, Label],
    *,
    data: Mapping[str, Label] | None = None,
    values: Mapping[str, Mapping[str, Label]] | None = None,
) -> None:
    """Name what this app records. `ValueError` if it did so before."""
    if app in RECORDED:
        raise ValueError(f"the acts of {app} are registered twice")
    RECORDED[app] = Recorded(title, acts, data or {}, values or {})


def is_named(what: str) -> bool:
    """Whether some app has named this act."""
    app, _dot, act = what.partition(".")
    return app in RECORDED and act in RECORDED[app].acts


def label_of(what: str) -> str:
    """The act in the reader's language."""
    app, _dot, act = what.partition(".")
    return str(RECORDED[app].acts[act]) if is_named(what) else what


def subject_of(what: str, subject: str) -> str:
    """What the act was done to; stored words in it are spoken."""
    words = _of(what).values.get(SUBJECT, {})
    return " ".join(str(words.get(part, part)) for part in subject.split(" "))


def facts_of(what: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was kept of the act: names and values in the reader's language, in the app's order."""
    before, after = data.get("before"), data.get("after")
    app, found = _of(what), list[tuple[str, str]]()
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = [(key, _change(app, key, before.get(key), after[key])) for key in after]
    elif "before" in data and "after" in data:
        found = [("after", _change(app, "after", before, after))]
    shown = {"before", "after"} if found else set()
    found += [(key, _said(app, key, value)) for key, value in data.items() if key not in shown]
    found.sort(key=lambda row: _place(app, row[0]))
    return [(_name(app, key), text) for key, text in found]


def choices() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """All acts by app, for a form; the app's name with a dot stands for all of its acts."""
    for app, recorded in RECORDED.items():
        acts = [(f"{app}.{act}", str(label)) for act, label in recorded.acts.items()]
        yield str(recorded.title), [(f"{app}.", _("%(app)s：全部") % {"app": recorded.title}), *acts]


_NOTHING: Final = Recorded("", {}, {}, {})


def _of(what: str) -> Recorded:
    return RECORDED.get(what.partition(".")[0], _NOTHING)


def _name(app: Recorded, key: str) -> str:
    return str(app.data.get(key, key))


def _place(app: Recorded, key: str) -> int:
    """Where a name stands in the app's list: the database keeps no order of its own."""
    names = list(app.data)
    return names.index(key) if key in app.data else len(names)


def _change(app: Recorded, key: str, before: Any, after: Any) -> str:
    return f"{_said(app, key, before)} → {_said(app, key, after)}"


def _said(app: Recorded, key: str, value: Any) -> str:
    """A stored value in words."""
    if isinstance(value, Mapping):
        pairs = [
            f"{_name(app, name)} {_said(app, name, one)}"
            for name, one in sorted(value.items(), key=lambda row: _place(app, row[0]))
        ]
        return listed(pairs) or "—"
    if isinstance(value, list | tuple):
        return _items([_said(app, key, one) for one in value])
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or value == "":
        return "—"
    return str(app.values.get(key, {}).get(str(value), _moment(str(value))))


def _items(found: list[str]) -> str:
    if not found:
        return "—"
    said = listed(found[:MOST_ITEMS])
    return said if len(found) <= MOST_ITEMS else _("%(items)s 等 %(count)d 项") % {"items": said, "count": len(found)}


def _moment(text: str) -> str:
    """A stored moment on the city's clock; any other text as it is."""
    if "T" not in text:
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{city_time(found):%Y-%m-%d %H:%M}" if found.tzinfo else text
