"""Base data (基础数据): areas, unit grids, duty grids and who holds them, components, streets.

Rows are dated: `valid_to` is the last day that counts, empty while it lasts. Nothing is deleted, and a retired code
never comes again: the unique constraint holds for retired rows too.
"""

from datetime import date
from typing import Any

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

SRID = 4326
EVERY_DAY = 0b1111111  # Monday is the lowest bit


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


class ComponentState(models.TextChoices):
    """State of a component (standard's ObjState)."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("破损")
    MISSING = "missing", _("丢失")
    DISCARDED = "discarded", _("废弃")
    REMOVED = "removed", _("移除")


class StreetLevel(models.TextChoices):
    """On which level a street runs. Addresses are on the ground."""

    GROUND = "ground", _("地面")
    ELEVATED = "elevated", _("高架")
    TUNNEL = "tunnel", _("隧道")


class Dated(models.Model):
    """A row in force from a day to a day, the last one included."""

    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_in_force(self, on: date) -> bool:
        """Whether the row holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def dates_in_order(name: str) -> models.CheckConstraint:
    """The constraint that no row ends before it begins."""
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=f"grid_{name}_dates_in_order"
    )


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
            dates_in_order("cell"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{15}$"), name="grid_cell_code_fifteen_digits"),
            models.CheckConstraint(condition=Q(code__startswith=F("community")), name="grid_cell_in_its_community"),
            models.CheckConstraint(condition=Q(area_class__in=AreaClass.values), name="grid_cell_class_known"),
        ]

    def __str__(self) -> str:
        return self.code


class DutyGrid(Dated):
    """A duty grid (责任网格): adjacent cells that one inspector at a time patrols."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    # Longest area code that all its cells begin with.
    area_code = models.CharField(_("区域编码"), max_length=12)
    cells = models.ManyToManyField(Cell, verbose_name=_("单元网格"), related_name="duty_grids")
    geom: Any = models.MultiPolygonField(_("范围"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("责任网格")
        verbose_name_plural = _("责任网格")
        ordering = ["code"]
        constraints = [dates_in_order("duty_grid")]

    def __str__(self) -> str:
        return self.name


class DutyHolder(Dated):
    """Who patrols a duty grid on which weekdays and hours. No hours: the whole day. Hours may pass midnight."""

    duty_grid = models.ForeignKey(
        DutyGrid, verbose_name=_("责任网格"), on_delete=models.PROTECT, related_name="holders"
    )
    person = models.ForeignKey("org.Person", verbose_name=_("监督员"), on_delete=models.PROTECT, related_name="+")
    shift = models.CharField(_("班次"), max_length=20, blank=True)
    weekdays = models.PositiveSmallIntegerField(_("星期"), default=EVERY_DAY)
    start_time = models.TimeField(_("上班时间"), null=True, blank=True)
    end_time = models.TimeField(_("下班时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("责任网格监督员")
        verbose_name_plural = _("责任网格监督员")
        ordering = ["duty_grid_id", "start_time", "id"]
        constraints = [
            dates_in_order("duty_holder"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="grid_duty_holder_weekdays_known"
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None)
                | (Q(start_time__isnull=False, end_time__isnull=False) & ~Q(start_time=F("end_time"))),
                name="grid_duty_holder_hours_whole",
            ),
            models.UniqueConstraint(
                fields=["duty_grid", "person", "shift", "valid_from"], name="grid_duty_holder_once_a_shift"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_grid_id}: {self.person_id} {self.shift}"


class Component(Dated):
    """A street object (部件): 6 district + 2 major + 2 minor + 6 sequence digits. A point, a line or an area."""

    code = models.CharField(_("标识码"), max_length=16, unique=True)
    minor = models.ForeignKey("codes.Minor", verbose_name=_("小类"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    place = models.CharField(_("所在位置"), max_length=200, blank=True)
    cell = models.ForeignKey(
        Cell, verbose_name=_("单元网格"), null=True, blank=True, on_delete=models.PROTECT, related_name="components"
    )
    manager = models.ForeignKey(
        "org.Unit", verbose_name=_("主管部门"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "org.Unit", verbose_name=_("权属单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    maintainer = models.ForeignKey(
        "org.Unit", verbose_name=_("养护单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=ComponentState.choices, default=ComponentState.INTACT)
    changed_on = models.DateField(_("变更日期"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=30, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    geom: Any = models.GeometryField(_("位置"), srid=SRID)
    invented = models.BooleanField(_("虚构"), default=False)

    class Meta:
        verbose_name = _("部件")
        verbose_name_plural = _("部件")
        ordering = ["code"]
        constraints = [
            dates_in_order("component"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{16}$"), name="grid_component_code_sixteen_digits"),
            models.CheckConstraint(condition=Q(state__in=ComponentState.values), name="grid_component_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


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


class GridVersion(models.Model):
    """One row. Its stamp changes with every write to this app; maps and caches are kept by it.

    `attribution` is what the origin of the streets wants said wherever they are shown.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)
    attribution = models.CharField(_("数据来源说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("基础数据版本")
        verbose_name_plural = _("基础数据版本")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="grid_one_version")]

    def __str__(self) -> str:
        return self.stamp
