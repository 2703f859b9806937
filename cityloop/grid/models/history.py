"""What became of base data: one row a change, appended and never changed."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Subject(models.TextChoices):
    """What kind of base data a change concerns."""

    AREA = "area", _("行政区域")
    CELL = "cell", _("单元网格")
    DUTY_GRID = "duty_grid", _("责任网格")
    WORK_GRID = "work_grid", _("工作网格")
    STREET = "street", _("道路")
    COMPONENT = "component", _("部件")
    PLACE = "place", _("地名地址")
    OBJECT = "object", _("登记对象")
    LAYER = "layer", _("图层")


class Verb(models.TextChoices):
    """What was done."""

    CREATED = "created", pgettext_lazy("变更", "新增")
    CHANGED = "changed", pgettext_lazy("变更", "修改")
    MOVED = "moved", pgettext_lazy("变更", "移位")
    RETIRED = "retired", pgettext_lazy("变更", "停用")
    CONFIRMED = "confirmed", pgettext_lazy("变更", "核对无误")


class Change(models.Model):
    """One change of one object, with the values that changed before and after; geometry as GeoJSON.

    Who is kept as id and name, without a foreign key. `on` is the day from which it holds. `batch` names what many
    changes belong to: an import, a generator's draft. A trigger refuses to change or delete a row.
    """

    kind = models.CharField(_("类别"), max_length=10, choices=Subject.choices)
    code = models.CharField(_("编码"), max_length=40)
    what = models.CharField(_("操作"), max_length=10, choices=Verb.choices)
    at = models.DateTimeField(_("时间"))
    on = models.DateField(_("生效日期"))
    by_id = models.BigIntegerField(_("操作人编号"), null=True, blank=True)
    by_name = models.CharField(_("操作人"), max_length=200)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    batch = models.CharField(_("批次"), max_length=60, blank=True)
    before = models.JSONField(_("原值"), default=dict, blank=True)
    after = models.JSONField(_("新值"), default=dict, blank=True)

    class Meta:
        verbose_name = _("变更")
        verbose_name_plural = _("变更")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "code", "-id"], name="grid_change_of_subject"),
            models.Index(fields=["batch", "id"], name="grid_change_of_batch", condition=~models.Q(batch="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.what}"
