"""Kept from the feed of events for maps: how far it was followed, and how many cases are where in which phase."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from cityloop.cases.models.core import Case


class FeedPosition(models.Model):
    """How far one follower has followed the feed of events, in the order of (xid, id)."""

    name = models.CharField(max_length=30, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("经过流位置")

    def __str__(self) -> str:
        return f"{self.name}: {self.xid}/{self.event_id}"


class CellCount(models.Model):
    """How many cases of one cell are in one phase, apart by everything that decides who watches over them.

    `cell` is the id of the cell that the cases were filed in, 0 for none. `point` is where the count stands: in the
    cell, else in the area, else at one of its cases; without any it is on no map.
    """

    cell = models.BigIntegerField(default=0)
    area_code = models.CharField(max_length=15)
    supervising = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    commanding = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", db_index=False)
    filed = models.BooleanField()
    phase = models.CharField(max_length=20)
    count = models.IntegerField(default=0)
    point = models.PointField(srid=4326, null=True)

    class Meta:
        verbose_name = _("网格案件数")
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "area_code", "supervising", "commanding", "filed", "phase"], name="case_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.phase}: {self.count}"


class Counted(models.Model):
    """Under which count a case stands now, so that it can be taken out again."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="+", primary_key=True)
    place = models.ForeignKey(CellCount, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("已计案件")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.place_id}"
