"""Base data (基础数据): areas, unit grids, duty grids and who holds them, components, streets."""

from cityloop.grid.models.areas import Area, AreaClass, Cell, Level, Street, StreetLevel
from cityloop.grid.models.components import Component, ComponentState
from cityloop.grid.models.dated import SRID, Dated, dates_in_order
from cityloop.grid.models.duty import EVERY_DAY, DutyGrid, DutyHolder
from cityloop.grid.models.version import GridVersion

__all__ = [
    "EVERY_DAY",
    "SRID",
    "Area",
    "AreaClass",
    "Cell",
    "Component",
    "ComponentState",
    "Dated",
    "DutyGrid",
    "DutyHolder",
    "GridVersion",
    "Level",
    "Street",
    "StreetLevel",
    "dates_in_order",
]
