"""What the engine works on, read from base data: outlines, lines, cells in force, numbers ever given."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import shapely
from django.db.models import Max, Q, QuerySet

from cityloop.base.geometry import as_wkb, from_wkb
from cityloop.grid.cells.engine.checks import CellShape
from cityloop.grid.cells.engine.linework import Line, Outline, strength_of
from cityloop.grid.models import Area, Cell, Level, Street, StreetLevel

REACH: Final = 1e-5  # degrees, about a metre: outlines this near touch


def in_force(on: date) -> Q:
    """The condition that a row counts on that day."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def to_shape(geom: Any) -> Any:
    """A stored geometry as the engine takes it."""
    return shapely.from_wkb(as_wkb(geom))


def to_geom(shape: Any) -> Any:
    """A shape of the engine as it is stored."""
    return from_wkb(shapely.to_wkb(shape))


def list_communities(area_code: str, *, on: date) -> QuerySet[Area]:
    """The communities within an area that count on that day."""
    found = Area.objects.filter(in_force(on), level=Level.COMMUNITY, code__startswith=area_code)
    return found.order_by("code")


def list_around(area_code: str, outlines: Sequence[Outline], *, on: date) -> QuerySet[Area]:
    """The communities outside an area that may touch it."""
    west, south, east, north = (float(value) for value in shapely.total_bounds([one.shape for one in outlines]))
    frame = to_geom(shapely.box(west - REACH, south - REACH, east + REACH, north + REACH))
    found = list_communities("", on=on).exclude(code__startswith=area_code)
    return found.filter(geom__bboverlaps=frame) if area_code else found.none()


def list_cells(area_code: str, *, on: date) -> QuerySet[Cell]:
    """The cells within an area that are in force on that day."""
    return Cell.objects.filter(in_force(on), code__startswith=area_code).order_by("code")


def outlines_of(areas: Iterable[Area]) -> list[Outline]:
    """Communities as the engine takes them."""
    return [Outline(area.code, to_shape(area.geom)) for area in areas]


def shapes_of(cells: Iterable[Cell]) -> list[CellShape]:
    """Cells as the checks take them."""
    return [CellShape(cell.code, to_shape(cell.geom)) for cell in cells]


def lines_around(outlines: Iterable[Outline], *, on: date) -> list[Line]:
    """The streets on the ground that cells within these outlines follow."""
    bounds = shapely.total_bounds([outline.shape for outline in outlines])
    frame = to_geom(shapely.box(*bounds))
    streets = Street.objects.filter(in_force(on), level=StreetLevel.GROUND, geom__bboverlaps=frame).order_by("code")
    found = [Line(to_shape(street.geom), strength_of(street.road_class)) for street in streets]
    return [line for line in found if line.strength]


def numbers_used(communities: Iterable[str]) -> dict[str, int]:
    """The highest number each community has ever given, retired cells included."""
    rows = Cell.objects.filter(community__in=list(communities)).values_list("community").annotate(last=Max("code"))
    return {community: int(last[12:]) for community, last in rows}
