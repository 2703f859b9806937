"""Ids in the data of events and forms, in words: units, people, categories, dictionary entries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cityloop.base.time import city_time
from cityloop.base.words import listed
from cityloop.codes import selectors as codes
from cityloop.formdefs.schema import Field
from cityloop.org.models import Person, Unit

UNIT_KINDS = frozenset({"unit", "units"})


@dataclass
class Names:
    """Names by id, fetched for a whole page at once."""

    units: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)

    def words(self, item: Field, value: Any) -> str:
        """A field's value as a reader understands it; "" for what is shown otherwise, as photos are."""
        if item.kind in UNIT_KINDS:
            ids = value if isinstance(value, list) else [value]
            return listed(self.units.get(pk, str(pk)) for pk in ids)
        if item.kind == "inspector":
            return self.people.get(value, str(value))
        return _plain_words(item, value)


def _plain_words(item: Field, value: Any) -> str:
    match item.kind:
        case "yes":
            return _("是") if value else _("否")
        case "moment":
            return f"{city_time(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        case "point":
            return ", ".join(f"{degree:.6f}" for degree in value)
        case "entry":
            entry = codes.find_entry(item.params["dictionary"], value)
            return entry.label if entry else str(value)
        case "standard":
            found = codes.snapshot().standards.get(value)
            return found.condition if found else str(value)
        case "minor":
            minor = codes.snapshot().minors.get(value)
            return minor.label if minor else str(value)
        case "evidence":
            return ""
    return str(value)


def fetch(unit_ids: Iterable[int | None], person_ids: Iterable[int | None]) -> Names:
    """The names of these units and people, one statement each, none where nothing is asked."""
    units, people = {pk for pk in unit_ids if pk}, {pk for pk in person_ids if pk}
    return Names(
        {unit.pk: unit.label for unit in Unit.objects.filter(pk__in=units)} if units else {},
        dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if people else {},
    )


def ids_in(fields: Iterable[tuple[Field, Any]]) -> tuple[set[int], set[int]]:
    """The ids of units and of people in some fields' values."""
    units: set[int] = set()
    people: set[int] = set()
    for item, value in fields:
        if item.kind in UNIT_KINDS:
            units.update(value if isinstance(value, list) else [value])
        elif item.kind == "inspector":
            people.add(value)
    return units, people
