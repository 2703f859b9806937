"""What evaluation knows of cases, followed from their events, and the reports that were published.

Facts are rows with moments: how things stood at any moment can be read from them, so that what happens later to a case
does not change an earlier report. Only `evaluation.following` writes them, and can make them again from the events.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """Something that held of a case from a moment until another, or still holds."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class UnitSpell(Fact):
    """The case lay with this unit; without a unit: it was being coordinated (协调中), and nobody's.

    `received_at` is the dispatch that gave it to the unit: later than `began_at` never, earlier where a recall brought
    the unit back. `undone_at`: the dispatch itself was recalled.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("责任单位期间")
        indexes = [models.Index("received_at", "unit", name="evaluation_received")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.unit_id}"


class CategorySpell(Fact):
    """The case was of this minor category."""

    minor = models.ForeignKey("codes.Minor", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("类别期间")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.minor_id}"


class Ending(Fact):
    """The case had come to an outcome; `ended_at` is when it was opened again.

    `on_time`: the feedback that passed the check came by the deadline in force. `in_time`: so did the closing itself.
    """

    outcome = models.CharField(max_length=20)
    handled_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(default=False)
    in_time = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("办结")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outcome}"


class Publication(models.Model):
    """A report as it was published: its terms, and the figures that they gave. It is never changed."""

    begins_at = models.DateTimeField(_("统计期开始"))
    ends_at = models.DateTimeField(_("统计期结束"))
    as_of = models.DateTimeField(_("截至时间"))
    terms = models.JSONField(_("口径"))
    figures = models.JSONField(_("数字"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.CharField(_("发布人"), max_length=80)

    class Meta:
        verbose_name = _("已发布的月报")
        ordering = ["-begins_at", "-id"]

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d}–{self.ends_at:%Y-%m-%d}"
