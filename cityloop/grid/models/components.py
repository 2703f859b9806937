"""Components (部件): the street objects that are registered."""

from typing import Any

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order


class ComponentState(models.TextChoices):
    """State of a component (standard's ObjState)."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("破损")
    MISSING = "missing", _("丢失")
    DISCARDED = "discarded", _("废弃")
    REMOVED = "removed", _("移除")


class Component(Dated):
    """A street object (部件): 6 district + 2 major + 2 minor + 6 sequence digits. A point, a line or an area."""

    code = models.CharField(_("标识码"), max_length=16, unique=True)
    minor = models.ForeignKey("codes.Minor", verbose_name=_("小类"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    place = models.CharField(_("所在位置"), max_length=200, blank=True)
    cell = models.ForeignKey(
        Cell, verbose_name=_("单元网格"), null=True, blank=True, on_delete=models.PROTECT, related_name="components"
    )
    manager = models.ForeignKey(
        "org.Unit", verbose_name=_("主管部门"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "org.Unit", verbose_name=_("权属单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    maintainer = models.ForeignKey(
        "org.Unit", verbose_name=_("养护单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=ComponentState.choices, default=ComponentState.INTACT)
    changed_on = models.DateField(_("变更日期"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=30, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    geom: Any = models.GeometryField(_("位置"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("部件")
        verbose_name_plural = _("部件")
        ordering = ["code"]
        constraints = [
            dates_in_order("component"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{16}$"), name="grid_component_code_sixteen_digits"),
            models.CheckConstraint(condition=Q(state__in=ComponentState.values), name="grid_component_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
