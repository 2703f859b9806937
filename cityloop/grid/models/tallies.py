"""How many components stand where: what maps show when zoomed out."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class ComponentTally(models.Model):
    """Components in use of one minor category in one square: a tile of zoom `level` (12, 14, 16 or 18).

    A trigger on components adds rows with what a statement changed, negative ones where components went, so that
    nobody waits for a lock and an import costs one statement: read sums. `cityloop work` puts rows of one square
    together. `block_x`, `block_y` is the tile four zooms up, by which squares are found. `lon` and `lat` are sums too.
    """

    level = models.PositiveSmallIntegerField()
    block_x = models.IntegerField()
    block_y = models.IntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    minor = models.ForeignKey("codes.Minor", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    count = models.IntegerField()
    faulty = models.IntegerField()  # damaged or missing
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        verbose_name = _("部件计数")
        verbose_name_plural = _("部件计数")
        indexes = [models.Index("level", "block_x", "block_y", name="grid_tally_of_tile")]

    def __str__(self) -> str:
        return f"{self.level}/{self.x}/{self.y} {self.minor_id}: {self.count}"
