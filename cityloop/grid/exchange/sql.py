"""The statements of the check: one pass over the rows read, then searches for what is there twice."""

from datetime import date
from typing import Final

from cityloop.base.coordinates import Crs, sql_to_city
from cityloop.grid.exchange.layers import LayerSpec

# Shapes by what the layer stores: a collection of one part is that part, where parts are stored.
SHAPES: Final = {
    "any": """CASE WHEN GeometryType(w.whole) IN ('POINT', 'LINESTRING', 'POLYGON') THEN w.whole
        WHEN GeometryType(w.whole) LIKE 'MULTI%' AND ST_NumGeometries(w.whole) = 1 THEN ST_GeometryN(w.whole, 1)
        WHEN GeometryType(w.whole) LIKE 'MULTI%' THEN w.whole END""",
    "polygon": """CASE WHEN GeometryType(w.whole) = 'POLYGON' THEN w.whole
        WHEN GeometryType(w.whole) = 'MULTIPOLYGON' AND ST_NumGeometries(w.whole) = 1
            THEN ST_GeometryN(w.whole, 1) END""",
    "multipolygon": "CASE WHEN GeometryType(w.whole) IN ('POLYGON', 'MULTIPOLYGON') THEN ST_Multi(w.whole) END",
    "multiline": "CASE WHEN GeometryType(w.whole) IN ('LINESTRING', 'MULTILINESTRING') THEN ST_Multi(w.whole) END",
}


def say(severity: str, code: str, when: str, *, field: str = "", value: str = "''") -> str:
    """A finding as an element of the row's array. `concat_ws` keeps empty parts that are not null."""
    return f"CASE WHEN {when} THEN concat_ws(chr(31), '{severity}', '{code}', '{field}', {value}) END"


def in_range(crs: Crs) -> str:
    """Whether the raw coordinates can be of that system at all; what they are not, PROJ would refuse for all rows."""
    box = "ST_XMin(s.raw), ST_XMax(s.raw), ST_YMin(s.raw), ST_YMax(s.raw)"
    if crs.kind != "projected":
        return f"(SELECT a >= -180 AND b <= 180 AND c >= -90 AND d <= 90 FROM (VALUES ({box})) v (a, b, c, d))"
    zone = 0 if "-cm" in crs.name else int(crs.name.rpartition("-")[2])
    west, east = zone * 1_000_000 + 1, zone * 1_000_000 + 999_999
    return f"(SELECT a >= {west} AND b <= {east} AND c >= 0 AND d <= 10000000 FROM (VALUES ({box})) v (a, b, c, d))"


def check_rows(table: str, spec: LayerSpec, crs: Crs, *, repair: bool, today: date) -> str:
    """Make the checked table: every row with its geometry in our system, where it lies, and what was found.

    The day stands in the text: such a statement takes no parameters.
    """
    lasting = f"valid_from <= '{today}' AND (valid_to IS NULL OR valid_to >= '{today}')"
    flat = sql_to_city("ST_Force2D(s.raw)", crs) if crs.kind != "shifted" else "ST_SetSRID(ST_Force2D(s.raw), 4326)"
    mended = "ST_CollectionExtract(ST_MakeValid(t.flat), ST_Dimension(t.flat) + 1)" if repair else "NULL::geometry"
    joins, found = CHECKS[spec.name if spec.name in CHECKS else "objects"]
    every = [*FOUND_IN_ALL, *found]
    return f"""
CREATE UNLOGGED TABLE {table} WITH (autovacuum_enabled = false) AS
SELECT s.*, g.geom, p.at, c.id AS cell_place, c.code AS cell_code, left(coalesce(c.code, a.code), 6) AS district,
    array_cat(s.odd, array_remove(ARRAY[{", ".join(every)}]::text[], NULL)) AS found
FROM {table}_read s
CROSS JOIN LATERAL (SELECT CASE WHEN s.raw IS NULL OR ST_IsEmpty(s.raw) THEN 'empty'
    WHEN {in_range(crs)} IS NOT TRUE THEN 'range' END AS no OFFSET 0) b
CROSS JOIN LATERAL (SELECT CASE WHEN b.no IS NULL THEN {flat} END AS flat OFFSET 0) t
CROSS JOIN LATERAL (SELECT ST_IsValid(t.flat) AS ok OFFSET 0) v
CROSS JOIN LATERAL (SELECT CASE WHEN v.ok THEN t.flat ELSE {mended} END AS whole OFFSET 0) w
CROSS JOIN LATERAL (SELECT CASE WHEN NOT ST_IsEmpty(w.whole) THEN {SHAPES[spec.shape]} END AS geom OFFSET 0) g
CROSS JOIN LATERAL (SELECT CASE WHEN GeometryType(g.geom) = 'POINT' THEN g.geom
    ELSE ST_PointOnSurface(g.geom) END AS at OFFSET 0) p
LEFT JOIN LATERAL (SELECT id, code FROM grid_cell WHERE ST_Covers(geom, p.at) AND {lasting}
    ORDER BY code LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT code FROM grid_area WHERE c.id IS NULL AND ST_Covers(geom, p.at) AND level <> 'city'
    AND {lasting} ORDER BY length(code) DESC, code LIMIT 1) a ON true
{joins}"""


FOUND_IN_ALL: Final = (
    say("error", "empty", "b.no = 'empty' AND NOT coalesce(s.odd[1] LIKE '%broken%', false)"),
    say("error", "range", "b.no = 'range'", value="left(ST_AsText(ST_PointN(ST_Points(s.raw), 1)), 60)"),
    say("note", "flattened", "ST_NDims(s.raw) > 2"),
    say("warning", "repaired", "v.ok IS FALSE AND g.geom IS NOT NULL", value="left(ST_IsValidReason(t.flat), 120)"),
    say("error", "invalid", "v.ok IS FALSE AND g.geom IS NULL", value="left(ST_IsValidReason(t.flat), 120)"),
    say("error", "kind", "v.ok AND g.geom IS NULL", value="GeometryType(t.flat)"),
)
IN_CITY: Final = (
    say("error", "outside", "p.at IS NOT NULL AND c.id IS NULL AND a.code IS NULL"),
    say("warning", "no_cell", "c.id IS NULL AND a.code IS NOT NULL"),
    say("warning", "other_cell", "s.cell <> '' AND c.code <> s.cell", field="cell", value="s.cell || ' → ' || c.code"),
)
CODE: Final = {"field": "code", "value": "s.code"}
MINOR: Final = "LEFT JOIN codes_minor m ON m.id = s.minor_id"
# By layer: what is joined, what is found.
CHECKS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "components": (
        f"{MINOR} LEFT JOIN grid_component o ON o.code = s.code AND s.code <> ''",
        (
            *IN_CITY,
            say("error", "code_form", r"s.code <> '' AND s.code !~ '^\d{16}$'", **CODE),
            say("error", "code_category", "s.code <> '' AND substr(s.code, 7, 4) <> m.code", **CODE),
            say("warning", "code_district", "s.code <> '' AND left(s.code, 6) <> left(c.code, 6)", **CODE),
            say("error", "code_taken", "o.id IS NOT NULL", **CODE),
        ),
    ),
    "cells": (
        "LEFT JOIN grid_area y ON y.code = left(s.code, 12) AND y.level = 'community'"
        " LEFT JOIN grid_cell o ON o.code = s.code",
        (
            say("error", "code_form", r"s.code !~ '^\d{15}$'", **CODE),
            say("error", "no_area", "y.id IS NULL", field="code", value="left(s.code, 12)"),
            say("warning", "other_area", "NOT ST_Covers(y.geom, p.at)", field="code", value="y.name"),
            say("error", "code_taken", "o.id IS NOT NULL", **CODE),
        ),
    ),
    "areas": (
        "LEFT JOIN grid_area o ON o.code = s.code",
        (
            say("error", "code_form", r"s.code !~ '^(\d{4}|\d{6}|\d{9}|\d{12})$'", **CODE),
            say("error", "code_taken", "o.id IS NOT NULL", **CODE),
        ),
    ),
    "streets": (
        "LEFT JOIN grid_street o ON o.code = s.code AND s.code <> ''",
        (
            say("note", "no_name", "s.name = ''", field="name"),
            say("warning", "outside", "p.at IS NOT NULL AND c.id IS NULL AND a.code IS NULL"),
            say("error", "code_taken", "o.id IS NOT NULL", **CODE),
        ),
    ),
    "objects": (
        "LEFT JOIN grid_mapobject o ON o.code = s.code AND s.code <> ''",
        (*IN_CITY, say("error", "code_taken", "o.id IS NOT NULL", **CODE)),
    ),
}  # fmt: skip

COLLECT: Final = """
INSERT INTO grid_importfinding (data_import_id, row, severity, code, field, value)
SELECT %(import)s, row, split_part(f, chr(31), 1), split_part(f, chr(31), 2), split_part(f, chr(31), 3),
    left(split_part(f, chr(31), 4), 200)
FROM {table}, unnest(found) f WHERE cardinality(found) > 0"""

SAME_CODE: Final = """
INSERT INTO grid_importfinding (data_import_id, row, severity, code, field, value)
SELECT %(import)s, row, 'error', 'code_twice', 'code', code || ' (' || first || ')'
FROM (SELECT row, code, min(row) OVER (PARTITION BY code) AS first FROM {table} WHERE code <> '') t
WHERE row > first"""

# A degree is more than 60 km wherever a city is: the box is generous, the distance exact. It is that of the middles:
# parking spaces side by side touch and are two.
NEAR_IN_FILE: Final = """
INSERT INTO grid_importfinding (data_import_id, row, severity, code, field, value)
SELECT %(import)s, t.row, 'error', 'near_twice', '', n.row::text
FROM {table} t CROSS JOIN LATERAL (SELECT o.row FROM {table} o
    WHERE o.geom && ST_Expand(t.geom, %(near)s / 60000.0) AND o.row < t.row AND {same}
        AND ST_DWithin(ST_Centroid(o.geom)::geography, ST_Centroid(t.geom)::geography, %(near)s)
    ORDER BY o.row LIMIT 1) n
WHERE t.geom IS NOT NULL"""

NEAR_EXISTING: Final = """
INSERT INTO grid_importfinding (data_import_id, row, severity, code, field, value)
SELECT %(import)s, t.row, 'error', 'near_existing', '', n.code
FROM {table} t CROSS JOIN LATERAL (SELECT o.code FROM {stored} o
    WHERE o.geom && ST_Expand(t.geom, %(near)s / 60000.0) AND o.valid_to IS NULL AND {same}
        AND ST_DWithin(ST_Centroid(o.geom)::geography, ST_Centroid(t.geom)::geography, %(near)s)
    ORDER BY o.code LIMIT 1) n
WHERE t.geom IS NOT NULL"""

OVERLAPS: Final = """
INSERT INTO grid_importfinding (data_import_id, row, severity, code, field, value)
SELECT %(import)s, t.row, 'error', 'overlaps', '', o.code
FROM {table} t JOIN LATERAL (
    SELECT code, geom FROM {table} x WHERE x.geom && t.geom AND x.row < t.row
    UNION ALL SELECT code, geom FROM grid_cell x WHERE x.geom && t.geom AND x.valid_to IS NULL
) o ON ST_Area(ST_Intersection(o.geom, t.geom)::geography) > 1
WHERE t.geom IS NOT NULL"""

COUNTS: Final = """
SELECT (SELECT count(*) FROM {table}) AS rows,
    (SELECT count(DISTINCT row) FROM grid_importfinding
        WHERE data_import_id = %(import)s AND severity = 'error') AS bad,
    (SELECT coalesce(json_object_agg(severity || '/' || code, n), '{{}}') FROM (
        SELECT severity, code, count(*) AS n FROM grid_importfinding WHERE data_import_id = %(import)s
        GROUP BY severity, code ORDER BY severity, code) f) AS found"""
