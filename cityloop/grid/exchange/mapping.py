"""How a foreign layer's fields and values become ours: checked, guessed, and applied row by row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.base.coordinates import find_by_epsg, get_crs
from cityloop.base.errors import Refused
from cityloop.base.words import listed
from cityloop.codes.models import Kind, Minor
from cityloop.grid.exchange.layers import DAY, LayerSpec, Target, words_of
from cityloop.grid.exchange.reading import Layer, Part, Row
from cityloop.org.models import Unit

ANY: Final = "*"  # stands for every value that is not named
LEAVE_OUT: Final = "-"  # rows of this value are not imported
SEPARATOR: Final = "\x1f"


@dataclass(frozen=True)
class Plan:
    """What is read from where: our field ← their field, or one value for all; their values → ours."""

    crs: str = "wgs84"
    member: str = ""
    layer: str = ""
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    extension: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    near: float = 0.5  # metres within which two of one category are one; 0 asks nothing
    repair: bool = True

    def as_json(self) -> dict[str, Any]:
        """For storing and for files."""
        return asdict(self)

    @property
    def part(self) -> Part:
        """What the reader is asked for."""
        wanted = [*dict.fromkeys([*self.fields.values(), *self.extension.values()])]
        return Part(self.member, self.layer, self.encoding, wanted, self.places)


def read_plan(given: Mapping[str, Any], spec: LayerSpec) -> Plan:
    """A mapping from JSON or TOML; refused as `invalid` where it names what is not there."""
    known = set(Plan.__dataclass_fields__)
    strange = [name for name in given if name not in known]
    try:
        found = Plan(**{name: value for name, value in given.items() if name in known})
        found = replace(found, near=float(found.near), crs=get_crs(str(found.crs)).name)
        strange += [name for name in (*found.fields, *found.constants, *found.values) if spec.target(name) is None]
        strange += [] if spec.has_extension or not found.extension else ["extension"]
    except (TypeError, ValueError, AttributeError):
        raise Refused("invalid", _("字段对应的格式不对"), {"rule": "mapping"}) from None
    if strange:
        raise Refused(
            "invalid", _("字段对应里有不认识的名称：%(name)s") % {"name": "、".join(strange)}, {"rule": "mapping"}
        )
    missing = [
        str(target.label)
        for target in spec.targets
        if target.required and target.name not in found.fields and target.name not in found.constants
    ]
    if missing:
        raise Refused("invalid", _("必填字段没有对应：%(name)s") % {"name": listed(missing)}, {"rule": "mapping"})
    return found


def guess(spec: LayerSpec, layer: Layer) -> Plan:
    """A first proposal from the names of fields and from what the file says of its coordinates."""
    free = {found.name.lower(): found.name for found in reversed(layer.fields)}
    fields: dict[str, str] = {}
    for target in spec.targets:
        names = (target.name, *target.names)
        match = next((free.pop(name.lower()) for name in names if name.lower() in free), None)
        if match:
            fields[target.name] = match
    crs = find_by_epsg(layer.epsg)
    values = {
        target.name: guess_values(target, layer, fields[target.name])
        for target in spec.targets
        if target.name in fields and target.kind in ("choice", "minor", "unit")
    }
    return Plan(
        crs=crs.name if crs else "wgs84",
        layer=layer.name,
        encoding=layer.encoding,
        fields=fields,
        values={name: found for name, found in values.items() if found},
        places=dict(layer.places),
    )


def guess_values(target: Target, layer: Layer, name: str) -> dict[str, str]:
    """Their values that are words of ours but not spelt alike: parts of a category's name."""
    found = next((one for one in layer.fields if one.name == name), None)
    if found is None or found.values is None or target.kind != "minor":
        return {}
    minors = list(_minors().values("code", "name", "name_en"))
    exact = {row["code"] for row in minors} | {row["name"] for row in minors}
    guesses: dict[str, str] = {}
    for value, _count in found.values:
        if value in exact:
            continue
        low = value.lower()
        match = next((row["code"] for row in minors if low == row["name_en"].lower()), None)
        match = match or next((row["code"] for row in minors if row["name"] in value or value in row["name"]), None)
        if match:
            guesses[value] = match
    return guesses


def _minors() -> Any:
    return Minor.objects.filter(edition__is_default=True, kind=Kind.COMPONENT, valid_to=None)


def choices_of(target: Target) -> list[tuple[str, str]]:
    """What a value may be mapped to, as value and label."""
    if target.kind == "minor":
        return [(code, f"{code} {name}") for code, name in _minors().values_list("code", "name")]
    if target.kind == "unit":
        return list(Unit.objects.filter(active_to=None).values_list("code", "name"))
    return list(target.choices)


class Mapper:
    """Turns rows of the reader into rows of the staging table; what it cannot turn it says in `odd`."""

    def __init__(self, spec: LayerSpec, mapping: Plan) -> None:
        self.spec = spec
        self.left_out = 0
        names = list(mapping.part.fields)
        self.names = names
        self.extension = [(key, names.index(name)) for key, name in mapping.extension.items()]
        self.read = [
            (
                target,
                names.index(mapping.fields[target.name]) if target.name in mapping.fields else -1,
                mapping.constants.get(target.name, ""),
                mapping.values.get(target.name, {}),
                _resolver(target),
            )
            for target in spec.targets
        ]

    def columns(self) -> list[str]:
        """The columns of the staging table, in the order of `turn`."""
        return ["row", "raw", "odd", "extension", *(target.column for target in self.spec.targets)]

    def turn(self, row: Row) -> tuple[Any, ...] | None:
        """One row for COPY; None for one that the mapping leaves out."""
        odd = [self._spoken(one) for one in row.odd] if row.odd else []
        values: list[Any] = []
        for target, place, constant, table, resolve in self.read:
            text = row.values[place] if place >= 0 else constant
            if not text and constant:
                text = constant
            if text and table:
                text = table.get(text, table.get(ANY, text))
                if text == LEAVE_OUT:
                    self.left_out += 1
                    return None
            values.append(self._value(target, text, resolve, odd))
        extra = {key: row.values[place] for key, place in self.extension if row.values[place]}
        return row.number, row.shape, odd, json.dumps(extra, ensure_ascii=False) if extra else "{}", *values

    def _value(self, target: Target, text: str, resolve: Any, odd: list[str]) -> Any:
        if not text:
            if target.required:
                odd.append(_finding("error", "missing", target.name))
            return None if target.sql_type != "text" else ""
        if target.longest and len(text) > target.longest:
            odd.append(_finding("error", "too_long", target.name, text))
            return text[: target.longest]
        if resolve is None:
            return text
        found = resolve(text)
        if found is None:
            odd.append(_finding("error", "unknown" if target.kind != "date" else "no_date", target.name, text))
            return None if target.sql_type != "text" else ""
        return found

    def _spoken(self, odd: str) -> str:
        """What the child found odd, with the name of the field instead of its place."""
        word, _colon, place = odd.partition(":")
        name = self.names[int(place)] if place else ""
        return _finding("error" if word in ("encoding", "broken") else "warning", word, name)


def _finding(severity: str, code: str, name: str = "", value: str = "") -> str:
    return SEPARATOR.join((severity, code, name, value[:200].replace(SEPARATOR, " ")))


def _resolver(target: Target) -> Any:
    """What turns a text into the stored value, None for what it does not know."""
    if target.kind == "minor":
        rows = list(_minors().values_list("id", "code", "name"))
        found = {name: pk for pk, _code, name in rows} | {code: pk for pk, code, _name in rows}
        return found.get
    if target.kind == "unit":
        units = Unit.objects.order_by("-id").values_list("id", "code", "name")
        table = {name: pk for pk, _code, name in units} | {code: pk for pk, code, _name in units}
        return table.get
    if target.kind == "date":
        return read_day
    if target.kind == "choice":
        words = words_of(target)
        return lambda text: words.get(text.lower())
    return None


def read_day(text: str) -> date | None:
    """A day in the forms that surveys use; None if it is none."""
    match = DAY.match(text)
    if match is None:
        return None
    parts: Sequence[str] = [part for part in match.groups() if part]
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
