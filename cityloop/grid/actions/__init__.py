"""Writes of base data. Each is guarded by a permission, written into history and journal, and changes the stamp."""

from cityloop.grid.actions.classes import set_area_class, settle_classes
from cityloop.grid.actions.creating import create_component, create_object
from cityloop.grid.actions.duty import (
    Counts,
    assign_holder,
    check_holder,
    common_area,
    load_geography,
    load_holders,
    release_holder,
    set_duty_grid,
)
from cityloop.grid.actions.editing import Edit, change, confirm, move, retire
from cityloop.grid.actions.extras import set_extra_field
from cityloop.grid.actions.work import compose, create_work_grid

__all__ = [
    "Counts",
    "Edit",
    "assign_holder",
    "change",
    "check_holder",
    "common_area",
    "compose",
    "confirm",
    "create_component",
    "create_object",
    "create_work_grid",
    "load_geography",
    "load_holders",
    "move",
    "release_holder",
    "retire",
    "set_area_class",
    "set_duty_grid",
    "set_extra_field",
    "settle_classes",
]
