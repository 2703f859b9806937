"""Imagery (影像): pictures of the ground from above, cut into tiles that lie on our own disk."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Imagery(models.Model):
    """One image as a layer of the map. Bounds in degrees; zooms are those for which there are tiles."""

    name = models.CharField(_("名称"), max_length=60)
    taken_on = models.DateField(_("拍摄日期"), null=True, blank=True)
    attribution = models.CharField(_("数据来源说明"), max_length=200, blank=True)
    is_shown = models.BooleanField(_("在地图上显示"), default=True)
    west, south = models.FloatField(), models.FloatField()
    east, north = models.FloatField(), models.FloatField()
    min_zoom, max_zoom = models.PositiveSmallIntegerField(), models.PositiveSmallIntegerField()
    file = models.CharField(max_length=60, unique=True)  # below settings.IMAGERY_ROOT
    size = models.PositiveBigIntegerField(_("字节数"))
    added_at = models.DateTimeField(_("加入时间"))
    added_by_id = models.BigIntegerField(null=True)
    added_by_name = models.CharField(_("加入人"), max_length=60)

    class Meta:
        verbose_name = _("影像")
        verbose_name_plural = _("影像")
        ordering = ["-taken_on", "-id"]

    def __str__(self) -> str:
        return self.name
