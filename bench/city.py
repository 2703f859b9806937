"""The city that is measured: the tests' world, with two dozen departments more."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.core.management import call_command
from django.utils import timezone

from cityloop.codes.models import Standard
from cityloop.limits.models import LimitRow
from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM
from tests.world import EAST, LONG_AGO, NORTH, PASSWORD, SIDE, World, build, find, is_built

DEPARTMENTS = 24
PLACES = 30
SEED = 20261120


@dataclass(frozen=True)
class District:
    """Who works for a district, by user name."""

    operator: str
    dispatcher: str
    first_cell: int


DISTRICTS = (District("operator", "dispatcher", 0), District("other_operator", "other_dispatcher", 4))


def make() -> World:
    """Tables, handbook, units and people; what is there stays."""
    call_command("migrate", verbosity=0, interactive=False)
    if is_built():
        return find()
    world = build()
    now = timezone.now()
    for number in range(1, DEPARTMENTS + 1):
        _add_department(world, f"b{number:02d}", f"第{number}专业部门", now)
    return world


def _add_department(world: World, code: str, name: str, now: datetime) -> None:
    unit = create_unit(
        code, by=SYSTEM, now=now, name=name, level="department", parent=world.units["city"], active_from=LONG_AGO
    )
    person = create_person(code, by=SYSTEM, now=now, name=name, password=PASSWORD, must_change_password=False)
    appoint(person, by=SYSTEM, now=now, kind="unit", unit=unit, valid_from=LONG_AGO)
    world.units[code], world.people[code] = unit, person


def departments(world: World) -> list[str]:
    """The codes of the units that handle; each has an account of the same name."""
    return sorted(code for code in world.units if code[0] == "b" and code in world.people)


def places(district: District) -> list[list[float]]:
    """Fixed places in a district."""
    chance = Random(SEED + district.first_cell)
    west = EAST + district.first_cell * SIDE
    return [
        [round(west + chance.uniform(0.02, 3.98) * SIDE, 6), round(NORTH + chance.uniform(0.05, 0.95) * SIDE, 6)]
        for _ in range(PLACES)
    ]


def standards() -> list[int]:
    """The filing standards of events that have a limit everywhere."""
    limited = LimitRow.objects.filter(area_class="C", valid_to=None).values("standard_id")
    rows = Standard.objects.filter(minor__edition__is_default=True, minor__kind="event", is_offered=True)
    return list(rows.filter(pk__in=limited).order_by("pk").values_list("pk", flat=True))
