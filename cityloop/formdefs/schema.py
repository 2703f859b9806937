"""Forms as data: an ordered list of fields of registered kinds. Pure.

A kind knows three things: how to read a value from outside, how its JSON Schema looks, and which widget draws it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cityloop.base.errors import Refused
from cityloop.base.words import label_of, speak


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `params` are what its kind understands: `max`, `min`, `dictionary`, `choices`, ..."""

    name: str
    kind: str
    labels: Mapping[str, str]
    required: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A field kind. `read` returns the clean value or raises ValueError with a sentence."""

    name: str
    label: str
    read: Callable[[Any, Mapping[str, Any]], Any]
    schema: Callable[[Mapping[str, Any]], dict[str, Any]]


Form = tuple[Field, ...]

kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; a name never changes its meaning."""
    assert kind.name not in kinds, kind.name
    kinds[kind.name] = kind


def build(rows: list[Mapping[str, Any]]) -> Form:
    """The form of its rows in a flow's text."""
    plain = {"name", "kind", "label", "en", "required"}
    return tuple(
        Field(
            name=row["name"],
            kind=row["kind"],
            labels={"zh": row["label"], "en": row.get("en", row["label"])},
            required=bool(row.get("required", False)),
            params={key: value for key, value in row.items() if key not in plain},
        )
        for row in rows
    )


def unstorable(value: object) -> bool:
    """Whether there is text in it that no database keeps: a NUL, or half of a surrogate pair."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            if "\x00" in item or any("\ud800" <= letter <= "\udfff" for letter in item):
                return True
        elif isinstance(item, Mapping):
            todo += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple):
            todo += item
    return False


def demand_storable(data: Mapping[str, Any]) -> None:
    """Refuse as `invalid` what could not be kept as it came."""
    sentence = speak("含有不能保存的字符")
    names = [name for name, value in data.items() if unstorable(name) or unstorable(value)]
    if names:
        plain = [name.encode("utf-8", "replace").decode().replace("\x00", "?") for name in names]
        raise Refused("invalid", sentence, {"fields": dict.fromkeys(plain, sentence)})


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == [] or value is False


def _read(item: Field, raw: object) -> Any:
    """The clean value; raises ValueError with a sentence."""
    if unstorable(raw):
        raise ValueError(speak("含有不能保存的字符"))
    try:
        return kinds[item.kind].read(raw, item.params)
    except OverflowError:
        raise ValueError(speak("超出范围")) from None


def clean(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form; refused as `invalid` with one sentence a field. Unknown keys are refused too."""
    errors: dict[str, str] = {name: speak("没有这个字段") for name in data.keys() - {item.name for item in form}}
    values: dict[str, Any] = {}
    for item in form:
        raw = data.get(item.name)
        if isinstance(raw, str):
            raw = raw.strip()
        if _is_empty(raw):
            if item.required:
                errors[item.name] = speak("必填")
            continue
        try:
            values[item.name] = _read(item, raw)
        except ValueError as error:
            errors[item.name] = str(error)
    if errors:
        labels = {item.name: label_of(item.labels) for item in form}
        sentence = "; ".join(f"{labels.get(name, name)}: {text}" for name, text in errors.items())
        raise Refused("invalid", sentence, {"fields": errors})
    return values


def json_schema(form: Form, language: str) -> dict[str, Any]:
    """The form as JSON Schema, with titles in that language and each field's kind as `x-kind`."""
    properties = {
        item.name: {
            "title": item.labels.get(language, item.labels["zh"]),
            "x-kind": item.kind,
            **{f"x-{key}": value for key, value in item.params.items()},
            **kinds[item.kind].schema(item.params),
        }
        for item in form
    }
    required = [item.name for item in form if item.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
