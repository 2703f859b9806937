"""Administrative areas, unit grids (单元网格) and streets."""

from typing import Any

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cityloop.grid.models.dated import SRID, Dated, dates_in_order


class Level(models.TextChoices):
    """Levels of administrative areas and the length of their codes: 4, 6, 9, 12 digits."""

    CITY = "city", _("市")
    DISTRICT = "district", _("区")
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")


class AreaClass(models.TextChoices):
    """How closely a cell is kept; it decides the limits of its cases."""

    A = "A", _("A 类区域")
    B = "B", _("B 类区域")
    C = "C", _("C 类区域")


class StreetLevel(models.TextChoices):
    """On which level a street runs. Addresses are on the ground."""

    GROUND = "ground", _("地面")
    ELEVATED = "elevated", _("高架")
    TUNNEL = "tunnel", _("隧道")


class Area(Dated):
    """A city, district, 街道 or community with its national code; a child's code begins with its parent's."""

    code = models.CharField(_("编码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    parent: "models.ForeignKey[Area | None, Area | None]" = models.ForeignKey(
        "self",
        verbose_name=_("上级"),
        to_field="code",
        db_column="parent_code",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    geom: Any = models.MultiPolygonField(_("范围"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("行政区域")
        verbose_name_plural = _("行政区域")
        ordering = ["code"]
        constraints = [
            dates_in_order("area"),
            models.CheckConstraint(
                condition=Q(level="city", code__regex=r"^\d{4}$")
                | Q(level="district", code__regex=r"^\d{6}$")
                | Q(level="street", code__regex=r"^\d{9}$")
                | Q(level="community", code__regex=r"^\d{12}$"),
                name="grid_area_code_fits_level",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(code__startswith=F("parent")), name="grid_area_code_begins_with_parents"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cell(Dated):
    """A unit grid (单元网格) of about 10,000 m²: 6 district + 3 街道 + 3 community + 3 sequence digits."""

    code = models.CharField(_("网格编码"), max_length=15, unique=True)
    community = models.ForeignKey(
        Area, verbose_name=_("社区"), to_field="code", db_column="community_code", on_delete=models.PROTECT
    )
    area_class = models.CharField(_("区域等级"), max_length=1, choices=AreaClass.choices)
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"))
    note = models.CharField(_("备注"), max_length=200, blank=True)
    geom: Any = models.PolygonField(_("范围"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("单元网格")
        verbose_name_plural = _("单元网格")
        ordering = ["code"]
        constraints = [
            dates_in_order("cell", may_be_void=True),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{15}$"), name="grid_cell_code_fifteen_digits"),
            models.CheckConstraint(condition=Q(code__startswith=F("community")), name="grid_cell_in_its_community"),
            models.CheckConstraint(condition=Q(area_class__in=AreaClass.values), name="grid_cell_class_known"),
        ]

    def __str__(self) -> str:
        return self.code


class Street(Dated):
    """A street with its class and level; parts of one name and different class are rows of their own."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    initials = models.CharField(_("首字母"), max_length=60, blank=True, editable=False)
    road_class = models.CharField(_("道路等级"), max_length=20)
    level = models.CharField(_("层面"), max_length=10, choices=StreetLevel.choices, default=StreetLevel.GROUND)
    geom: Any = models.MultiLineStringField(_("中心线"), srid=SRID)

    class Meta:
        verbose_name = _("道路")
        verbose_name_plural = _("道路")
        ordering = ["name", "code"]
        constraints = [
            dates_in_order("street"),
            models.CheckConstraint(condition=Q(level__in=StreetLevel.values), name="grid_street_level_known"),
        ]

    def __str__(self) -> str:
        return self.name
