"""Area classes (区域等级) of cells through time."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import AreaClass, Cell
from cityloop.grid.models.dated import Dated, dates_in_order


class CellClass(Dated):
    """The class of a cell from a day to a day. A cell whose class never changed has no row: `Cell.area_class` holds.

    Cases keep the class they were filed under; a row here never reaches them.
    """

    cell = models.ForeignKey(Cell, verbose_name=_("单元网格"), on_delete=models.CASCADE, related_name="classes")
    area_class = models.CharField(_("区域等级"), max_length=1, choices=AreaClass.choices)

    class Meta:
        verbose_name = _("网格区域等级")
        verbose_name_plural = _("网格区域等级")
        ordering = ["cell_id", "valid_from"]
        constraints = [
            dates_in_order("cell_class"),
            models.CheckConstraint(condition=Q(area_class__in=AreaClass.values), name="grid_cell_class_row_known"),
            models.UniqueConstraint(fields=["cell", "valid_from"], name="grid_cell_class_begins_once"),
            models.UniqueConstraint(fields=["cell"], condition=Q(valid_to=None), name="grid_cell_class_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.area_class} {self.valid_from}"
