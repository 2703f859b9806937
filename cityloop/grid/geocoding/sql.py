"""The statements of geocoding.

Names are found by index alone and a bounded number of each sort, so that a million of them are as quick as a thousand;
how well each fits is judged afterwards (`likeness`).
"""

from typing import Final

_LAST: Final = "chr(1114111)"  # sorts behind every character
_OPEN: Final = "SELECT n.id FROM grid_placename n WHERE n.valid_to IS NULL"
_RANKS: Final = "(VALUES (0), (1), (2), (3)) AS r (rank)"

# Known names that stand in the text letter for letter; %(parts)s are its substrings.
SPOTS: Final = """
SELECT DISTINCT ON (key) key, rank FROM grid_placename
WHERE valid_to IS NULL AND rank IN (0, 1, 2, 3) AND key = ANY(%(parts)s) ORDER BY key, rank"""


def _beginning(column: str, asked: str) -> str:
    """Names whose form begins with what was asked: some of each rank, so that shops do not hide a street."""
    return f"""
    SELECT x.id FROM {_RANKS}, LATERAL ({_OPEN} AND n.rank = r.rank AND n.{column} >= {asked}
        AND n.{column} < {asked} || {_LAST} ORDER BY n.{column} LIMIT 12) AS x WHERE {asked} <> ''"""


# `latin` is what was typed without Chinese characters, `initials` is empty for text that is all Chinese.
_ASKED = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(%(keys)s::text[], %(latin)s::text[], %(sounds)s::text[], %(initials)s::text[],
        %(near)s::text[], %(pairs)s::text[]) WITH ORDINALITY AS a (key, latin, sound, initials, near, pairs, nr)),"""
_HITS = f"""
hit AS (
    SELECT a.nr, h.id FROM asked a CROSS JOIN LATERAL (
        SELECT x.id FROM {_RANKS}, LATERAL ({_OPEN} AND n.rank = r.rank AND n.key = a.key LIMIT 20) AS x
        UNION {_beginning("key", "a.key")}
        UNION {_beginning("pinyin", "a.latin")}
        UNION {_beginning("initials", "a.initials")}
        UNION {_beginning("sound", "a.sound")}
        UNION (SELECT x.id FROM ({_OPEN} AND n.near && a.near::int[] LIMIT 60) AS x)
        UNION (SELECT y.id FROM (SELECT n.id, n.rank, length(n.key) AS long FROM grid_placename n
            WHERE n.valid_to IS NULL AND a.pairs <> '{{}}' AND n.grams @> a.pairs::varchar[] LIMIT 400) AS y
            ORDER BY y.rank, y.long LIMIT 24)
    ) AS h)"""
_NAMES = """
SELECT hit.nr, n.id, n.rank, n.kind, n.name, n.key, n.pinyin, n.sound, n.initials, n.street,
    coalesce(p.name, a.name, n.street) AS bearer, coalesce(p.code, a.code, '') AS code,
    coalesce(p.kind, '') AS place_kind, coalesce(p.area_code, a.code, '') AS area_code,
    ST_X(p.point) AS lon, ST_Y(p.point) AS lat
FROM hit JOIN grid_placename n ON n.id = hit.id
LEFT JOIN grid_place p ON p.id = n.place_id LEFT JOIN grid_area a ON a.id = n.area_id"""

CANDIDATES: Final = _ASKED + _HITS + _NAMES

# The last resort: names that hold all the characters, with others between them.
SCATTERED: Final = f"""
WITH hit AS (SELECT 1 AS nr, n.id FROM grid_placename n
    WHERE n.valid_to IS NULL AND n.grams @> %(chars)s::varchar[] LIMIT 200){_NAMES}"""

# The middle of each street: of its part in the area asked for, where it has one there.
MIDDLES: Final = """
WITH part AS (
    SELECT name, ST_Collect(geom) AS geom FROM grid_street WHERE valid_to IS NULL AND name = ANY(%(names)s)
    GROUP BY name),
within AS (
    SELECT p.name, p.geom, a.code, ST_CollectionExtract(ST_Intersection(p.geom, a.geom), 2) AS own
    FROM part p LEFT JOIN grid_area a ON a.code = %(area)s AND ST_Intersects(p.geom, a.geom))
SELECT name, coalesce(code, '') AS area_code, ST_X(at) AS lon, ST_Y(at) AS lat
FROM within, LATERAL (SELECT CASE WHEN own IS NULL OR ST_IsEmpty(own) THEN geom ELSE own END AS line) AS chosen,
    LATERAL (SELECT ST_ClosestPoint(line, ST_Centroid(line)) AS at) AS middle"""

# Where two streets meet, and how far they are apart in degrees. The ground goes before bridges and tunnels.
CROSSINGS: Final = """
SELECT p.one, p.other, c.apart, ST_X(c.at) AS lon, ST_Y(c.at) AS lat
FROM unnest(%(ones)s::text[], %(others)s::text[]) AS p (one, other), LATERAL (
    SELECT ST_Distance(a.geom, b.geom) AS apart, ST_ClosestPoint(a.geom, b.geom) AS at
    FROM grid_street a
    JOIN grid_street b ON b.name = p.other AND b.valid_to IS NULL AND b.geom && ST_Expand(a.geom, 0.002)
    WHERE a.name = p.one AND a.valid_to IS NULL
    ORDER BY (a.level <> 'ground')::int + (b.level <> 'ground')::int, apart LIMIT 1) AS c"""

# Every street that meets this one, or comes within 20 m.
ALONG: Final = """
WITH road AS (
    SELECT ST_Collect(geom) AS geom FROM grid_street WHERE valid_to IS NULL AND level = 'ground' AND name = %(road)s),
met AS (
    SELECT DISTINCT ON (s.name) s.name, ST_ClosestPoint(road.geom, s.geom) AS at
    FROM road JOIN grid_street s ON s.geom && ST_Expand(road.geom, 0.0002) AND ST_DWithin(s.geom, road.geom, 0.0002)
    WHERE s.valid_to IS NULL AND s.level = 'ground' AND s.name NOT IN ('', %(road)s)
    ORDER BY s.name, ST_Distance(s.geom, road.geom), s.code)
SELECT name, ST_X(at) AS lon, ST_Y(at) AS lat FROM met ORDER BY name LIMIT %(limit)s"""

# The point of a street that is nearest to a place.
BESIDE: Final = """
SELECT p.nr - 1 AS nr, ST_X(c.at) AS lon, ST_Y(c.at) AS lat, c.metres
FROM unnest(%(names)s::text[], %(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS p (name, lon, lat, nr),
LATERAL (
    SELECT ST_ClosestPoint(s.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)) AS at,
        ST_Distance(s.geom::geography, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography) AS metres
    FROM grid_street s WHERE s.name = p.name AND s.valid_to IS NULL ORDER BY metres LIMIT 1) AS c"""


def _door(how: str, rule: str) -> str:
    return f"""(SELECT '{how}' AS how, d.id, d.code, d.name, d.number, d.inner, d.area_code,
        ST_X(d.point) AS lon, ST_Y(d.point) AS lat
    FROM grid_place d WHERE d.kind = 'door' AND d.valid_to IS NULL AND d.street_key = k.key AND {rule})"""


_OWN_SIDE = "AND d.number %% 2 = k.number %% 2"

# The door itself, its lane, and the nearest known numbers below and above, on its own side first.
DOORS: Final = f"""
SELECT k.nr - 1 AS nr, near.* FROM unnest(%(keys)s::text[], %(numbers)s::int[], %(inners)s::text[])
    WITH ORDINALITY AS k (key, number, behind, nr), LATERAL (
    {_door("same", "d.number = k.number AND d.inner = k.behind LIMIT 5")}
    UNION ALL {_door("lane", "d.number = k.number ORDER BY length(d.inner), d.inner LIMIT 1")}
    UNION ALL {_door("below", f"d.number < k.number {_OWN_SIDE} ORDER BY d.number DESC LIMIT 1")}
    UNION ALL {_door("above", f"d.number > k.number {_OWN_SIDE} ORDER BY d.number LIMIT 1")}
    UNION ALL {_door("across", "d.number < k.number ORDER BY d.number DESC LIMIT 1")}
    UNION ALL {_door("across", "d.number > k.number ORDER BY d.number LIMIT 1")}
    ) AS near"""

AREA_POINTS: Final = """
SELECT code, ST_X(at) AS lon, ST_Y(at) AS lat
FROM (SELECT code, ST_PointOnSurface(geom) AS at FROM grid_area WHERE code = ANY(%(codes)s)) AS a"""

# So many metres in that direction; drawn onto one of the streets named, where it comes close enough.
STEPS: Final = """
SELECT p.nr - 1 AS nr, ST_X(end_at) AS lon, ST_Y(end_at) AS lat
FROM unnest(%(lons)s::float8[], %(lats)s::float8[], %(roads)s::text[], %(others)s::text[])
    WITH ORDINALITY AS p (lon, lat, road, other, nr),
LATERAL (SELECT ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography AS at) AS start,
LATERAL (SELECT ST_Project(start.at, %(metres)s, radians(%(azimuth)s))::geometry AS at) AS free,
LATERAL (SELECT coalesce((
    SELECT ST_ClosestPoint(s.geom, free.at) FROM grid_street s
    WHERE s.valid_to IS NULL AND s.name IN (p.road, p.other) AND s.name <> ''
        AND ST_DWithin(s.geom::geography, free.at::geography, greatest(15, 0.45 * %(metres)s))
    ORDER BY s.geom::geography <-> free.at::geography LIMIT 1), free.at) AS end_at) AS final"""

# The doors and marks nearest to a place, how far, and in which direction the place lies from them.
NEAREST_PLACES: Final = """
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS at),
near AS (
    SELECT p.name, p.code, p.point FROM grid_place p WHERE p.valid_to IS NULL
    ORDER BY p.point::geography <-> (SELECT at FROM here) LIMIT %(limit)s)
SELECT near.name, ST_Distance(near.point::geography, here.at) AS metres,
    coalesce(ST_Azimuth(near.point::geography, here.at), 0) AS azimuth
FROM near, here ORDER BY metres, near.code"""
