"""The statements behind `selectors`: places are found by PostGIS, not by Python."""

from typing import Final

PLACE: Final = "place AS (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS at)"
METRES: Final = "(SELECT at::geography FROM place)"


def _lasting(alias: str) -> str:
    """The row is in force today."""
    return f"{alias}.valid_from <= %(today)s AND ({alias}.valid_to IS NULL OR {alias}.valid_to >= %(today)s)"


# A shift without hours lasts all day; one that ends before it starts passes midnight and belongs to the day it began.
ON_SHIFT: Final = """(
    CASE WHEN h.start_time IS NULL THEN h.weekdays & %(weekday)s <> 0
         WHEN h.start_time < h.end_time
             THEN h.weekdays & %(weekday)s <> 0 AND %(time)s >= h.start_time AND %(time)s < h.end_time
         ELSE (h.weekdays & %(weekday)s <> 0 AND %(time)s >= h.start_time)
             OR (h.weekdays & %(weekday_before)s <> 0 AND %(time)s < h.end_time AND h.valid_from <= %(yesterday)s)
    END)"""

# One row a person, on shift if any of his shifts is.
_HOLDERS = f"""
    SELECT h.person_id, p.name, bool_or({ON_SHIFT}) AS on_shift
    FROM grid_dutyholder h JOIN org_person p ON p.id = h.person_id AND p.is_active
    WHERE h.duty_grid_id = {{duty_grid}} AND {_lasting("h")}
    GROUP BY h.person_id, p.name"""

INSPECTORS: Final = _HOLDERS.format(duty_grid="%(duty_grid)s") + " ORDER BY on_shift DESC, person_id"

LOCATE: Final = f"""
WITH {PLACE},
cell AS (
    SELECT c.id, c.code, c.community_code, coalesce(
        (SELECT k.area_class FROM grid_cellclass k WHERE k.cell_id = c.id AND {_lasting("k")}),
        c.area_class) AS area_class
    FROM grid_cell c
    WHERE ST_Covers(c.geom, (SELECT at FROM place)) AND {_lasting("c")}
    ORDER BY c.code LIMIT 1),
area AS MATERIALIZED (
    SELECT coalesce((SELECT community_code FROM cell), (
        SELECT a.code FROM grid_area a
        WHERE ST_Covers(a.geom, (SELECT at FROM place)) AND {_lasting("a")}
        ORDER BY length(a.code) DESC, a.code LIMIT 1)) AS code),
duty AS (
    SELECT d.id, d.code, d.name
    FROM cell JOIN grid_dutygrid_cells m ON m.cell_id = cell.id JOIN grid_dutygrid d ON d.id = m.dutygrid_id
    WHERE {_lasting("d")} ORDER BY d.code LIMIT 1),
holders AS ({_HOLDERS.format(duty_grid="(SELECT id FROM duty)")}),
near AS (
    SELECT s.code, s.name, s.geom, ST_Distance(s.geom::geography, {METRES}) AS metres FROM grid_street s
    WHERE s.level = 'ground' AND s.name <> '' AND {_lasting("s")}
    ORDER BY s.geom::geography <-> {METRES} LIMIT 3),
road AS (SELECT * FROM near ORDER BY metres, code LIMIT 1),
around AS (
    SELECT s.code, s.name, ST_ClipByBox2D(s.geom, ST_Expand((SELECT at FROM place), 0.0035)) AS part FROM grid_street s
    WHERE s.geom && ST_Expand((SELECT at FROM place), 0.0035)
        AND s.level = 'ground' AND s.name <> '' AND {_lasting("s")}),
crossing AS (
    SELECT other.name, ST_Distance(ST_ClosestPoint(own.part, other.part)::geography, {METRES}) AS metres
    FROM road JOIN around own ON own.name = road.name
    JOIN around other ON other.name <> own.name AND ST_DWithin(other.part, own.part, 0.0002)
    ORDER BY metres, other.code LIMIT 1),
stands AS (
    SELECT p.name, p.kind, p.code, p.street, ST_Distance(p.point::geography, {METRES}) AS metres FROM grid_place p
    WHERE p.valid_to IS NULL ORDER BY p.point::geography <-> {METRES} LIMIT 12),
door AS (SELECT name, street, metres FROM stands WHERE kind = 'door' ORDER BY metres, code LIMIT 1),
landmark AS (SELECT name, metres FROM stands WHERE kind <> 'door' ORDER BY metres, code LIMIT 1)
SELECT
    (SELECT code FROM grid_area WHERE code = left(area.code, 6) AND level = 'district') AS district_code,
    (SELECT name FROM grid_area WHERE code = left(area.code, 6) AND level = 'district') AS district_name,
    (SELECT code FROM grid_area WHERE code = left(area.code, 9) AND level = 'street') AS street_code,
    (SELECT name FROM grid_area WHERE code = left(area.code, 9) AND level = 'street') AS street_name,
    (SELECT code FROM grid_area WHERE code = area.code AND level = 'community') AS community_code,
    (SELECT name FROM grid_area WHERE code = area.code AND level = 'community') AS community_name,
    cell.id AS cell_id, cell.code AS cell_code, cell.area_class,
    duty.id AS duty_grid_id, duty.code AS duty_grid_code, duty.name AS duty_grid_name,
    (SELECT json_agg(json_build_array(person_id, name, on_shift) ORDER BY on_shift DESC, person_id)
        FROM holders) AS inspectors,
    road.name AS road, road.metres AS road_metres, crossing.name AS crossing,
    door.name AS door, door.metres AS door_metres, landmark.name AS landmark, landmark.metres AS landmark_metres
FROM area
LEFT JOIN cell ON true LEFT JOIN duty ON true
LEFT JOIN road ON road.metres <= 500 LEFT JOIN crossing ON crossing.metres <= 300
LEFT JOIN door ON door.metres <= 20 OR (door.metres <= 60 AND door.street = road.name)
LEFT JOIN landmark ON landmark.metres <= 120"""

# PostgreSQL 15 walks an index by distance only when distance is all that is sorted by: ties are settled outside.
_NEAREST_COMPONENTS = f"""
WITH {PLACE},
near AS (
    SELECT c.* FROM grid_component c WHERE c.valid_to IS NULL {{minor}}
    ORDER BY c.geom::geography <-> {METRES} LIMIT %(limit)s)
SELECT c.id, c.code, c.name, c.minor_id, c.place, c.state, ST_Distance(c.geom::geography, {METRES}) AS metres,
    ARRAY[ST_X(ST_PointOnSurface(c.geom)), ST_Y(ST_PointOnSurface(c.geom))] AS at
FROM near c ORDER BY metres, c.code"""

NEAREST_COMPONENTS: Final = _NEAREST_COMPONENTS.format(minor="")
NEAREST_COMPONENTS_OF_MINOR: Final = _NEAREST_COMPONENTS.format(minor="AND c.minor_id = %(minor)s")

NEAREST_STREETS: Final = f"""
WITH {PLACE},
near AS (
    SELECT s.name, s.road_class, ST_Distance(s.geom::geography, {METRES}) AS metres FROM grid_street s
    WHERE s.level = 'ground' AND s.name <> '' AND s.valid_to IS NULL
    ORDER BY s.geom::geography <-> {METRES} LIMIT %(rows)s),
named AS (SELECT DISTINCT ON (name) name, road_class, metres FROM near ORDER BY name, metres, road_class)
SELECT name, road_class, metres FROM named ORDER BY metres, name LIMIT %(limit)s"""
