"""What somebody photographed, recorded or filmed. Which case it belongs to is known to cases alone."""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What the content is, decided by the content."""

    PHOTO = "photo", _("照片")
    SOUND = "sound", _("录音")
    FILM = "film", _("视频")


class Purpose(models.TextChoices):
    """What it was taken for."""

    REPORT = "report", _("上报")
    VERIFY = "verify", _("核实")
    BEFORE = "before", _("处置前")
    AFTER = "after", _("处置后")
    CHECK = "check", _("核查")
    RECHECK = "recheck", _("复检")
    CALL = "call", _("来电录音")
    OTHER = "other", pgettext_lazy("用途", "其他")


class Origin(models.TextChoices):
    """Who says when or where it was taken."""

    FILE = "file", _("文件自带")
    SENDER = "sender", _("上传者所报")


class Evidence(models.Model):
    """One photo, sound or film, never changed. The client gives `id`, so that a retry is one upload."""

    id = models.UUIDField(_("编号"), primary_key=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    purpose = models.CharField(_("用途"), max_length=8, choices=Purpose.choices)
    # The name of the file in the store: rows with the same content share one file.
    sha256 = models.CharField(_("校验值"), max_length=64)
    mime = models.CharField(_("类型"), max_length=40)
    size = models.BigIntegerField(_("字节数"))
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)  # pixels, as seen upright; photos only
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    taken_at_from = models.CharField(_("拍摄时间来源"), max_length=8, choices=Origin.choices, blank=True)
    taken_point = models.PointField(_("拍摄位置"), srid=4326, null=True, blank=True)
    taken_point_from = models.CharField(_("拍摄位置来源"), max_length=8, choices=Origin.choices, blank=True)
    uploaded_at = models.DateTimeField(_("上传时间"))
    # None: sent in without an account, for instance by a citizen.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("上传人"),
    )
    original_name = models.CharField(_("原文件名"), max_length=120, blank=True)
    linked = models.BooleanField(_("已引用"), default=False)
    # A word of the one who links, compared and never read here: the same upload cannot be linked to two holders.
    holder = models.CharField(_("引用者"), max_length=40, blank=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("证据材料")
        verbose_name_plural = _("证据材料")
        indexes: ClassVar = [
            models.Index(fields=["sha256"], name="evidence_by_content"),
            models.Index(fields=["uploaded_by", "uploaded_at"], name="evidence_by_person_and_day"),
            models.Index(fields=["expires_at"], name="evidence_unlinked", condition=models.Q(linked=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_linked_or_expires", condition=models.Q(linked=True) ^ models.Q(expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"
