"""Online update of components (部件在线更新): what somebody on the spot says has changed, until it is decided."""

from typing import Any, Final

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cityloop.grid.models.components import Component
from cityloop.grid.models.dated import SRID


class UpdateKind(models.TextChoices):
    """What a proposal says of a component."""

    CONFIRMED = "confirmed", _("核对无误")
    CHANGED = "changed", _("内容有变")
    MOVED = "moved", _("位置有变")
    GONE = "gone", _("已不存在")
    NEW = "new", _("新部件")


class UpdateState(models.TextChoices):
    """What a proposal waits for, or how it ended. `asked`: somebody is to look and has not answered."""

    ASKED = "asked", _("待核对")
    OPEN = "open", pgettext_lazy("更新申请", "待审批")
    APPROVED = "approved", pgettext_lazy("更新申请", "已批准")
    REFUSED = "refused", pgettext_lazy("更新申请", "已退回")
    RECALLED = "recalled", pgettext_lazy("更新申请", "已撤回")


PENDING: Final = (UpdateState.ASKED.value, UpdateState.OPEN.value)


class Proposal(models.Model):
    """A proposal to update a component (更新申请); one at a time for each component.

    `values` are the new values as the actions take them, `before` what the proposer saw of them, `revision` the
    component's latest change at that time. `stood` is where he stood. `asked` rows come from a closed case.
    Who is kept as id and name, without a foreign key.
    """

    state = models.CharField(_("状态"), max_length=10, choices=UpdateState.choices)
    kind = models.CharField(_("更新类型"), max_length=10, choices=UpdateKind.choices, blank=True)
    component = models.ForeignKey(
        Component,
        verbose_name=_("部件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    minor = models.ForeignKey(
        "codes.Minor", verbose_name=_("小类"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    values = models.JSONField(_("新值"), default=dict, blank=True)
    before = models.JSONField(_("原值"), default=dict, blank=True)
    geom: Any = models.GeometryField(_("新位置"), srid=SRID, null=True, blank=True, spatial_index=False)
    stood: Any = models.PointField(_("现场位置"), srid=SRID, null=True, blank=True, spatial_index=False)
    photos = ArrayField(models.UUIDField(), verbose_name=_("照片"), default=list, blank=True)
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    revision = models.BigIntegerField(_("依据的变更"), default=0)
    case_number = models.CharField(_("案件编号"), max_length=20, blank=True)
    asked_of = models.BigIntegerField(_("核对人编号"), null=True, blank=True)
    client_id = models.UUIDField(_("客户端编号"), null=True, blank=True, unique=True)
    at = models.DateTimeField(_("提出时间"))
    by_id = models.BigIntegerField(_("申请人编号"), null=True, blank=True)
    by_name = models.CharField(_("申请人"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by_id = models.BigIntegerField(_("处理人编号"), null=True, blank=True)
    decided_by_name = models.CharField(_("处理人"), max_length=200, blank=True)
    answer = models.CharField(_("处理意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("更新申请")
        verbose_name_plural = _("更新申请")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="grid_proposal_of_state"),
            models.Index(fields=["by_id", "-id"], name="grid_proposal_of_person"),
            models.Index(fields=["asked_of", "-id"], name="grid_proposal_asked", condition=Q(state="asked")),
            models.Index(fields=["case_number"], name="grid_proposal_of_case", condition=~Q(case_number="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["component"], name="grid_proposal_one_pending", condition=Q(state__in=["asked", "open"])
            ),
            models.CheckConstraint(condition=Q(state__in=UpdateState.values), name="grid_proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked", kind="") | Q(kind__in=UpdateKind.values), name="grid_proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(component__isnull=False) | Q(kind="new"), name="grid_proposal_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it can be decided or recalled."""
        return self.state == UpdateState.OPEN
