"""Work grids (工作网格): what a unit composes from unit grids for its own crews."""

from typing import Any

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order


class WorkGrid(Dated):
    """A work grid of one unit. Its cells need not touch; no other lasting work grid of the unit has them."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    unit = models.ForeignKey("org.Unit", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("备注"), max_length=200, blank=True)
    cells = models.ManyToManyField(Cell, verbose_name=_("单元网格"), related_name="work_grids")
    geom: Any = models.MultiPolygonField(_("范围"), srid=SRID)

    class Meta:
        verbose_name = _("工作网格")
        verbose_name_plural = _("工作网格")
        ordering = ["code"]
        constraints = [dates_in_order("work_grid")]

    def __str__(self) -> str:
        return self.name
