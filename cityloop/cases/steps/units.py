"""Where units stand to each other: which of them answers for a case, whoever of its people does the work."""

import time
from datetime import date, datetime
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.base.words import listed
from cityloop.org.models import Unit
from cityloop.org.posts import kinds_acting_as
from cityloop.org.selectors import list_posts

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


def _is_staffed(unit_id: int, now: datetime) -> bool:
    """Whether somebody handles there; who was appointed just now is found at once."""
    day = city_date(now)
    if unit_id in _staffed(int(time.monotonic() / MEMORY_SECONDS), day):
        return True
    _staffed.cache_clear()
    return unit_id in _staffed(int(time.monotonic() / MEMORY_SECONDS), day)


@lru_cache(maxsize=2)
def _staffed(tick: int, day: date) -> frozenset[int]:
    """The units where somebody holds a post that handles on that day; `tick` lets the memory fade."""
    posts = list_posts(on=day).filter(kind__in=kinds_acting_as("unit"))
    return frozenset(posts.values_list("unit_id", flat=True))


def below(centre: Path, unit: Path) -> Path:
    """The way down to the unit, beginning with the first one to which the centre does not itself belong.

    That first one is the first-level unit, which answers for all below it; the last is the unit itself.
    """
    pairs = enumerate(zip_longest(centre, unit))
    parted = next((place for place, (one, other) in pairs if one != other), len(unit))
    return unit[parted:]


def demand_dispatchable(centre_id: int, unit_ids: list[int], *, now: datetime) -> dict[int, Path]:
    """For each unit its way down; refused as `invalid` for the commanding centre itself and those above it.

    So is a unit where nobody holds a post that handles: the case would lie in a box that nobody opens.
    """
    paths = paths_of(centre_id, *unit_ids)
    found = {pk: below(paths[centre_id], paths[pk]) for pk in unit_ids}
    if not all(found.values()):
        raise Refused("invalid", _("不能派给本中心或上级中心"), {"fields": {"unit": "centre"}})
    deserted = [pk for pk in unit_ids if not _is_staffed(pk, now)]
    if deserted:
        names = listed(Unit.objects.filter(pk__in=deserted).values_list("name", flat=True))
        words = _("%(units)s 没有处置岗位的人员，派去无人签收") % {"units": names}
        raise Refused("invalid", words, {"fields": {"unit": "deserted"}})
    return found
