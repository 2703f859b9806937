"""Upkeep of the counts of components by square; the triggers on components write them."""

from datetime import datetime

from django.db import connection, transaction

# Squares whose rows are several become one row; a square in which nothing is left goes.
_GATHER = """
WITH several AS (
    SELECT level, block_x, block_y, x, y, minor_id FROM grid_componenttally
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1 OR sum(count) = 0),
gone AS (
    DELETE FROM grid_componenttally t USING several s
    WHERE (t.level, t.block_x, t.block_y, t.x, t.y, t.minor_id) = (s.level, s.block_x, s.block_y, s.x, s.y, s.minor_id)
    RETURNING t.*)
INSERT INTO grid_componenttally (level, block_x, block_y, x, y, minor_id, count, faulty, lon, lat)
SELECT level, block_x, block_y, x, y, minor_id, sum(count), sum(faulty), sum(lon), sum(lat)
FROM gone GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0"""


def gather(now: datetime) -> None:
    """Make one row of the rows of each square. A daily chore; sums stay what they were."""
    with connection.cursor() as cursor:
        cursor.execute(_GATHER)


@transaction.atomic
def recount() -> None:
    """Count all components anew; writers wait meanwhile. Only for whoever has written with triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT grid_recount_components()")
