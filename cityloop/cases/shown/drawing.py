"""Forms drawn from the flow's table: each field with its widget, its choices and what was typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.http import QueryDict

from cityloop.base.geometry import as_lonlat
from cityloop.base.time import city_date
from cityloop.cases.models import Case
from cityloop.cases.shown.present import label_of
from cityloop.codes import selectors as codes
from cityloop.codes.catalogue import MinorNode
from cityloop.formdefs.schema import Field, Form
from cityloop.grid.selectors import inspectors_of
from cityloop.org.models import Unit
from cityloop.org.selectors import people_acting_as

MOST_INSPECTORS: Final = 300
# Fields that begin with what the case says now; sent back unchanged, they are not part of the step.
SAID_ALREADY: Final = frozenset({"address", "description"})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `group` is its heading in the list."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""


@dataclass(slots=True)
class FieldView:
    """A field as the template draws it."""

    name: str
    kind: str
    label: str
    required: bool
    value: Any = ""
    options: list[Option] = field(default_factory=list)
    error: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    phrases: list[str] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str]:
        """The two coordinates of a point, each as text."""
        parts = self.value.split(",") if isinstance(self.value, str) else [f"{part:.6f}" for part in self.value]
        return (parts[0], parts[1]) if len(parts) == 2 else ("", "")

    @property
    def short(self) -> bool:
        """Whether one line is enough for its text."""
        return int(self.params.get("max", 2000)) <= 200


@dataclass
class Choices:
    """What the fields of one page choose from, fetched when first asked for."""

    case: Case
    now: datetime

    @cached_property
    def inspectors(self) -> list[tuple[int, str, str]]:
        """Inspectors as id, name and group: those of the duty grid first, on shift before off."""
        grid = inspectors_of(self.case.duty_grid_id, now=self.now) if self.case.duty_grid_id else ()
        own = [(one.person_id, one.name, "grid") for one in grid]
        known = {pk for pk, _name, _group in own}
        area = self.case.area_code[:12]
        people = people_acting_as("inspector", on=city_date(self.now), area_code=area).order_by("name")
        rows = people.values_list("pk", "name")[:MOST_INSPECTORS]
        return own + [(pk, name, "others") for pk, name in rows if pk not in known]

    def phrases(self, do: str) -> list[str]:
        """The phrases (常用语) of an action: the dictionary `phrases_<action>`, if the city keeps one."""
        rows = codes.snapshot().dictionaries.get(f"phrases_{do}", ())
        return [row.label for row in rows if row.is_in_force(city_date(self.now))]


def draw(
    form: Form,
    choices: Choices,
    do: str,
    *,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[FieldView]:
    """The fields of an action's form; `values` are what was typed before."""
    typed = _initial(form, choices.case) if values is None else values
    views = [_view(item, choices, typed, errors or {}) for item in form]
    note = next((view for view in views if view.kind == "text" and not view.short), None)
    if note is not None:
        note.phrases = choices.phrases(do)
    return views


def _initial(form: Form, case: Case) -> dict[str, Any]:
    names = {item.name for item in form}
    found: dict[str, Any] = {"urgent": case.urgent}
    if "minor" in names:
        place = as_lonlat(case.point)
        return {"address": case.address, "description": case.description, "point": list(place) if place else ""}
    if "standard" in names and case.standard_id:
        found["standard"] = case.standard_id
    return found


def _view(item: Field, choices: Choices, typed: Mapping[str, Any], errors: Mapping[str, str]) -> FieldView:
    value = typed.get(item.name, "")
    view = FieldView(
        name=item.name,
        kind=item.kind,
        label=label_of(item.labels),
        required=item.required,
        value=value,
        error=errors.get(item.name, ""),
        params=item.params,
    )
    if item.kind in {"unit", "units"}:
        view.options = _units(value)
    else:
        view.options = list(_options(item, choices, typed))
    if item.kind == "minor" and (minor := _minor(value)):
        view.options = [Option(str(minor.id), minor.label, True)]
    return view


def _minor(value: Any) -> MinorNode | None:
    return codes.snapshot().minors.get(int(value)) if str(value).isdecimal() else None


def _units(value: Any) -> list[Option]:
    """The units chosen so far; the rest is found by searching."""
    ids = [int(pk) for pk in (value if isinstance(value, list) else [value]) if str(pk).isdigit()]
    return [Option(str(unit.pk), unit.label, True) for unit in Unit.objects.filter(pk__in=ids)] if ids else []


def _options(item: Field, choices: Choices, typed: Mapping[str, Any]) -> Iterator[Option]:
    value = str(typed.get(item.name, ""))
    for key, label, group in _choices(item, choices, typed):
        yield Option(str(key), label, str(key) == value, group)


def _choices(item: Field, choices: Choices, typed: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """What the field chooses from, as value, label and group."""
    match item.kind:
        case "entry":
            entries = codes.entries(item.params["dictionary"], city_date(choices.now))
            return [(entry.code, entry.label, "") for entry in entries]
        case "choice":
            return [(name, name, "") for name in item.params["choices"]]
        case "standard":
            minor = _minor(typed.get("minor") or choices.case.minor_id)
            return [(row.id, row.condition, "") for row in minor.standards_on(city_date(choices.now))] if minor else []
        case "inspector":
            return list(choices.inspectors)
    return []


def read(form: Form, posted: QueryDict, case: Case) -> dict[str, Any]:
    """What a page sent for a form, as `perform` takes it: fields left empty or unchanged are not there."""
    values = {item.name: _read_field(item, posted) for item in form}
    amends = any(item.name == "minor" for item in form)
    return {
        name: value
        for name, value in values.items()
        if value not in ("", []) and not (amends and _unchanged(name, value, case))
    }


def read_all(form: Form, posted: QueryDict) -> dict[str, Any]:
    """Everything that was typed, to be shown again."""
    return {item.name: _read_field(item, posted) for item in form}


def _read_field(item: Field, posted: QueryDict) -> Any:
    if item.kind == "units":
        return [value for value in posted.getlist(item.name) if value]
    if item.kind == "evidence":  # one field holds the ids of all photos, so that a draft can keep it
        return [word for value in posted.getlist(item.name) for word in value.split(",") if word]
    if item.kind == "point":
        lon, lat = posted.get(f"{item.name}_lon", ""), posted.get(f"{item.name}_lat", "")
        return f"{lon},{lat}" if lon and lat else ""
    return str(posted.get(item.name, "")).strip()


def _unchanged(name: str, value: Any, case: Case) -> bool:
    if name in SAID_ALREADY:
        return bool(value == str(getattr(case, name)).strip())
    if name != "point" or (place := as_lonlat(case.point)) is None:
        return False
    return bool(value == f"{place.lon:.6f},{place.lat:.6f}")
