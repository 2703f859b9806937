"""The base data that are drawn as they are: areas, streets, grids. One statement a tile, one sheet a source layer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cityloop.base.maps import LEAST_ZOOM, Wanted
from cityloop.base.tiles import BOX, RIM, encoded, point, shape, values_of
from cityloop.base.tiles import draw as draw_statement
from cityloop.base.time import city_date
from cityloop.grid.models import PIPES_LAYER

IN_FORCE: Final = "t.valid_from <= %(today)s AND (t.valid_to IS NULL OR t.valid_to >= %(today)s)"
# The middle of most shapes lies in them, and is found a hundred times faster than a point that surely does.
# OFFSET keeps the planner from working it out once for every mention.
_LABEL: Final = """CROSS JOIN LATERAL (
    SELECT CASE WHEN ST_Intersects(t.geom, ST_Centroid(t.geom)) THEN ST_Centroid(t.geom)
        ELSE ST_PointOnSurface(t.geom) END AS at OFFSET 0) label"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One source layer: the table `t`, the properties, and which rows at which zoom (`%(z)s`).

    A label is a point within the shape, in the one tile where it lies.
    """

    name: str
    table: str
    columns: str
    min_zoom: int = LEAST_ZOOM
    only: str = "true"
    label: bool = False

    def statement(self) -> str:
        """Its SQL."""
        geometry = point("label.at") if self.label else shape("t.geom")
        table = f"{self.table} t {_LABEL}" if self.label else f"{self.table} t"
        inside = f"t.geom && {BOX} AND label.at && {BOX}" if self.label else f"t.geom && {RIM}"
        rows = f"""SELECT t.id, {self.columns}, {geometry} AS geom FROM {table}
            WHERE {inside} AND {IN_FORCE} AND ({self.only}) ORDER BY t.id"""
        return encoded(self.name, rows)


def drawer(sheets: Iterable[Sheet]) -> Callable[[Wanted], bytes]:
    """What draws these sheets into one tile."""
    made = [(sheet.min_zoom, sheet.statement()) for sheet in sheets]

    def draw(wanted: Wanted) -> bytes:
        statements = [text for min_zoom, text in made if wanted.tile.z >= min_zoom]
        values = values_of(wanted.tile) | {"today": city_date(wanted.now)}
        return draw_statement(" UNION ALL ".join(statements), values) if statements else b""

    return draw


# Far away only what is large: a tile of the whole city holds its main roads, not its lanes.
_MAIN: Final = "('motorway', 'trunk', 'primary')"
_MIDDLE: Final = "('motorway', 'trunk', 'primary', 'secondary', 'tertiary')"
_STREETS: Final = f"""%(z)s >= 14 OR t.road_class IN {_MAIN}
    OR (%(z)s >= 12 AND t.road_class IN {_MIDDLE})"""
_AREAS: Final = """t.level IN ('city', 'district')
    OR (%(z)s >= 10 AND t.level = 'street') OR (%(z)s >= 13 AND t.level = 'community')"""
_NAMED_AREAS: Final = """(%(z)s < 11 AND t.level IN ('city', 'district'))
    OR (%(z)s BETWEEN 10 AND 13 AND t.level = 'street')
    OR (%(z)s >= 14 AND t.level = 'community')"""

GROUND: Final = (
    Sheet("areas", "grid_area", "t.code, t.name, t.level", only=_AREAS),
    Sheet("streets", "grid_street", "t.name, t.road_class AS class, t.level", min_zoom=10, only=_STREETS),
    Sheet("area_labels", "grid_area", "t.code, t.name, t.level", only=_NAMED_AREAS, label=True),
)
# Underground: a layer of registered objects of its own, for its permission and because lines are drawn whole.
PIPES: Final = (
    Sheet(
        "pipes",
        "grid_mapobject",
        "t.code, t.name, t.extension->>'pipe_kind' AS kind, t.state",
        min_zoom=14,
        only=f"t.layer_id = (SELECT id FROM grid_objectlayer WHERE code = '{PIPES_LAYER}')",
    ),
)
CELLS: Final = (Sheet("cells", "grid_cell", "t.code, t.area_class AS class", min_zoom=13),)
DUTY_GRIDS: Final = (
    Sheet("duty_grids", "grid_dutygrid", "t.code, t.name", min_zoom=10),
    Sheet("duty_grid_labels", "grid_dutygrid", "t.code, t.name", min_zoom=13, label=True),
)
WORK_GRIDS: Final = (
    Sheet("work_grids", "grid_workgrid", "t.code, t.name, t.unit_id AS unit", min_zoom=10),
    Sheet("work_grid_labels", "grid_workgrid", "t.code, t.name, t.unit_id AS unit", min_zoom=13, label=True),
)
