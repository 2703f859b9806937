"""Published calendars and limits. Calendars never change; limits are dated rows that only end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityloop.codes.models import Dated, SourceKind, Standard, dates_in_order
from cityloop.limits.clock import Calendar, Limit, Unit

UNIT_LABELS = [
    (Unit.URGENT_HOUR.value, _("紧急工作时")),
    (Unit.URGENT_DAY.value, _("紧急工作日")),
    (Unit.WORK_HOUR.value, _("工作时")),
    (Unit.WORK_DAY.value, _("工作日")),
    (Unit.CALENDAR_DAY.value, _("自然日")),
]


# Stages are short: their limits may be given in minutes of the clocks that count hours.
MINUTE_UNITS = {"urgent_minute": Unit.URGENT_HOUR, "work_minute": Unit.WORK_HOUR}
MINUTE_LABELS = [("urgent_minute", _("分钟（昼夜计时）")), ("work_minute", _("分钟（工作时间）"))]


class AreaClass(models.TextChoices):
    """How closely an area is kept; a stricter class has shorter limits."""

    A = "A", _("A类（核心区）")
    B = "B", _("B类（一般区）")
    C = "C", _("C类（其他）")


class Stage(models.TextChoices):
    """A step of the loop whose own time is limited; the handling itself is limited by the filing standard."""

    ACCEPT = "accept", _("受理")
    VERIFY = "verify", _("核实")
    FILE = "file", _("立案")
    DISPATCH = "dispatch", _("派遣")
    COORDINATE = "coordinate", _("协调")
    ACKNOWLEDGE = "acknowledge", _("签收")
    AUDIT = "audit", _("审核")
    SEND_CHECK = "send_check", _("发核查")
    CHECK = "check", _("核查")
    CLOSE = "close", _("结案")
    CALL_BACK = "call_back", _("回访")
    APPROVE = "approve", _("审批")
    BACKLOG = "backlog", _("挂账转积存")


class LimitsVersion(models.Model):
    """One row. Its stamp changes with every write to this app; caches of calendars and limits are kept by it.

    The stamp is random, not counted: a number that a rolled-back transaction gave out would come again with other rows.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_limits_version")]

    def __str__(self) -> str:
        return self.stamp


class CalendarVersion(models.Model):
    """A published calendar. A trigger refuses any change but that of `in_force`, and deletion."""

    number = models.PositiveIntegerField(_("版本号"), unique=True)
    name = models.CharField(_("名称"), max_length=100)
    body = models.JSONField(_("内容"))
    known_until = models.DateField(_("节假日已公布至"))
    in_force = models.BooleanField(_("现行"), default=False)
    published_at = models.DateTimeField(_("发布时间"))

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="one_calendar_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def as_calendar(self) -> Calendar:
        """The calendar, read anew; `selectors.calendar_version` keeps it with what its clock has worked out."""
        return Calendar.from_json(self.body)


class Limited(Dated):
    """A dated row that says so much of a unit."""

    amount = models.DecimalField(_("时限"), max_digits=8, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=13, choices=UNIT_LABELS)

    class Meta:
        abstract = True

    def as_limit(self) -> Limit:
        """The limit as the clock takes it."""
        hours = MINUTE_UNITS.get(self.unit)
        return Limit(self.amount, self.unit) if hours is None else Limit.of_minutes(self.amount, hours)


class LimitRow(Limited):
    """How long handling may take under a filing standard in areas of a class."""

    standard = models.ForeignKey(Standard, verbose_name=_("立案条件"), on_delete=models.PROTECT, related_name="limits")
    area_class = models.CharField(_("区域等级"), max_length=1, choices=AreaClass.choices)

    class Meta:
        verbose_name = _("处置时限")
        verbose_name_plural = _("处置时限")
        ordering = ["standard_id", "area_class", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "area_class"], condition=Q(valid_to__isnull=True), name="one_open_limit_per_class"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="limit_positive"),
            dates_in_order("limit"),
        ]

    def __str__(self) -> str:
        return f"{self.area_class} {self.amount.normalize():f} {self.get_unit_display()}"


class StageLimit(Limited):
    """How long a step may take. Empty conditions mean any; the row with the most conditions that hold is taken."""

    unit = models.CharField(_("单位"), max_length=13, choices=UNIT_LABELS + MINUTE_LABELS)
    stage = models.CharField(_("环节"), max_length=20, choices=Stage.choices)
    source_kind = models.CharField(_("来源类别"), max_length=10, choices=SourceKind.choices, blank=True)
    urgent = models.BooleanField(_("紧急"), null=True, blank=True)
    area_class = models.CharField(_("区域等级"), max_length=1, choices=AreaClass.choices, blank=True)

    class Meta:
        verbose_name = _("环节时限")
        verbose_name_plural = _("环节时限")
        ordering = ["stage", "source_kind", "urgent", "area_class", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "source_kind", "urgent", "area_class"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="one_open_limit_per_stage",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="stage_limit_positive"),
            dates_in_order("stage_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.amount.normalize():f} {self.get_unit_display()}"
