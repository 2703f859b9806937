"""The ground of a wide city: the demonstration's laid side by side, every copy with codes of its own.

Areas, cells, duty grids, streets and components are copied in the database, a statement a table and tile. What is there
stays: a broken-off load goes on with the next tile.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from bench import city as narrow
from cityloop.codes.models import Edition
from cityloop.config.demonstration.people import FOLDER, City, config, load_units
from cityloop.grid.actions import load_geography
from cityloop.grid.models import Area, Component
from cityloop.org.actions import appoint, create_person
from cityloop.org.actor import SYSTEM
from tests.world import LONG_AGO, PASSWORD, World, find

CROWDED = 4  # times as many components on the same ground as really stand there
INSPECTORS = 20  # of each district
SIDES = ("d1", "d2")  # the centres; the first has two thirds of the districts
NAMES = "东西南北中上下前后新"
FIRST_OF_ALL = 32_0000  # where the codes of copied districts begin

Say = Callable[[str], None]

# One row a district of the demonstration and tile: where the copy lies, and its code.
_TILE_TABLE = """
CREATE TABLE IF NOT EXISTS bench_tile (k int, old text, new text PRIMARY KEY, dx float8, dy float8, side text)"""
_TILES = """
INSERT INTO bench_tile
SELECT k, d.code, (%(first)s + k * d.many + d.place)::text, (k %% %(wide)s + 1) * e.wide, (k / %(wide)s) * e.high,
    CASE WHEN (k * d.many + d.place) %% 3 = 1 THEN 'd2' ELSE 'd1' END
FROM generate_series(0, %(tiles)s - 1) k,
    (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
        FROM grid_area WHERE level = 'district' AND code < %(first)s::text) d,
    (SELECT ST_XMax(b) - ST_XMin(b) AS wide, ST_YMax(b) - ST_YMin(b) AS high
        FROM (SELECT ST_Extent(geom) AS b FROM grid_area WHERE level = 'district' AND code < %(first)s::text) x) e
ON CONFLICT DO NOTHING"""
_AREAS = """
INSERT INTO grid_area (valid_from, code, name, level, parent_code, geom, invented)
SELECT a.valid_from, t.new || substr(a.code, 7), a.name || t.k, a.level,
    CASE WHEN a.level <> 'district' THEN t.new || substr(a.parent_code, 7) END, ST_Translate(a.geom, t.dx, t.dy), true
FROM grid_area a JOIN bench_tile t ON t.old = left(a.code, 6) AND t.k = %(k)s
WHERE substr(a.code, 7, 3) <> '001' ORDER BY a.code"""
_CELLS = """
INSERT INTO grid_cell (valid_from, code, community_code, area_class, area_m2, note, geom, invented)
SELECT c.valid_from, t.new || substr(c.code, 7), t.new || substr(c.community_code, 7), c.area_class, c.area_m2, '',
    ST_Translate(c.geom, t.dx, t.dy), true
FROM grid_cell c JOIN bench_tile t ON t.old = left(c.code, 6) AND t.k = %(k)s
WHERE substr(c.code, 7, 3) <> '001' AND c.valid_to IS NULL ORDER BY c.code"""
_DUTY_GRIDS = """
INSERT INTO grid_dutygrid (valid_from, code, name, area_code, geom, invented)
SELECT d.valid_from, d.code || '-' || t.k, d.name || t.k, t.new || substr(d.area_code, 7),
    ST_Translate(d.geom, t.dx, t.dy), true
FROM grid_dutygrid d JOIN bench_tile t ON t.old = left(d.area_code, 6) AND t.k = %(k)s
WHERE d.code NOT LIKE 'duty-%%' AND d.valid_to IS NULL ORDER BY d.code"""
_MEMBERS = """
INSERT INTO grid_dutygrid_cells (dutygrid_id, cell_id)
SELECT n.id, new.id FROM grid_dutygrid d JOIN bench_tile t ON t.old = left(d.area_code, 6) AND t.k = %(k)s
JOIN grid_dutygrid n ON n.code = d.code || '-' || t.k
JOIN grid_dutygrid_cells m ON m.dutygrid_id = d.id JOIN grid_cell old ON old.id = m.cell_id
JOIN grid_cell new ON new.code = t.new || substr(old.code, 7)"""
# Every copy calls its streets otherwise: no city has one name fifty times.
_STREETS = f"""
INSERT INTO grid_street (valid_from, code, name, initials, road_class, level, geom)
SELECT s.valid_from, s.code || '-' || t.k, CASE WHEN s.name <> ''
        THEN substr('{NAMES}', t.k / 10 + 1, 1) || substr('{NAMES}', t.k %% 10 + 1, 1) || s.name ELSE '' END,
    s.initials, s.road_class, s.level, ST_Translate(s.geom, t.dx, t.dy)
FROM grid_street s, (SELECT DISTINCT k, dx, dy FROM bench_tile WHERE k = %(k)s) t
WHERE s.code NOT LIKE '%%-%%' ORDER BY s.code"""
# Hashes instead of random(): the same numbers in whatever order the server reads the rows. A copy stands within six
# metres of its original's place, the first one just there.
_COMPONENTS = """
INSERT INTO grid_component (valid_from, code, minor_id, name, place, cell_id, manager_id, owner_id, maintainer_id,
    state, source, accuracy, extension, photos, note, geom, invented)
SELECT c.valid_from, t.new || substr(c.code, 7, 4) || lpad((right(c.code, 6)::int + copy.i * 10000)::text, 6, '0'),
    c.minor_id, c.name, c.place, n.id, c.manager_id, c.owner_id, c.maintainer_id, c.state, c.source, c.accuracy,
    c.extension, '{}', '', ST_Translate(c.geom,
        t.dx + sign(copy.i) * 0.00006 * (hashtextextended(c.code, t.k * 100 + copy.i * 2 + %(seed)s) / 2.0^63),
        t.dy + sign(copy.i) * 0.00006 * (hashtextextended(c.code, t.k * 100 + copy.i * 2 + 1 + %(seed)s) / 2.0^63)),
    true
FROM grid_component c JOIN bench_tile t ON t.old = left(c.code, 6) AND t.k = %(k)s
JOIN grid_cell o ON o.id = c.cell_id JOIN grid_cell n ON n.code = t.new || substr(o.code, 7)
CROSS JOIN generate_series(0, %(copies)s - 1) AS copy (i)
WHERE c.valid_to IS NULL ORDER BY copy.i, c.code LIMIT %(wanted)s"""
_JURISDICTIONS = """
INSERT INTO cases_jurisdiction (area_code, supervising_id, commanding_id)
SELECT t.new, u.id, u.id FROM bench_tile t JOIN org_unit u ON u.code = t.side ON CONFLICT DO NOTHING"""
_HOLDERS = """
INSERT INTO grid_dutyholder (valid_from, duty_grid_id, person_id, shift, weekdays)
SELECT d.valid_from, d.id, p.id, '', 127
FROM grid_dutygrid d JOIN bench_tile t ON t.new = left(d.area_code, 6)
JOIN org_person p ON p.username = t.side || '-' || abs(hashtextextended(d.code, %(seed)s) %% %(inspectors)s)
ON CONFLICT DO NOTHING"""
# Where cases happen: at components, with everything that a case keeps of its place.
_SPOTS = """
CREATE UNLOGGED TABLE bench_spot AS
SELECT t.side, row_number() OVER (PARTITION BY t.side ORDER BY hashtextextended(c.code, %(seed)s)) - 1 AS n,
    p.point, l.id AS cell_id, l.code AS area_code, l.area_class,
    m.dutygrid_id AS duty_grid_id
FROM grid_component c JOIN bench_tile t ON t.new = left(c.code, 6) JOIN grid_cell l ON l.id = c.cell_id
JOIN grid_dutygrid_cells m ON m.cell_id = l.id
CROSS JOIN LATERAL (SELECT ST_SnapToGrid(ST_PointOnSurface(c.geom), 0.000001) AS point) p
WHERE ST_Contains(l.geom, p.point)"""


@dataclass(frozen=True)
class Laid:
    """What there is now."""

    tiles: int
    components: int
    added: int
    seconds: float


def make(components: int, say: Say) -> World:
    """Have the tests' world with its departments, and beside it a wide city with that many components."""
    world = narrow.make()
    now = timezone.now()
    _load_demonstration(now)
    _add_inspectors(world, now)
    laid = lay(components, say)
    if laid.added:
        say(
            f"components           {laid.components:,} on {laid.tiles} times the demonstration's ground, "
            f"{laid.added / laid.seconds:,.0f} a second"
        )
    _finish(anew=laid.added > 0)
    return find()


def lay(components: int, say: Say) -> Laid:
    """Copy the demonstration's ground until that many components stand on the copies."""
    own = Component.objects.filter(valid_to=None, code__lt=str(FIRST_OF_ALL)).count()
    tiles = math.ceil(components / (own * CROWDED))
    wide = math.ceil(math.sqrt(tiles))
    _run(_TILE_TABLE)
    _run(_TILES, {"first": FIRST_OF_ALL, "tiles": tiles, "wide": wide})
    began, added, there = timezone.now(), 0, 0
    for k in range(tiles):
        wanted = min(components - k * own * CROWDED, own * CROWDED)
        added += _lay_tile(k, wanted)
        there += wanted
        if added and k % max(tiles // 5, 1) == 0:
            say(f"  ·  {there:,} of {components:,} components")
    return Laid(tiles, there, added, (timezone.now() - began).total_seconds() or 1.0)


@transaction.atomic
def _lay_tile(k: int, wanted: int) -> int:
    """One copy of the ground, unless it is there; how many components were added."""
    given = {"k": k, "wanted": wanted, "copies": CROWDED, "seed": narrow.SEED}
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM grid_area JOIN bench_tile t ON t.new = code WHERE t.k = %s", [k])
        if cursor.fetchone():
            return 0
        for statement in (_AREAS, _CELLS, _DUTY_GRIDS, _MEMBERS, _STREETS):
            cursor.execute(statement, {"k": k})
        cursor.execute(_COMPONENTS, given)
        return int(cursor.rowcount)


def _load_demonstration(now: datetime) -> None:
    if Area.objects.filter(level="city", code__lt=str(FIRST_OF_ALL)).exists():
        return
    edition = Edition.objects.get(code=config()["edition"])
    with transaction.atomic():
        load_units(City(now))
        load_geography(FOLDER / "geography", by=SYSTEM, now=now, edition=edition.code)


def _add_inspectors(world: World, now: datetime) -> None:
    """Those of the wide city's duty grids, named after their centre."""
    for side in SIDES:
        for number in range(INSPECTORS):
            username = f"{side}-{number}"
            if username in world.people:
                continue
            person = create_person(
                username,
                by=SYSTEM,
                now=now,
                name=f"监督员{side}{number}",
                password=PASSWORD,
                must_change_password=False,
            )
            appoint(person, by=SYSTEM, now=now, kind="inspector", unit=world.units[side], valid_from=LONG_AGO)


def _finish(*, anew: bool) -> None:
    """Who stands over the copies, who patrols them, and where cases happen there."""
    with transaction.atomic():
        _run(_JURISDICTIONS)
        _run(_HOLDERS, {"seed": narrow.SEED, "inspectors": INSPECTORS})
        if anew:
            _run("DROP TABLE IF EXISTS bench_spot")
            _run(_SPOTS, {"seed": narrow.SEED})
            _run("CREATE UNIQUE INDEX ON bench_spot (side, n)")
    _run("VACUUM ANALYZE")


def spots(side: str, count: int) -> list[list[float]]:
    """That many places of a side at which cases happen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(point), ST_Y(point) FROM bench_spot WHERE side = %s AND n < %s ORDER BY n", [side, count]
        )
        return [[round(lon, 6), round(lat, 6)] for lon, lat in cursor.fetchall()]


def _run(statement: str, given: dict[str, int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
