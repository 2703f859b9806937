"""Where a row lies: its geometry as it was given, and the cell that follows from it."""

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import as_multi, inner_point, lies_on_earth, read_geometry
from cityloop.grid.models import Cell, Component, Street
from cityloop.org.selectors import active_between

STREET_SHAPES: Final = frozenset({"MultiLineString"})


def place_row(row: Any, geometry: Any, *, on: date) -> None:
    """Set the geometry (GeoJSON or WKT, degrees) and the cell; refused as `invalid` where it cannot be."""
    shape = read_geometry(geometry)
    if not lies_on_earth(shape):
        raise _invalid(_("经纬度超出范围"))
    if isinstance(row, Street):
        shape = as_multi(shape)
        if shape.geom_type not in STREET_SHAPES:
            raise _invalid(_("道路的图形应为线"))
        row.geom = shape
        return
    cell = find_cell_of(shape, on=on)
    if cell is None:
        raise _invalid(_("位置不在任何单元网格内"))
    if isinstance(row, Component) and row.code and not cell.code.startswith(row.code[:6]):
        raise _invalid(_("位置在另一个区：请在原区停用，到新区重新登记"))
    row.geom, row.cell = shape, cell


def find_cell_of(shape: Any, *, on: date) -> Cell | None:
    """The cell in which a shape's inner point lies that day; on a border the lowest code."""
    lasting = active_between(on, "valid_from", "valid_to")
    return Cell.objects.filter(lasting, geom__covers=inner_point(shape)).order_by("code").first()


def _invalid(message: str) -> Refused:
    return Refused("invalid", message, {"fields": {"geometry": message}})
