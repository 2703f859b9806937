"""Which unit answers for which category: what a dispatcher is recommended."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PLACE: Final = "*"  # in a unit's code: the code of the 街道 or of the district in which the case lies


class Duty(models.Model):
    """A category and a unit that answers for it, from a day to a day (the last one counts).

    `code` is a minor category (four digits) or a major one (two), which serves where the minor has no duty of its
    own. `unit_code` is a unit's code; `*` in it stands for the place: `OFFICE-*`, `*-SANITATION`.
    """

    edition = models.ForeignKey("codes.Edition", models.PROTECT, related_name="+", verbose_name=_("标准版本"))
    kind = models.CharField(_("类型"), max_length=20)
    code = models.CharField(_("类别编码"), max_length=4)
    unit_code = models.CharField(_("责任单位"), max_length=40)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("职责")
        verbose_name_plural = _("职责")
        ordering = ["edition", "kind", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "code", "unit_code", "valid_from"], name="dispatch_duty_once_a_day"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{2}(\d{2})?$"), name="dispatch_duty_code_digits"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="dispatch_duty_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}: {self.unit_code}"
