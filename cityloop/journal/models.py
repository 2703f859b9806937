"""The journal: what happened outside the cases, for auditors. Rows are appended and never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act. The actor is kept as id and name, without a foreign key: the entry outlives the account."""

    at = models.DateTimeField(_("时间"), db_index=True)
    what = models.CharField(_("操作"), max_length=80)
    by_id = models.BigIntegerField(_("操作人编号"), null=True, blank=True)
    by_name = models.CharField(_("操作人"), max_length=200)
    subject = models.CharField(_("对象"), max_length=200, blank=True)
    data = models.JSONField(_("内容"), default=dict, blank=True)

    class Meta:
        verbose_name = _("日志")
        verbose_name_plural = _("日志")
        indexes = [models.Index(fields=["what", "-id"], name="journal_what")]

    def __str__(self) -> str:
        return f"{self.what} {self.subject}".strip()
