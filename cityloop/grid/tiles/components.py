"""Components on the map: clusters by square when zoomed out, the things themselves when zoomed in."""

from typing import Any, Final

from django.db import connection

from cityloop.base.maps import Tile, Wanted
from cityloop.base.tiles import BOX, EXTENT, RIM, draw, encoded, point, shape, values_of
from cityloop.codes.models import Kind
from cityloop.codes.selectors import snapshot

POINTS_FROM: Final = 16
SHAPES_FROM: Final = 17
MOST_POINTS: Final = 5000  # of a tile; a denser one gathers its own clusters
MOST_GATHERED: Final = 15_000  # and one so dense that even this takes too long shows the squares counted before
FINEST: Final = 18  # level of the smallest squares counted
SQUARES: Final = 3  # zooms between a tile and its clusters: eight a side, 64 pixels wide
DENSE: Final = EXTENT // 16  # units of a cluster's side in a dense tile: 32 pixels

_OF: Final = "(%(minors)s::bigint[] IS NULL OR {column} = ANY(%(minors)s::bigint[]))"
_TALLIED: Final = f"""FROM grid_componenttally t
    WHERE t.level = %(level)s AND t.block_x = %(block_x)s AND t.block_y = %(block_y)s
        AND t.x >> %(up)s::int = %(x)s AND t.y >> %(up)s::int = %(y)s AND {_OF.format(column="t.minor_id")}"""
_COUNT: Final = f"SELECT coalesce(sum(t.count), 0) {_TALLIED}"
_IN_USE: Final = f"c.valid_to IS NULL AND {_OF.format(column='c.minor_id')}"
_ONLY: Final = "CASE WHEN min(minor_id) = max(minor_id) THEN min(minor_id) END"  # the one category of a cluster

# The place of a cluster is the mean of its members': where they are, not the middle of a square.
_CLUSTERS: Final = encoded(
    "component_clusters",
    f"""SELECT row_number() OVER (ORDER BY s.x, s.y) AS id, s.n, s.faulty, m.code AS minor,
        {point("ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)")} AS geom
    FROM (
        SELECT t.x >> %(join)s::int AS x, t.y >> %(join)s::int AS y, sum(t.count)::int AS n,
            sum(t.faulty)::int AS faulty, {_ONLY} AS only,
            sum(t.lon) / nullif(sum(t.count), 0) AS lon, sum(t.lat) / nullif(sum(t.count), 0) AS lat
        {_TALLIED} GROUP BY 1, 2) s
    LEFT JOIN codes_minor m ON m.id = s.only WHERE s.n > 0""",
)
_DENSE: Final = encoded(
    "component_clusters",
    f"""SELECT row_number() OVER (ORDER BY s.x, s.y) AS id, s.n, s.faulty, m.code AS minor,
        ST_MakePoint(s.px, s.py) AS geom
    FROM (
        SELECT floor(ST_X(at) / {DENSE})::int AS x, floor(ST_Y(at) / {DENSE})::int AS y, count(*)::int AS n,
            count(*) FILTER (WHERE state IN ('damaged', 'missing'))::int AS faulty, {_ONLY} AS only,
            avg(ST_X(at))::int AS px, avg(ST_Y(at))::int AS py
        FROM (
            SELECT c.minor_id, c.state, {point("ST_Centroid(c.geom)")} AS at
            FROM grid_component c WHERE c.geom && {BOX} AND ST_Centroid(c.geom) && {BOX} AND {_IN_USE}) placed
        GROUP BY 1, 2) s
    LEFT JOIN codes_minor m ON m.id = s.only""",
)
_POINTS: Final = encoded(
    "components",
    f"""SELECT c.id, c.code, m.code AS minor, c.state, {point("ST_Centroid(c.geom)")} AS geom
    FROM grid_component c JOIN codes_minor m ON m.id = c.minor_id
    WHERE c.geom && {BOX} AND ST_Centroid(c.geom) && {BOX} AND {_IN_USE} ORDER BY c.id""",
)
_SHAPES: Final = encoded(
    "component_shapes",
    f"""SELECT c.id, m.code AS minor, c.state, {shape("c.geom")} AS geom
    FROM grid_component c JOIN codes_minor m ON m.id = c.minor_id
    WHERE c.geom && {RIM} AND ST_Dimension(c.geom) > 0 AND {_IN_USE} ORDER BY c.id LIMIT {MOST_POINTS}""",
)


def draw_components(wanted: Wanted) -> bytes:
    """Clusters with their counts, or the components with category and state; of the wanted categories."""
    tile = wanted.tile
    values = values_of(tile) | _squares(tile) | {"minors": minors_of(wanted.of)}
    count = 0 if tile.z < POINTS_FROM else _count(values)
    if tile.z < POINTS_FROM or count > MOST_GATHERED:
        return draw(_CLUSTERS, values)
    if count > MOST_POINTS:
        return draw(_DENSE, values)
    return draw(_POINTS if tile.z < SHAPES_FROM else f"{_POINTS} UNION ALL {_SHAPES}", values)


def is_category(word: str) -> bool:
    """Whether a filter may say so: the two digits of a major category, or the four of a minor one."""
    return word.isascii() and word.isdigit() and len(word) in {2, 4}


def minors_of(words: tuple[str, ...]) -> list[int] | None:
    """The ids of the minor categories that a filter names, None for all."""
    if not words:
        return None
    minors = snapshot().minors.values()
    return [minor.id for minor in minors if minor.kind == Kind.COMPONENT and minor.code.startswith(words)]


def _squares(tile: Tile) -> dict[str, int]:
    """Where the tile's counts stand: the level, the block that holds it, and how many zooms squares lie below it."""
    level = min(tile.z + SQUARES + (tile.z + SQUARES) % 2, FINEST)
    block = tile.z - (level - 4)  # of four zooms a block spans, how far down the tile is
    return {
        "level": level,
        "block_x": tile.x >> block,
        "block_y": tile.y >> block,
        "up": level - tile.z,
        "join": max(level - tile.z - SQUARES, 0),
    }


def _count(values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return int(cursor.fetchone()[0])
