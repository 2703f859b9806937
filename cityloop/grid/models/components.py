"""Components (部件): the street objects that are registered."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order


def _duty(label: Any) -> Any:
    """A unit's duty for a component; its index is a composite one below."""
    return models.ForeignKey(
        "org.Unit",
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


class ComponentState(models.TextChoices):
    """State of a component (standard's ObjState)."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("破损")
    MISSING = "missing", _("丢失")
    DISCARDED = "discarded", _("废弃")
    REMOVED = "removed", _("移除")


class Accuracy(models.TextChoices):
    """How closely a component was surveyed: 0.5 m, 1 m, 10 m."""

    A = "A", _("A 级（±0.5 米）")
    B = "B", _("B 级（±1.0 米）")
    C = "C", _("C 级（±10.0 米）")


class Component(Dated):
    """A street object (部件): 6 district + 2 major + 2 minor + 6 sequence digits. A point, a line or an area.

    `valid_from` is the standard's initial date. `extension` holds what the category's `ExtraField` rows ask for.
    """

    code = models.CharField(_("标识码"), max_length=16, unique=True)
    minor = models.ForeignKey(
        "codes.Minor", verbose_name=_("小类"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(_("名称"), max_length=60)
    place = models.CharField(_("所在位置"), max_length=200, blank=True)
    cell = models.ForeignKey(
        Cell,
        verbose_name=_("单元网格"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="components",
        db_index=False,
    )
    manager = _duty(_("主管部门"))
    owner = _duty(_("权属单位"))
    maintainer = _duty(_("养护单位"))
    state = models.CharField(_("状态"), max_length=10, choices=ComponentState.choices, default=ComponentState.INTACT)
    changed_on = models.DateField(_("变更日期"), null=True, blank=True)
    # The day on which somebody looked and found everything as it stands here.
    confirmed_on = models.DateField(_("核对日期"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=40, blank=True)  # a code of the dictionary `base_data_sources`
    accuracy = models.CharField(_("定位精度"), max_length=1, choices=Accuracy.choices, blank=True)
    extension = models.JSONField(_("扩展属性"), default=dict, blank=True)
    # Ids of uploads: evidence stands above base data and is known here by number alone.
    photos = ArrayField(models.UUIDField(), verbose_name=_("照片"), default=list, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    geom: Any = models.GeometryField(_("位置"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("部件")
        verbose_name_plural = _("部件")
        ordering = ["code"]
        # Lists are read in the order of codes under one filter.
        indexes = [
            models.Index(fields=["minor", "code"], name="grid_component_of_minor"),
            models.Index(fields=["cell", "code"], name="grid_component_of_cell"),
            models.Index(fields=["manager", "code"], name="grid_component_of_manager"),
            models.Index(fields=["owner", "code"], name="grid_component_of_owner"),
            models.Index(fields=["maintainer", "code"], name="grid_component_of_maintainer"),
            models.Index(fields=["state", "code"], name="grid_component_not_intact", condition=~Q(state="intact")),
        ]
        constraints = [
            dates_in_order("component"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{16}$"), name="grid_component_code_sixteen_digits"),
            models.CheckConstraint(condition=Q(state__in=ComponentState.values), name="grid_component_state_known"),
            models.CheckConstraint(
                condition=Q(accuracy__in=["", *Accuracy.values]), name="grid_component_accuracy_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
