"""Registered objects that are no components: cameras, public facilities and whatever layer a city adds."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.base.words import in_language
from cityloop.grid.models.areas import Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order

PIPES_LAYER = "pipes"  # underground: whoever may see it has a permission of his own


class ObjectLayer(models.Model):
    """A layer of registered objects. `cameras`, `facilities` and `pipes` ship with the product; a city adds rows."""

    code = models.CharField(_("代号"), max_length=30, unique=True)
    name = models.CharField(_("图层"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)
    # Who may see its objects; a restricted layer names another permission than grid.view.
    permission = models.CharField(_("查看权限"), max_length=40, default="grid.view")
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("图层")
        verbose_name_plural = _("图层")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


class ObjectState(models.TextChoices):
    """Whether a registered object does its work."""

    WORKING = "working", _("正常")
    FAULTY = "faulty", _("故障")
    IDLE = "idle", _("停用")


class MapObject(Dated):
    """A camera, a public facility, or an object of a city's own layer. A point, a line or an area."""

    layer = models.ForeignKey(
        ObjectLayer, verbose_name=_("图层"), on_delete=models.PROTECT, related_name="map_objects", db_index=False
    )
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    place = models.CharField(_("所在位置"), max_length=200, blank=True)
    cell = models.ForeignKey(
        Cell, verbose_name=_("单元网格"), null=True, blank=True, on_delete=models.PROTECT, related_name="map_objects"
    )
    unit = models.ForeignKey(
        "org.Unit", verbose_name=_("管理单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=ObjectState.choices, default=ObjectState.WORKING)
    changed_on = models.DateField(_("变更日期"), null=True, blank=True)
    extension = models.JSONField(_("扩展属性"), default=dict, blank=True)
    photos = ArrayField(models.UUIDField(), verbose_name=_("照片"), default=list, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    geom: Any = models.GeometryField(_("位置"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("登记对象")
        verbose_name_plural = _("登记对象")
        ordering = ["code"]
        indexes = [models.Index(fields=["layer", "code"], name="grid_object_of_layer")]
        constraints = [
            dates_in_order("object"),
            models.CheckConstraint(condition=Q(state__in=ObjectState.values), name="grid_object_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class ExtraKind(models.TextChoices):
    """What an extra field holds."""

    TEXT = "text", _("文字")
    NUMBER = "number", _("数字")
    DATE = "date", _("日期")
    CHOICE = "choice", _("选项")
    YES_NO = "yes_no", _("是否")


class ExtraField(models.Model):
    """One extra attribute (扩展属性) of a component category or of a layer: material, diameter, lamp type, ...

    Values lie in `extension` under `key`. A field no longer wanted is not active; what was written stays.
    """

    minor = models.ForeignKey(
        "codes.Minor", verbose_name=_("小类"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    layer = models.ForeignKey(
        ObjectLayer, verbose_name=_("图层"), null=True, blank=True, on_delete=models.PROTECT, related_name="fields"
    )
    key = models.CharField(_("键"), max_length=30)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)
    kind = models.CharField(_("类型"), max_length=10, choices=ExtraKind.choices, default=ExtraKind.TEXT)
    choices = ArrayField(models.CharField(max_length=60), verbose_name=_("选项"), default=list, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("扩展属性")
        verbose_name_plural = _("扩展属性")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minor=None, layer__isnull=False) | Q(minor__isnull=False, layer=None),
                name="grid_extra_field_of_one",
            ),
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="grid_extra_field_key_plain"),
            models.UniqueConstraint(fields=["minor", "key"], name="grid_extra_field_once_a_minor"),
            models.UniqueConstraint(fields=["layer", "key"], name="grid_extra_field_once_a_layer"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)
