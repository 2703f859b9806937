"""What the mapping screen shows, and how its answer becomes a mapping."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cityloop.grid.exchange.layers import LayerSpec, Target, get_spec
from cityloop.grid.exchange.mapping import ANY, choices_of
from cityloop.grid.models import DataImport

MOST_VALUES: Final = 80  # mapped one by one on a page; more of them belong into a mapping file
MAPPED_KINDS: Final = ("choice", "minor", "unit")


class ValueLine(NamedTuple):
    """One of their values, how often it comes, what it becomes."""

    name: str
    value: str
    rows: int | None
    chosen: str


class FieldLine(NamedTuple):
    """One field of ours on the screen."""

    target: Target
    chosen: str
    constant: str
    samples: list[str]
    values: list[ValueLine]
    too_many: bool
    choices: list[tuple[str, str]]


class ExtraLine(NamedTuple):
    """One field of theirs that may be kept as an extra attribute."""

    name: str
    source: str
    key: str
    samples: list[str]


def layer_of(job: DataImport) -> Mapping[str, Any]:
    """The layer of the file that the mapping names."""
    layers: list[Mapping[str, Any]] = job.look["layers"]
    return next((layer for layer in layers if layer["name"] == job.mapping.get("layer")), layers[0])


def field_lines(job: DataImport) -> list[FieldLine]:
    """Our fields with what is mapped to them."""
    known = {field["name"]: field for field in layer_of(job)["fields"]}
    return [_field_line(job.mapping, target, known) for target in get_spec(job.layer).targets]


def _field_line(mapping: Mapping[str, Any], target: Target, known: Mapping[str, Any]) -> FieldLine:
    chosen = mapping.get("fields", {}).get(target.name, "")
    field = known.get(chosen)
    mapped = target.kind in MAPPED_KINDS
    values, table = (field or {}).get("values"), mapping.get("values", {}).get(target.name, {})
    few = mapped and field is not None and values is not None and len(values) <= MOST_VALUES
    lines = [
        ValueLine(f"value-{target.name}-{place}", value, count, table.get(value, ""))
        for place, (value, count) in enumerate(values or [] if few else [])
    ]
    if mapped and field is not None:
        lines.append(ValueLine(f"value-{target.name}-any", ANY, None, table.get(ANY, "")))
    return FieldLine(
        target,
        chosen,
        mapping.get("constants", {}).get(target.name, ""),
        samples_of(field),
        lines,
        mapped and field is not None and not few,
        choices_of(target) if mapped else [],
    )


def samples_of(field: Mapping[str, Any] | None) -> list[str]:
    """A few different values of a field."""
    return [*dict.fromkeys(value for value in (field or {}).get("samples", []) if value)][:3]


def source_choices(job: DataImport) -> list[tuple[str, str]]:
    """Their fields, each with some of its values, to choose from."""
    fields = layer_of(job)["fields"]
    return [(field["name"], f"{field['name']} · {', '.join(samples_of(field))[:40]}".rstrip(" ·")) for field in fields]


def extra_lines(job: DataImport) -> list[ExtraLine]:
    """Their fields, each with the key under which it is kept."""
    if not get_spec(job.layer).has_extension:
        return []
    keys = {source: key for key, source in job.mapping.get("extension", {}).items()}
    return [
        ExtraLine(f"extra-{place}", field["name"], keys.get(field["name"], ""), samples_of(field))
        for place, field in enumerate(layer_of(job)["fields"])
    ]


def read_answer(job: DataImport, given: Mapping[str, str]) -> dict[str, Any]:
    """The mapping that the screen's fields say."""
    spec = get_spec(job.layer)
    names = [target.name for target in spec.targets]
    fields = {name: given[f"field-{name}"] for name in names if given.get(f"field-{name}")}
    constants = {name: given[f"constant-{name}"].strip() for name in names if given.get(f"constant-{name}", "").strip()}
    keys = {line.source: given.get(line.name, "").strip() for line in extra_lines(job)}
    places = {role: given[f"place-{role}"] for role in ("x", "y", "wkt") if given.get(f"place-{role}")}
    return {
        "member": job.mapping.get("member", ""),
        "layer": given.get("layer") or job.mapping.get("layer", ""),
        "encoding": given.get("encoding") or job.mapping.get("encoding", ""),
        "crs": given.get("crs", "wgs84"),
        "near": given.get("near") or "0",
        "repair": "repair" in given,
        "fields": fields,
        "constants": constants,
        "places": places,
        "values": _read_values(job, spec, given),
        "extension": {key: source for source, key in keys.items() if key},
    }


def _read_values(job: DataImport, spec: LayerSpec, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of every field whose values were shown, what was chosen; of the others what was known before."""
    before: Mapping[str, Mapping[str, str]] = job.mapping.get("values", {})
    found: dict[str, dict[str, str]] = {}
    for line in field_lines(job):
        name = line.target.name
        shown = {value.value: given.get(value.name, "") for value in line.values if value.name in given}
        kept = {value: ours for value, ours in before.get(name, {}).items() if value not in shown}
        table = {**kept, **{value: ours for value, ours in shown.items() if ours}}
        if table and given.get(f"field-{name}"):
            found[name] = table
    return found
