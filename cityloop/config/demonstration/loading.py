"""Everything of the demonstration city, in its order, with progress."""

import random
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from cityloop.base.geometry import LonLat
from cityloop.cases.shipped import publish_all
from cityloop.cases.timers import fire_due
from cityloop.codes.models import Source, Standard
from cityloop.config.demonstration import people
from cityloop.config.demonstration.endings import Telling
from cityloop.config.demonstration.people import FOLDER, City, config
from cityloop.config.demonstration.story import MIX, SEED, Stage
from cityloop.dispatch.actions import load_duties
from cityloop.grid.actions import load_geography
from cityloop.grid.models import Cell
from cityloop.grid.place_loading import load_places
from cityloop.limits.actions import load_defaults
from cityloop.limits.handbook import load_handbook
from cityloop.org.actor import SYSTEM
from cityloop.org.models import Person, Post, Unit

Say = Callable[[str], None]
FIRST_LEVEL = ("department", "company", "street")
# Categories of the 2013 edition that a street of this kind really has; a code that stands twice is twice as common.
EXAMPLES = {
    "event": (
        *("0104", "0107", "0110", "0110", "0110", "0111", "0112", "0112", "0113", "0114", "0117", "0135", "0136"),
        *("0201", "0201", "0202", "0206", "0302", "0304", "0310"),
        *("0401", "0402", "0404", "0405", "0405", "0406", "0409", "0409", "0410", "0410", "0506", "0508"),
    ),
    "component": ("0101", "0102", "0104", "0118", "0137", "0137", "0204", "0212", "0217", "0305", "0305"),
}


def is_empty() -> bool:
    """Whether nobody has begun to work here."""
    return not Person.objects.exists() and not Unit.objects.exists()


def load(now: datetime, say: Say, *, share: float = 1.0) -> None:
    """Load the city, and that share of its cases. All of the city or nothing; cases one by one."""
    city = City(now)
    with transaction.atomic():
        _load_city(city, say)
    stage = _stage(city)
    endings = [ending for ending, count in MIX.items() for _ in range(max(1, round(count * share)))]
    random.Random(SEED).shuffle(endings)
    for number, ending in enumerate(endings, start=1):
        with transaction.atomic():
            Telling(stage, number, ending).tell()
        if number % 50 == 0 or number == len(endings):
            say(f"  cases {number}/{len(endings)}")
    fire_due(now, virtual=True)


def _load_city(city: City, say: Say) -> None:
    say("  codes, handbook, calendar, limits, flows")
    load_handbook(by=SYSTEM, now=city.now)
    load_defaults(by=SYSTEM, now=city.now)
    publish_all(by=SYSTEM, now=city.now)
    say("  units, people, posts")
    people.load_units(city)
    people.load_people(city)
    people.load_posts(city)
    say("  areas, cells, streets, components, places")
    load_geography(FOLDER / "geography", by=SYSTEM, now=city.now, edition=config()["edition"])
    load_places(FOLDER / "geography" / "places.csv", by=SYSTEM, now=city.now)
    people.load_holders(city)
    people.load_jurisdictions(city)
    load_duties(FOLDER / "duties.csv", by=SYSTEM, now=city.now)


def _stage(city: City) -> Stage:
    posts: dict[tuple[str, str], list[Person]] = {}
    by_unit: dict[int, Person] = {}
    for post in Post.objects.select_related("person", "unit").order_by("pk"):
        posts.setdefault((post.kind, post.area_code[:6]), []).append(post.person)
        if post.kind == "unit":
            by_unit.setdefault(post.unit_id, post.person)
    units = Unit.objects.filter(level__in=FIRST_LEVEL, pk__in=by_unit).order_by("pk")
    cells = Cell.objects.filter(duty_grids__isnull=False).order_by("code")
    return Stage(
        now=city.now,
        posts=posts,
        by_unit=by_unit,
        units=list(units),
        paths=dict(Unit.objects.values_list("pk", "path")),
        places=[_inside(cell) for cell in cells],
        standards=_examples(),
        sources={source.code: source for source in Source.objects.all()},
    )


def _examples() -> list[Standard]:
    """The first filing standard of each example, as often as it stands there."""
    rows = Standard.objects.filter(minor__edition__is_default=True, is_offered=True).select_related("minor")
    first: dict[tuple[str, str], Standard] = {}
    for row in rows.order_by("-seq"):
        first[(row.minor.kind, row.minor.code)] = row
    return [first[(kind, code)] for kind, codes in EXAMPLES.items() for code in codes]


def _inside(cell: Cell) -> LonLat:
    """A place that surely lies in the cell."""
    point = cell.geom.point_on_surface
    return LonLat(round(point.x, 6), round(point.y, 6))
