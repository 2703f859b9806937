"""确权 before launch: every unit confirms or disputes the components that are said to be its own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.components import Component


class OwnershipRound(models.Model):
    """One round of confirmation, with the last day on which units answer. One is open at a time."""

    name = models.CharField(_("名称"), max_length=60)
    area_code = models.CharField(_("区域"), max_length=12, blank=True)
    due_on = models.DateField(_("截止日期"))
    opened_at = models.DateTimeField(_("开始时间"))
    opened_by_name = models.CharField(_("发起人"), max_length=60)
    closed_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("确权批次")
        verbose_name_plural = _("确权批次")
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether units may still answer."""
        return self.closed_at is None


class OwnershipItem(models.Model):
    """A unit's components of one category in a round: one line of its list. Without a unit: nobody's."""

    round = models.ForeignKey(OwnershipRound, models.CASCADE, related_name="items")
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    minor = models.ForeignKey("codes.Minor", models.PROTECT, related_name="+", verbose_name=_("小类"), db_index=False)
    count = models.PositiveIntegerField(_("部件数"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(_("确认人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("确权清单")
        verbose_name_plural = _("确权清单")
        ordering = ["round_id", "unit_id", "minor__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "unit", "minor"], nulls_distinct=False, name="grid_ownership_item_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.unit_id} {self.minor_id}"


class DisputeReason(models.TextChoices):
    """Why a unit says that a component is not its own."""

    NOT_OURS = "not_ours", _("不属于本单位")
    HANDED_OVER = "handed_over", _("已移交其他单位")
    NOT_ACCEPTED = "not_accepted", _("尚未移交接收")
    ABANDONED = "abandoned", _("已废弃或不存在")
    OTHER = "other", _("其他")


class OwnershipDispute(models.Model):
    """A component that a unit does not take for its own, until somebody decides whose it is, and why."""

    round = models.ForeignKey(OwnershipRound, models.CASCADE, related_name="disputes")
    component = models.ForeignKey(Component, models.PROTECT, related_name="disputes", verbose_name=_("部件"))
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", verbose_name=_("提出单位"))
    named = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("认为应属"))
    reason = models.CharField(_("理由"), max_length=20, choices=DisputeReason.choices)
    text = models.CharField(_("说明"), max_length=500)
    opened_at = models.DateTimeField(_("提出时间"))
    opened_by_name = models.CharField(_("提出人"), max_length=60)
    decided_at = models.DateTimeField(_("裁定时间"), null=True)
    decided_by_name = models.CharField(_("裁定人"), max_length=60, blank=True)
    decided_unit = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("裁定归属")
    )
    basis = models.CharField(_("裁定依据"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("权属争议")
        verbose_name_plural = _("权属争议")
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"], condition=Q(decided_at=None), name="grid_ownership_one_dispute"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, basis="") | (Q(decided_at__isnull=False) & ~Q(basis="")),
                name="grid_ownership_decided_with_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component_id}: {self.unit_id}"
