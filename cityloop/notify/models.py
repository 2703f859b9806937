"""Notices: something waits for you. They know no case, only a text key, its words and an address."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One notice, to a person or to whoever holds a post of a kind (in a unit, if named) over an area."""

    at = models.DateTimeField(_("时间"))
    person = models.ForeignKey("org.Person", verbose_name=_("人员"), null=True, on_delete=models.CASCADE)
    unit = models.ForeignKey("org.Unit", verbose_name=_("单位"), null=True, on_delete=models.CASCADE)
    post_kind = models.CharField(_("岗位"), max_length=20, blank=True)
    area_code = models.CharField(_("区域编码"), max_length=12, blank=True)
    text_key = models.CharField(_("文本"), max_length=80)
    params = models.JSONField(_("词语"), default=dict)
    url = models.CharField(_("地址"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit=None, post_kind="") | Q(person=None) & ~Q(post_kind=""),
                name="notify_notice_to_person_or_post",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notify_person", condition=Q(person__isnull=False)),
            models.Index(fields=["post_kind", "unit", "-id"], name="notify_post", condition=Q(person=None)),
            models.Index(fields=["at"], name="notify_at"),
        ]

    def __str__(self) -> str:
        return f"{self.text_key} {self.url}"


class Reading(models.Model):
    """That a person has read a notice; a notice to a post is read by each holder for himself."""

    notice = models.ForeignKey(Notice, verbose_name=_("提醒"), on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey("org.Person", verbose_name=_("人员"), on_delete=models.CASCADE)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("已读")
        verbose_name_plural = _("已读")
        constraints = [models.UniqueConstraint(fields=["notice", "person"], name="notify_read_once")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.person_id}"
