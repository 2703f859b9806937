"""Imports of base data on their way: the file, how its fields are read, what the check found.

The rows themselves wait in a table of their own for each import (`staged_table`), which goes when the import ends.
"""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("待配置")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("待处理")
    APPLYING = "applying", _("入库中")
    APPLIED = "applied", _("已入库")
    REFUSED = "refused", _("未通过")
    DISCARDED = "discarded", _("已放弃")


class Severity(models.TextChoices):
    """How bad a finding is: an error keeps its row out."""

    ERROR = "error", _("错误")
    WARNING = "warning", _("警告")
    NOTE = "note", _("提示")


class DataImport(models.Model):
    """One file on its way into base data. A job carries its id and nothing else."""

    layer = models.CharField(_("图层"), max_length=40)
    file_name = models.CharField(_("文件"), max_length=200)
    path = models.CharField(max_length=200, blank=True)  # under IMPORT_ROOT, or absolute for a command's file
    source = models.CharField(_("来源"), max_length=60, blank=True)
    look = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    phase = models.CharField(_("步骤"), max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(_("结果"), default=dict)
    refusal = models.CharField(_("原因"), max_length=400, blank=True)
    good_rows = models.BooleanField(_("只导入合格的行"), default=False)
    created_at = models.DateTimeField(_("上传时间"))
    changed_at = models.DateTimeField(_("更新时间"))
    applied_at = models.DateTimeField(_("入库时间"), null=True, blank=True)
    person = models.ForeignKey("org.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("导入人"), max_length=200)

    class Meta:
        verbose_name = _("数据导入")
        verbose_name_plural = _("数据导入")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="grid_import_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    @property
    def batch(self) -> str:
        """What the history of its rows is filed under."""
        return f"import-{self.pk}"

    @property
    def staged_table(self) -> str:
        """The table in which its checked rows wait."""
        return f"grid_staged_{self.pk}"

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it, or should."""
        return self.state in (ImportState.CHECKING, ImportState.APPLYING)


class ImportFinding(models.Model):
    """What the check found in one row; row 0 is the file as a whole."""

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="findings", db_index=False)
    row = models.PositiveIntegerField(_("行"))
    severity = models.CharField(_("程度"), max_length=7, choices=Severity.choices)
    code = models.CharField(max_length=20)
    field = models.CharField(_("字段"), max_length=60, blank=True)
    value = models.CharField(_("值"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("检查结果")
        verbose_name_plural = _("检查结果")
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["data_import", "row", "id"], name="grid_finding_of_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class ImportMapping(models.Model):
    """How files of one source are read, remembered for the next one."""

    source = models.CharField(_("来源"), max_length=60)
    layer = models.CharField(_("图层"), max_length=40)
    mapping = models.JSONField(default=dict)
    changed_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("字段对应")
        verbose_name_plural = _("字段对应")
        ordering = ["source", "layer"]
        constraints = [models.UniqueConstraint(fields=["source", "layer"], name="grid_mapping_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.layer}"
