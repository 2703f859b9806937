"""Many components out of the real ones: copies beside them, the same again for the same seed."""

import math

from django.contrib.gis.db.models import Extent
from django.db import connection, transaction

from cityloop.grid.models import Component

KEPT = ("id", "code", "geom")
CROWDED = 4  # times as many components on the ground as where they really stand: a hard city, not an impossible one
# Hashes instead of random(): the same numbers in whatever order the server reads the rows.
_MULTIPLY = """
INSERT INTO grid_component (code, geom, {columns})
SELECT left(c.code, 10) || lpad((last.seq + row_number() OVER (
        PARTITION BY left(c.code, 10) ORDER BY copy.i, c.code))::text, 6, '0'),
    ST_Translate(c.geom, %(wide)s * (hashtextextended(c.code, copy.i * 2 + %(seed)s) / 2.0^63),
        %(high)s * (hashtextextended(c.code, copy.i * 2 + 1 + %(seed)s) / 2.0^63)),
    {values}
FROM (SELECT * FROM grid_component WHERE valid_to IS NULL) c
JOIN (SELECT left(code, 10) AS head, max(right(code, 6)::int) AS seq FROM grid_component GROUP BY 1) last
    ON last.head = left(c.code, 10)
CROSS JOIN generate_series(1, %(copies)s::int) AS copy (i)
ORDER BY copy.i, c.code LIMIT %(wanted)s"""


def _reach(copies: int) -> tuple[float, float]:
    """How far a copy may stand from its original, in degrees: the ground grows with the number of copies."""
    bounds = Component.objects.filter(valid_to=None).aggregate(extent=Extent("geom"))["extent"]
    west, south, east, north = bounds
    more = max(math.sqrt(copies / CROWDED) - 1, 0.1) / 2
    return (east - west) * more, (north - south) * more


@transaction.atomic
def multiply(total: int, *, seed: int = 26) -> int:
    """Bring the components in use to `total` by copies of what there is; how many were added."""
    there = Component.objects.filter(valid_to=None).count()
    wanted = total - there
    if wanted <= 0 or not there:
        return 0
    copies = wanted // there + 1
    wide, high = _reach(copies)
    names = [field.column for field in Component._meta.concrete_fields if field.column not in KEPT]
    statement = _MULTIPLY.format(
        columns=", ".join(connection.ops.quote_name(name) for name in names),
        values=", ".join(f"c.{connection.ops.quote_name(name)}" for name in names),
    )
    values = {"seed": seed, "copies": copies, "wanted": wanted, "wide": wide, "high": high}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
