"""Places that have a name or a number (地理编码): doors, landmarks, points of interest; and all their names."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.areas import Area, Cell
from cityloop.grid.models.dated import SRID, Dated, dates_in_order


class PlaceKind(models.TextChoices):
    """The standard's categories of place beside areas and streets, which are records of their own."""

    TRACT = "tract", _("地片")
    QUARTER = "quarter", _("区片")
    DOOR = "door", _("门牌")
    LANDMARK = "landmark", _("标志物")
    POI = "poi", _("兴趣点")


class NameKind(models.TextChoices):
    """What a name is to its bearer."""

    STANDARD = "standard", _("标准名")
    ALIAS = "alias", _("别名")
    FORMER = "former", _("曾用名")
    SHORT = "short", _("简称")


class NameRank(models.IntegerChoices):
    """Whose name it is; the lower rank is proposed first where two names fit alike."""

    AREA = 0, _("行政区域")
    STREET = 1, _("道路")
    MARK = 2, _("地片、标志物")
    POI = 3, _("兴趣点")


class Place(Dated):
    """A door, landmark, point of interest, or a stretch of ground with a name of its own.

    A door stands on a street (or in a named compound) by its number: 123弄5号 has number 123 and `inner` 弄5号. The
    deepest area and the cell follow from the point.
    """

    code = models.CharField(_("标识码"), max_length=30, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=PlaceKind.choices)
    name = models.CharField(_("标准名称"), max_length=120)
    category = models.CharField(_("细类"), max_length=40, blank=True)
    street = models.CharField(_("所在道路或院落"), max_length=60, blank=True)
    street_key = models.CharField(max_length=60, blank=True, editable=False, db_collation="C")
    number = models.PositiveIntegerField(_("门牌号"), null=True, blank=True)
    inner = models.CharField(_("号后"), max_length=40, blank=True)
    area_code = models.CharField(_("区域编码"), max_length=12, blank=True, db_collation="C")
    cell = models.ForeignKey(
        Cell, verbose_name=_("单元网格"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    point: Any = models.PointField(_("位置"), srid=SRID, spatial_index=False)
    outline: Any = models.MultiPolygonField(_("范围"), srid=SRID, null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=60, blank=True)
    changed_on = models.DateField(_("变更日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("地名地址")
        verbose_name_plural = _("地名地址")
        ordering = ["code"]
        indexes = [
            models.Index(
                fields=["street_key", "number"], condition=Q(kind="door", valid_to=None), name="grid_place_door"
            ),
            models.Index(fields=["kind", "code"], name="grid_place_kind"),
            models.Index(fields=["area_code"], name="grid_place_area"),
        ]
        constraints = [
            dates_in_order("place"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="grid_place_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="door") | (Q(number__isnull=False) & ~Q(street="")), name="grid_place_door_numbered"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceName(models.Model):
    """One name of a place, an area or a street, with the forms under which it is found (`base.spelling`).

    A street bears its name as a text, since its parts are rows of their own. Doors have no names here: they are found
    by street and number.
    """

    place = models.ForeignKey(
        Place, verbose_name=_("地名地址"), null=True, blank=True, on_delete=models.PROTECT, related_name="names"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("行政区域"), null=True, blank=True, on_delete=models.CASCADE, related_name="names"
    )
    street = models.CharField(_("道路"), max_length=60, blank=True)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("性质"), max_length=10, choices=NameKind.choices, default=NameKind.STANDARD)
    rank = models.PositiveSmallIntegerField(choices=NameRank.choices)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    key = models.CharField(max_length=120, db_collation="C", editable=False)
    pinyin = models.CharField(max_length=800, db_collation="C", editable=False)
    sound = models.CharField(max_length=800, db_collation="C", editable=False)
    initials = models.CharField(max_length=200, db_collation="C", editable=False)
    near = ArrayField(models.IntegerField(), editable=False)
    grams = ArrayField(models.CharField(max_length=2), editable=False)

    class Meta:
        verbose_name = _("名称")
        verbose_name_plural = _("名称")
        ordering = ["rank", "key", "id"]
        indexes = [
            models.Index(fields=["rank", "key"], condition=Q(valid_to=None), name="grid_name_key"),
            models.Index(fields=["rank", "pinyin"], condition=Q(valid_to=None), name="grid_name_pinyin"),
            models.Index(fields=["rank", "initials"], condition=Q(valid_to=None), name="grid_name_initials"),
            models.Index(fields=["rank", "sound"], condition=Q(valid_to=None), name="grid_name_sound"),
            GinIndex(fields=["near"], condition=Q(valid_to=None), name="grid_name_near"),
            GinIndex(fields=["grams"], condition=Q(valid_to=None), name="grid_name_grams"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=False, area=None, street="")
                | Q(place=None, area__isnull=False, street="")
                | (Q(place=None, area=None) & ~Q(street="")),
                name="grid_name_has_one_bearer",
            ),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="grid_name_kind_known"),
            models.UniqueConstraint(
                fields=["place", "area", "street", "name"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="grid_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
