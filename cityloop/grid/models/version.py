"""The stamp of all base data."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class GridVersion(models.Model):
    """One row. Its stamp changes with every write to this app; maps and caches are kept by it.

    `attribution` is what the origin of the streets wants said wherever they are shown.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)
    attribution = models.CharField(_("数据来源说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("基础数据版本")
        verbose_name_plural = _("基础数据版本")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="grid_one_version")]

    def __str__(self) -> str:
        return self.stamp
