"""How a write of base data is written down: a row of history for every object, one entry in the journal."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Model

from cityloop.base.time import city_date
from cityloop.grid.models import Change
from cityloop.org.actor import Actor

Values = Mapping[str, Any]
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to one object: `before` and `after` hold only what changed, as plain JSON values."""

    kind: str
    code: str
    what: str
    before: Values
    after: Values


def write_history(
    rows: Iterable[Happened],
    *,
    by: Actor,
    now: datetime,
    on: date | None = None,
    reason: str = "",
    batch: str = "",
) -> int:
    """Append a row for each; how many there were. `on` is the day from which they hold, today if not given."""
    made = [
        Change(
            kind=row.kind,
            code=row.code,
            what=row.what,
            at=now,
            on=on or city_date(now),
            by_id=by.person_id,
            by_name=by.name,
            reason=reason,
            batch=batch,
            before=dict(row.before),
            after=dict(row.after),
        )
        for row in rows
    ]
    Change.objects.bulk_create(made, BATCH)
    return len(made)


def values_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a row as JSON values: a reference by its code, a geometry as GeoJSON."""
    return {name: plain(getattr(row, name)) for name in names}


def flat_values(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """As `values_of`, with each extra attribute under a key of its own: `extension.material`."""
    found = values_of(row, names)
    extension = found.pop("extension", None) or {}
    return found | {f"extension.{key}": value for key, value in extension.items()}


def differences(before: Values, after: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that are not the same, old and new; None where there was or is none."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if hasattr(value, "geojson"):
        return json.loads(value.geojson)
    if isinstance(value, Model):
        return getattr(value, "code", value.pk)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | dict | None) else str(value)
