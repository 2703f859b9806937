"""Duty grids (责任网格) and who holds them."""

from typing import Any

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order

EVERY_DAY = 0b1111111  # Monday is the lowest bit


class DutyGrid(Dated):
    """A duty grid (责任网格): adjacent cells that one inspector at a time patrols."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    # Longest area code that all its cells begin with.
    area_code = models.CharField(_("区域编码"), max_length=12)
    cells = models.ManyToManyField(Cell, verbose_name=_("单元网格"), related_name="duty_grids")
    geom: Any = models.MultiPolygonField(_("范围"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("责任网格")
        verbose_name_plural = _("责任网格")
        ordering = ["code"]
        constraints = [dates_in_order("duty_grid", may_be_void=True)]

    def __str__(self) -> str:
        return self.name


class DutyHolder(Dated):
    """Who patrols a duty grid on which weekdays and hours. No hours: the whole day. Hours may pass midnight."""

    duty_grid = models.ForeignKey(
        DutyGrid, verbose_name=_("责任网格"), on_delete=models.PROTECT, related_name="holders"
    )
    person = models.ForeignKey("org.Person", verbose_name=_("监督员"), on_delete=models.PROTECT, related_name="+")
    shift = models.CharField(_("班次"), max_length=20, blank=True)
    weekdays = models.PositiveSmallIntegerField(_("星期"), default=EVERY_DAY)
    start_time = models.TimeField(_("上班时间"), null=True, blank=True)
    end_time = models.TimeField(_("下班时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("责任网格监督员")
        verbose_name_plural = _("责任网格监督员")
        ordering = ["duty_grid_id", "start_time", "id"]
        constraints = [
            dates_in_order("duty_holder"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="grid_duty_holder_weekdays_known"
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None)
                | (Q(start_time__isnull=False, end_time__isnull=False) & ~Q(start_time=F("end_time"))),
                name="grid_duty_holder_hours_whole",
            ),
            models.UniqueConstraint(
                fields=["duty_grid", "person", "shift", "valid_from"], name="grid_duty_holder_once_a_shift"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_grid_id}: {self.person_id} {self.shift}"
