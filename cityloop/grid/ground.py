"""Which cell and area many points lie in: one statement for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from cityloop.base.geometry import LonLat

# On a border the lowest code wins (decision 0031); the area is the cell's community, else the deepest that covers it.
GROUNDS: Final = """
SELECT c.id, coalesce(c.community_code, a.code, '')
FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS p (lon, lat, nr)
CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326) AS at) AS here
LEFT JOIN LATERAL (
    SELECT g.id, g.community_code FROM grid_cell g WHERE g.valid_to IS NULL AND ST_Covers(g.geom, here.at)
    ORDER BY g.code LIMIT 1) AS c ON true
LEFT JOIN LATERAL (
    SELECT g.code FROM grid_area g WHERE c.id IS NULL AND g.valid_to IS NULL AND ST_Covers(g.geom, here.at)
    ORDER BY length(g.code) DESC, g.code LIMIT 1) AS a ON true
ORDER BY p.nr"""


@dataclass(frozen=True, slots=True)
class Ground:
    """The cell and the deepest area of a point; None and empty outside the city."""

    cell_id: int | None
    area_code: str


def grounds_of(places: Sequence[LonLat]) -> list[Ground]:
    """The ground of each place, in their order."""
    if not places:
        return []
    with connection.cursor() as cursor:
        cursor.execute(GROUNDS, {"lons": [at.lon for at in places], "lats": [at.lat for at in places]})
        return [Ground(*row) for row in cursor.fetchall()]
