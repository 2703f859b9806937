"""The tests' world: one city, two districts of four cells each, one user per post, and a stranger.

Built once into the test database. Everybody signs in with `PASSWORD`. The moment is Monday 2026-03-02 10:00.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from cityloop.cases.models import Case, Jurisdiction
from cityloop.cases.shipped import publish_all
from cityloop.codes.models import Source, Standard
from cityloop.grid.models import Area, Cell, DutyGrid, DutyHolder, ExtraField, ObjectLayer
from cityloop.limits.actions import load_defaults
from cityloop.limits.handbook import load_handbook
from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM, Actor, get_actor
from cityloop.org.models import Person, Unit

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LONG_AGO = date(2020, 1, 1)
PASSWORD = "Walk-the-loop-26"
EAST, NORTH = 121.40, 31.20
SIDE = 0.001  # degrees: about 100 m

# username: (name, kind, unit code)
CAST: dict[str, tuple[str, str, str]] = {
    "operator": ("王受理", "operator", "d1"),
    "operator_two": ("李受理", "operator", "d1"),
    "shift_leader": ("赵值班", "shift_leader", "d1"),
    "dispatcher": ("钱派遣", "dispatcher", "d1"),
    "commander": ("孙指挥", "commander", "d1"),
    "evaluator": ("周考评", "evaluator", "city"),
    "leader": ("吴领导", "leader", "city"),
    "city_operator": ("郑受理", "operator", "city"),
    "other_operator": ("冯受理", "operator", "d2"),
    "other_dispatcher": ("陈派遣", "dispatcher", "d2"),
    "inspector": ("褚监督", "inspector", "d1"),
    "inspector_two": ("卫监督", "inspector", "d1"),
    "other_inspector": ("蒋监督", "inspector", "d2"),
    "video_inspector": ("沈视频", "video_inspector", "d1"),
    "water": ("水务局", "unit", "water"),
    "street": ("第一街道", "unit", "street"),
    "team": ("养护队", "unit", "team"),
    "power": ("供电公司", "unit", "power"),
    "system_admin": ("韩系统", "system_admin", "city"),
    "security_admin": ("杨安全", "security_admin", "city"),
    "audit_admin": ("朱审计", "audit_admin", "city"),
}
UNITS = (
    ("city", "示范市数字城管中心", "city_centre", None, ""),
    ("d1", "东区指挥中心", "district_centre", "city", "310101"),
    ("d2", "西区指挥中心", "district_centre", "city", "310106"),
    ("water", "市水务局", "department", "city", ""),
    ("team", "水务养护队", "team", "water", ""),
    ("power", "供电公司", "company", "city", ""),
    ("street", "第一街道办事处", "street", "d1", "310101001"),
)
DISTRICTS = (("310101", "东区", 0), ("310106", "西区", 4))


@dataclass
class World:
    """Handles to the rows that tests name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    def actor(self, username: str, now: datetime = NOW) -> Actor:
        """A person of the cast as he acts."""
        return get_actor(self.people[username], now=now)

    def place(self, cell: int = 0) -> list[float]:
        """The middle of a cell, 0–3 in the east district, 4–7 in the west one."""
        return [EAST + (cell + 0.5) * SIDE, NORTH + 0.5 * SIDE]

    def source(self, code: str = "inspector") -> Source:
        """A source by its code."""
        return Source.objects.get(code=code)

    def standard(self, kind: str = "event", code: str = "0110") -> Standard:
        """The first offered filing standard of a minor of the default edition."""
        rows = Standard.objects.filter(minor__edition__is_default=True, minor__kind=kind, minor__code=code)
        return rows.filter(is_offered=True).order_by("seq").first()  # type: ignore[return-value]

    def case(self, number: str) -> Case:
        """A case as it is now."""
        return Case.objects.get(number=number)


def build() -> World:
    """Make the world in an empty, migrated database."""
    world = World()
    load_handbook(by=SYSTEM, now=NOW)
    load_defaults(by=SYSTEM, now=NOW)
    _make_units(world)
    _make_geography(world)
    _make_people(world)
    _make_layers()
    for code, unit in (("", "city"), ("310101", "d1"), ("310106", "d2")):
        Jurisdiction.objects.create(area_code=code, supervising=world.units[unit], commanding=world.units[unit])
    publish_all(by=SYSTEM, now=NOW)
    return world


def find() -> World:
    """The world in a database that has it."""
    return World(
        units={unit.code: unit for unit in Unit.objects.all()},
        people={person.username: person for person in Person.objects.all()},
        cells=list(Cell.objects.order_by("code")),
    )


def _make_units(world: World) -> None:
    for code, name, level, parent, area in UNITS:
        world.units[code] = create_unit(
            code,
            by=SYSTEM,
            now=NOW,
            name=name,
            level=level,
            parent=world.units[parent] if parent else None,
            area_code=area,
            active_from=LONG_AGO,
        )


def _make_layers() -> None:
    """The layers that every database has from its migrations, where a test has emptied it."""
    shipped = (
        ("cameras", "摄像头", "grid.view"),
        ("facilities", "公共设施", "grid.view"),
        ("pipes", "地下管线", "grid.pipes"),
    )
    for position, (code, name, permission) in enumerate(shipped):
        given = {"name": name, "position": position, "permission": permission}
        layer, made = ObjectLayer.objects.get_or_create(code=code, defaults=given)
        if made and code == "cameras":
            ExtraField.objects.create(layer=layer, key="height", name="架设高度（米）", kind="number")
            choices = ["枪机", "球机", "半球", "全景"]
            ExtraField.objects.create(layer=layer, key="camera_type", name="类型", kind="choice", choices=choices)


def _square(first: int, count: int = 1) -> Polygon:
    west, south = EAST + first * SIDE, NORTH
    return Polygon.from_bbox((west, south, west + count * SIDE, south + SIDE))


def _make_geography(world: World) -> None:
    for code, name, first in DISTRICTS:
        parent: Any = None
        for length, level in ((6, "district"), (9, "street"), (12, "community")):
            parent = Area.objects.create(
                code=(code + "001001")[:length],
                name=f"{name}{level}",
                level=level,
                parent=parent,
                geom=MultiPolygon(_square(first, 4)),
                valid_from=LONG_AGO,
            )
        for place in range(4):
            cell = Cell.objects.create(
                code=f"{code}001001{place + 1:03d}",
                community=parent,
                area_class="ABC"[place % 3],
                area_m2=10_600,
                geom=_square(first + place),
                valid_from=LONG_AGO,
            )
            world.cells.append(cell)


def _make_people(world: World) -> None:
    for username, (name, kind, unit) in CAST.items():
        person = create_person(
            username,
            by=SYSTEM,
            now=NOW,
            name=name,
            password=PASSWORD,
            must_change_password=False,
            unit_account=username == "water",
            handlers=("王工", "李工") if username == "water" else (),
        )
        appoint(person, by=SYSTEM, now=NOW, kind=kind, unit=world.units[unit], valid_from=LONG_AGO)
        world.people[username] = person
    world.people["stranger"] = create_person(
        "stranger", by=SYSTEM, now=NOW, name="路人", password=PASSWORD, must_change_password=False
    )
    for place, username in ((0, "inspector"), (2, "inspector_two"), (4, "other_inspector"), (6, "other_inspector")):
        cells = world.cells[place : place + 2]
        grid = DutyGrid.objects.create(
            code=f"duty-{place}",
            name=f"责任网格{place}",
            area_code=cells[0].code[:12],
            geom=MultiPolygon(_square(place, 2)),
            valid_from=LONG_AGO,
        )
        grid.cells.set(cells)
        DutyHolder.objects.create(duty_grid=grid, person=world.people[username], valid_from=LONG_AGO)


def point(place: list[float]) -> Point:
    """A place as a geometry."""
    return Point(*place, srid=4326)


def is_built() -> bool:
    """Whether this database has the world."""
    return Person.objects.filter(username="stranger").exists()
