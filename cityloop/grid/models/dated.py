"""What all base data share: dates.

Rows are dated: `valid_to` is the last day that counts, empty while it lasts. Nothing is deleted, and a retired code
never comes again: the unique constraint holds for retired rows too.
"""

from datetime import date, timedelta

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

SRID = 4326


class Dated(models.Model):
    """A row in force from a day to a day, the last one included."""

    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_in_force(self, on: date) -> bool:
        """Whether the row holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def dates_in_order(name: str, *, may_be_void: bool = False) -> models.CheckConstraint:
    """The constraint that no row ends before it begins.

    A row that `may_be_void` may end the day before: replaced on the day it began, it never was in force, and its code
    stays used.
    """
    first = F("valid_from") - timedelta(days=1) if may_be_void else F("valid_from")
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_to__gte=first), name=f"grid_{name}_dates_in_order"
    )
