"""Units, people, posts and shifts of the demonstration city."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from cityloop.cases.models import Jurisdiction
from cityloop.grid.actions import assign_holder
from cityloop.grid.selectors import get_duty_grid
from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, Unit

FOLDER = Path(settings.BASE_DIR) / "demo"


@dataclass
class City:
    """What the loader has made, by code and by user name."""

    now: datetime
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)


def config() -> dict[str, Any]:
    """`demo.toml`."""
    return tomllib.loads((FOLDER / "demo.toml").read_text(encoding="utf-8"))


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_units(city: City) -> None:
    """Units, parents before children."""
    for row in rows("people/units.csv"):
        city.units[row["code"]] = create_unit(
            row["code"],
            by=SYSTEM,
            now=city.now,
            name=row["name"],
            short_name=row["short_name"],
            level=row["level"],
            parent=city.units[row["parent"]] if row["parent"] else None,
            area_code=row["area_code"],
            position=int(row["position"]),
            active_from=date.fromisoformat(row["since"]),
        )


def load_people(city: City) -> None:
    """Accounts with the one password of the demonstration, hashed once."""
    for row in rows("people/people.csv"):
        city.people[row["username"]] = create_person(
            row["username"],
            by=SYSTEM,
            now=city.now,
            name=row["name"],
            employee_no=row["employee_no"],
            must_change_password=False,
            unit_account=row["unit_account"] == "1",
            handlers=tuple(name for name in row["handlers"].split(";") if name),
        )
    Person.objects.filter(username__in=city.people).update(password=make_password(config()["password"]))


def load_posts(city: City) -> None:
    """Who holds which post."""
    for row in rows("people/posts.csv"):
        appoint(
            city.people[row["username"]],
            by=SYSTEM,
            now=city.now,
            kind=row["kind"],
            unit=city.units[row["unit"]],
            area_code=row["area_code"],
            valid_from=date.fromisoformat(row["since"]),
        )


def load_holders(city: City) -> None:
    """Who patrols which duty grid in which shift."""
    for row in rows("people/holders.csv"):
        hours = (time.fromisoformat(row["start"]), time.fromisoformat(row["end"])) if row["start"] else None
        assign_holder(
            get_duty_grid(row["duty_grid"]),
            city.people[row["username"]],
            by=SYSTEM,
            now=city.now,
            shift=row["shift"],
            weekdays=sum(1 << (int(digit) - 1) for digit in row["weekdays"]),
            hours=hours,
            valid_from=date.fromisoformat(row["since"]),
        )


def load_jurisdictions(city: City) -> None:
    """The city stands over everything, each district centre over its own district."""
    centres = config()["centres"]
    for area_code, code in {"": centres["city"], **centres["districts"]}.items():
        unit = city.units[code]
        Jurisdiction.objects.update_or_create(area_code=area_code, defaults={"supervising": unit, "commanding": unit})
