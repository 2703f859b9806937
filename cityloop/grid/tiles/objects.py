"""Registered objects on the map: cameras, public facilities, and layers that a city adds, each as its row permits."""

import re
from typing import Any, Final

from django.db import connection

from cityloop.base.maps import Wanted
from cityloop.base.tiles import BOX, EXTENT, draw, encoded, point, values_of
from cityloop.base.time import city_date
from cityloop.grid.models import PIPES_LAYER, ObjectLayer
from cityloop.grid.tiles.drawing import IN_FORCE
from cityloop.org.actor import Actor
from cityloop.org.permissions import has_permission

POINTS_FROM: Final = 13
MOST_POINTS: Final = 3000  # of a tile; more are gathered
SQUARE: Final = EXTENT // 8  # units of a cluster's side: 64 pixels

_WHERE: Final = f"""t.geom && {BOX} AND ST_Centroid(t.geom) && {BOX} AND {IN_FORCE}
    AND t.layer_id = ANY(%(layers)s::bigint[])"""
_COUNT: Final = f"SELECT count(*) FROM (SELECT 1 FROM grid_mapobject t WHERE {_WHERE} LIMIT {MOST_POINTS + 1}) found"
_POINTS: Final = encoded(
    "objects",
    f"""SELECT t.id, t.code, t.name, l.code AS layer, t.state, {point("ST_Centroid(t.geom)")} AS geom
    FROM grid_mapobject t JOIN grid_objectlayer l ON l.id = t.layer_id WHERE {_WHERE} ORDER BY t.id""",
)
_CLUSTERS: Final = encoded(
    "object_clusters",
    f"""SELECT row_number() OVER (ORDER BY s.x, s.y) AS id, s.n, l.code AS layer, ST_MakePoint(s.px, s.py) AS geom
    FROM (
        SELECT floor(ST_X(at) / {SQUARE})::int AS x, floor(ST_Y(at) / {SQUARE})::int AS y, count(*)::int AS n,
            CASE WHEN min(layer_id) = max(layer_id) THEN min(layer_id) END AS only,
            avg(ST_X(at))::int AS px, avg(ST_Y(at))::int AS py
        FROM (SELECT t.layer_id, {point("ST_Centroid(t.geom)")} AS at FROM grid_mapobject t WHERE {_WHERE}) placed
        GROUP BY 1, 2) s
    LEFT JOIN grid_objectlayer l ON l.id = s.only""",
)


def own_layers(actor: Actor) -> list[ObjectLayer]:
    """The layers of registered objects that this person may see, pipes apart: they are drawn as lines."""
    layers = ObjectLayer._default_manager.exclude(code=PIPES_LAYER)
    return [layer for layer in layers if has_permission(actor, layer.permission)]


def scope(actor: Actor) -> str:
    """Which of them he sees."""
    return ",".join(f"{layer.pk}:{layer.code}" for layer in own_layers(actor))


def is_object_layer(word: str) -> bool:
    """Whether a filter may say so: the code of a layer. One that is not there, or not for him, filters to nothing."""
    return re.fullmatch(r"[a-z0-9_-]{1,30}", word) is not None


def layers_of(wanted: Wanted) -> list[int]:
    """The ids of the layers that are wanted and may be seen."""
    return [layer.pk for layer in own_layers(wanted.actor) if not wanted.of or layer.code in wanted.of]


def draw_objects(wanted: Wanted) -> bytes:
    """Objects, or their counts when zoomed out."""
    values = values_of(wanted.tile) | {"today": city_date(wanted.now), "layers": layers_of(wanted)}
    if wanted.tile.z < POINTS_FROM or _count(values) > MOST_POINTS:
        return draw(_CLUSTERS, values)
    return draw(_POINTS, values)


def _count(values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return int(cursor.fetchone()[0])
