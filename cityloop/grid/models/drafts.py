"""Drafts: cells and duty grids that were proposed, and are looked at before they are published."""

from typing import Any

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cityloop.grid.models.areas import AreaClass, Cell
from cityloop.grid.models.dated import SRID


class DraftKind(models.TextChoices):
    """What is proposed."""

    CELLS = "cells", _("单元网格")
    DUTY_GRIDS = "duty_grids", _("责任网格")


class DraftState(models.TextChoices):
    """What became of it."""

    OPEN = "open", pgettext_lazy("草案", "待发布")
    PUBLISHED = "published", pgettext_lazy("草案", "已发布")
    DISCARDED = "discarded", pgettext_lazy("草案", "已放弃")


class Draft(models.Model):
    """A proposal for an area, with what it was made from and what the checks said."""

    kind = models.CharField(_("类别"), max_length=10, choices=DraftKind.choices)
    area_code = models.CharField(_("区域编码"), max_length=12, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.CharField(_("生成人"), max_length=200)
    settings = models.JSONField(_("参数"), default=dict)
    report = models.JSONField(_("检查报告"), default=dict)
    published_on = models.DateField(_("起用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("网格草案")
        verbose_name_plural = _("网格草案")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_code} {self.pk}"


class DraftCell(models.Model):
    """A proposed cell. One that is `kept` is a cell in force that stays as it is."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="cells")
    code = models.CharField(_("网格编码"), max_length=15)
    area_class = models.CharField(_("区域等级"), max_length=1, choices=AreaClass.choices)
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"))
    kept = models.BooleanField(_("沿用"), default=False)
    geom: Any = models.PolygonField(_("范围"), srid=SRID)

    class Meta:
        verbose_name = _("草案网格")
        verbose_name_plural = _("草案网格")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["draft", "code"], name="grid_draft_cell_once")]

    def __str__(self) -> str:
        return self.code


class DraftDutyGrid(models.Model):
    """A proposed duty grid."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="duty_grids")
    code = models.CharField(_("编码"), max_length=30)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("草案责任网格")
        verbose_name_plural = _("草案责任网格")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["draft", "code"], name="grid_draft_duty_grid_once")]

    def __str__(self) -> str:
        return self.name


class DraftMember(models.Model):
    """A cell in a proposed duty grid, and the load it brings."""

    duty_grid = models.ForeignKey(DraftDutyGrid, on_delete=models.CASCADE, related_name="members")
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+")
    load = models.FloatField(_("工作量"))

    class Meta:
        verbose_name = _("草案责任网格成员")
        verbose_name_plural = _("草案责任网格成员")
        ordering = ["cell_id"]
        constraints = [models.UniqueConstraint(fields=["duty_grid", "cell"], name="grid_draft_member_once")]

    def __str__(self) -> str:
        return f"{self.duty_grid_id} {self.cell_id}"
