"""Published flows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlowVersion(models.Model):
    """One published version of a flow: immutable (a trigger refuses UPDATE and DELETE)."""

    kind = models.CharField(_("种类"), max_length=40)
    number = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("原文"))
    options = models.JSONField(_("选项"), default=dict)
    data = models.JSONField(_("展开后的流程"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.CharField(_("发布人"), max_length=80)

    class Meta:
        verbose_name = _("流程版本")
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="flow_version_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ActiveFlow(models.Model):
    """Which version new subjects of a kind begin with."""

    kind = models.CharField(_("种类"), max_length=40, primary_key=True)
    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, verbose_name=_("版本"))

    class Meta:
        verbose_name = _("现行流程")

    def __str__(self) -> str:
        return self.kind
