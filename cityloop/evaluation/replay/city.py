"""The city of a replayed month: its units, posts, places, calendar and categories, made by the apps' own actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from cityloop.base.geometry import LonLat, as_multi, read_geometry
from cityloop.cases.chores import VIRTUAL_CLOCK
from cityloop.cases.models import Jurisdiction
from cityloop.cases.shipped import publish_all
from cityloop.codes.actions import Draft, add_major, add_minor, choose_edition
from cityloop.codes.data import Amount
from cityloop.codes.models import Edition, Source, Standard
from cityloop.evaluation.replay.month import KINDS, Month
from cityloop.evaluation.replay.plan import Choice, Frame
from cityloop.grid.actions import assign_holder, set_duty_grid
from cityloop.grid.models import Area, Cell
from cityloop.journal.actions import record
from cityloop.journal.models import Entry
from cityloop.limits import holidays
from cityloop.limits.actions import load_defaults, publish_calendar
from cityloop.limits.calendar import Calendar, Pattern, weekly
from cityloop.limits.clock import Limit
from cityloop.limits.handbook import load_handbook, put_condition
from cityloop.limits.selectors import current_calendar, limit_for
from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM, Actor, get_actor
from cityloop.org.models import Person, Unit

ZONE: Final = ZoneInfo("Asia/Shanghai")
BEGIN: Final = datetime(2008, 10, 1, tzinfo=ZONE)  # the month is inferred
END: Final = datetime(2008, 11, 1, tzinfo=ZONE)
FIRST_DAY: Final = date(2008, 1, 1)
OPENED: Final = datetime(2008, 1, 1, tzinfo=ZONE)
FINISHED: Final = "evaluation.replay_finished"
EDITION: Final = "2007"
HOURS: Final = ("08:00-12:00", "14:00-18:00")  # assumed
# The districts' codes: three are those of 2008, the zones without a code of their own have an invented one.
DISTRICTS: Final = {
    "广陵区": "321002",
    "维扬区": "321011",
    "邗江区": "321003",
    "开发区": "321071",
    "新城西区": "321072",
}
CITY: Final = "3210"
WEST, SOUTH, SIDE = 119.36, 32.36, 0.02  # invented squares in a row, about 2 km wide
POSTS: Final = {"operator": 4, "shift_leader": 1, "dispatcher": 3, "commander": 1, "evaluator": 1, "leader": 1}
PHOTOS: Final = {kind: {"photos": "optional"} for kind in ("verify", "check", "handle")}  # photos are not published
SOURCES: Final = ("inspector", "inspector", "inspector", "self_collected")
LEFT_OUT: Final = frozenset({"0407"})  # 道路积雪结冰, in October


@dataclass(frozen=True)
class Cast:
    """Who acts, and on what: actors by post, units by name, sources, and the frame of all plans."""

    frame: Frame
    units: Mapping[str, int]
    handlers: Mapping[str, Actor]
    posts: Mapping[str, Sequence[Actor]]
    inspectors: Sequence[Actor]  # one a district, in their order
    sources: Sequence[Source]


def mark_of(month: str, *, share: float, seed: int) -> dict[str, Any]:
    """What the journal keeps of a replay: a database holds one and no other."""
    return {"month": month, "share": share, "seed": seed}


def find_mark() -> dict[str, Any] | None:
    """The mark of the replay that this database was made for."""
    found = Entry.objects.filter(what=VIRTUAL_CLOCK).values_list("data", flat=True).first()
    return None if found is None else dict(found)


@transaction.atomic
def build(month: Month, mark: Mapping[str, Any], *, password: str | None = None) -> None:
    """Make the city in an empty, migrated database, whole or not at all."""
    _load_codes(month)
    units = _make_units(month)
    _make_people(month, units, password)
    _make_places(month)
    centre = units[CENTRE]
    Jurisdiction.objects.create(area_code=CITY, supervising=centre, commanding=centre)
    publish_all(by=SYSTEM, now=OPENED, options=PHOTOS)
    record(VIRTUAL_CLOCK, by_id=None, by_name=SYSTEM.name, now=OPENED, data=dict(mark))


CENTRE: Final = "扬州市数字化城市管理中心"


def october_calendar() -> Calendar:
    """The office hours and holidays of 2008."""
    last = date(2008, 12, 31)
    return Calendar(
        zone=str(ZONE),
        patterns=(Pattern(FIRST_DAY, weekly(HOURS)),),
        known_until=last,
        days=holidays.announced_days(FIRST_DAY, last),
    )


def _load_codes(month: Month) -> None:
    publish_calendar(october_calendar(), name="2008年", by=SYSTEM, now=OPENED)
    load_defaults(by=SYSTEM, now=OPENED)
    load_handbook(by=SYSTEM, now=OPENED)
    edition = Edition.objects.get(code=EDITION)
    choose_edition(edition, by=SYSTEM, now=OPENED)
    for kind in KINDS:
        known = set(edition.majors.filter(kind=kind).values_list("name", flat=True))
        for name in month.majors(kind):
            if name not in known:
                _extend(edition, kind, name)


def _extend(edition: Edition, kind: str, name: str) -> None:
    """A local major category with one minor and one condition: more of it is not published."""
    major = add_major(edition, kind=kind, name=name, on=FIRST_DAY, by=SYSTEM, now=OPENED)
    minor = add_minor(major, name=f"{name}问题", on=FIRST_DAY, by=SYSTEM, now=OPENED)
    draft = Draft("影响市容或使用", "恢复正常", "本地扩展（构造）")
    limits = dict.fromkeys("ABC", Amount(Decimal(1), "work_day"))
    put_condition(minor, draft, limits, on=FIRST_DAY, by=SYSTEM, now=OPENED)


def _make_units(month: Month) -> dict[str, Unit]:
    centre = _unit("yz-00", CENTRE, "city_centre", None)
    found = {CENTRE: centre}
    for place, name in enumerate(month.districts, start=1):
        found[name] = _unit(f"yz-d{place:02d}", name, "district_centre", centre, area=DISTRICTS[name], place=place)
    for place, name in enumerate(month.departments, start=1):
        level = "company" if name.endswith("公司") else "department"
        found[name] = _unit(f"yz-u{place:02d}", name, level, centre, place=100 + place)
    return found


def _unit(code: str, name: str, level: str, parent: Unit | None, *, area: str = "", place: int = 0) -> Unit:
    return create_unit(
        code,
        by=SYSTEM,
        now=OPENED,
        name=name,
        level=level,
        parent=parent,
        area_code=area,
        position=place,
        active_from=FIRST_DAY,
    )


def _make_people(month: Month, units: Mapping[str, Unit], password: str | None) -> None:
    for kind, count in POSTS.items():
        for place in range(1, count + 1):
            # Only who reads reports may sign in: nothing else is done in this database.
            own = password if kind in {"evaluator", "leader"} else None
            _person(f"yz-{kind}-{place}", f"{CENTRE[:2]}{kind}{place}", kind, units[CENTRE], own)
    for name in (*month.districts, *month.departments):
        _person(f"{units[name].code}-unit", name, "unit", units[name])
    for place, _name in enumerate(month.districts, start=1):
        _person(f"yz-inspector-{place}", f"监督员{place}", "inspector", units[CENTRE])


def _person(username: str, name: str, kind: str, unit: Unit, password: str | None = None) -> None:
    person = create_person(
        username, by=SYSTEM, now=OPENED, name=name, password=password, must_change_password=password is None
    )
    appoint(person, by=SYSTEM, now=OPENED, kind=kind, unit=unit, valid_from=FIRST_DAY)


def _make_places(month: Month) -> None:
    """One street, one community and four cells a district, all squares, all invented."""
    for place, name in enumerate(month.districts):
        code, parent = DISTRICTS[name], None
        west = WEST + place * SIDE
        square = _box(west, SOUTH, west + SIDE, SOUTH + SIDE)
        for length, level in ((6, "district"), (9, "street"), (12, "community")):
            parent = Area.objects.create(
                code=(code + "001001")[:length],
                name=name if level == "district" else f"{name}（虚构）",
                level=level,
                parent=parent,
                geom=as_multi(square),
                valid_from=FIRST_DAY,
                invented=True,
            )
        _make_cells(code, place, west)


def _box(west: float, south: float, east: float, north: float) -> Any:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return read_geometry({"type": "Polygon", "coordinates": [ring]})


def _make_cells(code: str, place: int, west: float) -> None:
    half = SIDE / 2
    cells = [
        Cell.objects.create(
            code=f"{code}001001{number + 1:03d}",
            community_id=f"{code}001001",
            area_class="A",
            area_m2=1_000_000,
            geom=_box(west + column * half, SOUTH + row * half, west + (column + 1) * half, SOUTH + (row + 1) * half),
            valid_from=FIRST_DAY,
        )
        for number, (column, row) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)])
    ]
    grid = set_duty_grid(f"yz-{place + 1}", by=SYSTEM, now=OPENED, name=f"责任网格{place + 1}", cells=cells)
    person = Person.objects.get(username=f"yz-inspector-{place + 1}")
    assign_holder(grid, person, by=SYSTEM, now=OPENED, valid_from=FIRST_DAY)


def place_of(district: int, within: tuple[float, float]) -> LonLat:
    """A place in a district."""
    return LonLat(WEST + (district + within[0]) * SIDE, SOUTH + within[1] * SIDE)


def find_cast(month: Month, seed: int) -> Cast:
    """The city in a database that has it."""
    units = {unit.name: unit for unit in Unit.objects.filter(code__startswith="yz-")}
    people = {row.username: row for row in Person.objects.filter(username__startswith="yz-")}
    actors = {name: get_actor(person, now=BEGIN) for name, person in people.items()}
    named = {row.code: row for row in Source.objects.filter(code__in=SOURCES)}
    owners = (*month.districts, *month.departments)
    return Cast(
        frame=Frame(BEGIN, END, current_calendar()[1], _choices(), tuple(month.districts), seed),
        units={name: unit.pk for name, unit in units.items()},
        handlers={name: actors[f"{units[name].code}-unit"] for name in owners},
        posts={kind: [actors[f"yz-{kind}-{place}"] for place in range(1, count + 1)] for kind, count in POSTS.items()},
        inspectors=[actors[f"yz-inspector-{place}"] for place, _ in enumerate(month.districts, start=1)],
        sources=[named[code] for code in SOURCES],
    )


def _choices() -> dict[tuple[str, str], list[Choice]]:
    """Every offered standard of the edition that has a limit, by kind and major category, in order of codes."""
    found: dict[tuple[str, str], list[Choice]] = {}
    rows = Standard.objects.filter(is_offered=True, minor__is_offered=True, minor__edition__code=EDITION)
    for row in rows.select_related("minor__major").order_by("minor__kind", "minor__code", "seq"):
        limit: Limit | None = limit_for(row.pk, "A", BEGIN.date())
        if limit is None or row.minor.code in LEFT_OUT:
            continue
        choice = Choice(row.minor_id, row.pk, row.minor.name, limit)
        found.setdefault((row.minor.kind, row.minor.major.name), []).append(choice)
    return found
