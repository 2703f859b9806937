"""Where units stand to each other: which of them answers for a case, whoever of its people does the work."""

import time
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.org.models import Unit

Path = tuple[int, ...]  # ids from the root unit to this one
MEMORY_SECONDS: Final = 5.0  # that a unit was moved is noticed within seconds


def paths_of(*unit_ids: int) -> dict[int, Path]:
    """The paths of these units, from memory; a new unit is found at once."""
    known = _paths(int(time.monotonic() / MEMORY_SECONDS))
    if any(pk not in known for pk in unit_ids):
        _paths.cache_clear()
        known = _paths(int(time.monotonic() / MEMORY_SECONDS))
    return known


@lru_cache(maxsize=2)
def _paths(tick: int) -> dict[int, Path]:
    """Every unit's path; `tick` is the key that lets the memory fade."""
    rows = Unit.objects.values_list("pk", "path")
    return {pk: tuple(int(part) for part in path.strip("/").split("/")) for pk, path in rows}


def below(centre: Path, unit: Path) -> Path:
    """The way down to the unit, beginning with the first one to which the centre does not itself belong.

    That first one is the first-level unit, which answers for all below it; the last is the unit itself.
    """
    pairs = enumerate(zip_longest(centre, unit))
    parted = next((place for place, (one, other) in pairs if one != other), len(unit))
    return unit[parted:]


def demand_dispatchable(centre_id: int, unit_ids: list[int]) -> dict[int, Path]:
    """For each unit its way down; refused as `invalid` for the commanding centre itself and those above it."""
    paths = paths_of(centre_id, *unit_ids)
    found = {pk: below(paths[centre_id], paths[pk]) for pk in unit_ids}
    if not all(found.values()):
        raise Refused("invalid", _("不能派给本中心或上级中心"), {"fields": {"unit": "centre"}})
    return found
