"""Categories, filing standards and dictionaries. Every row is dated; nothing here is ever deleted.

A row is in force on a day when `valid_from <= day` and (`valid_to` is empty or `day < valid_to`): `valid_to` is the
first day without it, so that a row may end on the day its successor begins.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cityloop.base.words import in_language


class Kind(models.TextChoices):
    """What is categorised: street objects, or things that happen."""

    COMPONENT = "component", _("部件")
    EVENT = "event", _("事件")


class Geometry(models.TextChoices):
    """How a component of this category is drawn. Guidance only: our own assignment, not the standard's."""

    POINT = "point", _("点")
    LINE = "line", _("线")
    POLYGON = "polygon", _("面")


class Held(models.TextChoices):
    """Why a row is kept but not offered on forms."""

    UNRESOLVED = "unresolved", _("编码未核实")
    OTHER_CITY = "other_city", _("外市本地扩展，本市未采用")
    NO_LIMIT = "no_limit", _("没有处置时限")


class Confidence(models.TextChoices):
    """How sure a row is."""

    VERIFIED = "verified", _("已核实")
    INFERRED = "inferred", _("按相邻编码推定")
    RECALLED = "recalled", _("待核实")
    UNRESOLVED = "unresolved", _("未核实")
    MUNICIPAL = "municipal", _("外市采用")
    LOCAL = "local", _("本市规定")


class Dated(models.Model):
    """A row with a beginning and perhaps an end, both days of the city."""

    valid_from = models.DateField(_("起用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_in_force(self, on: date) -> bool:
        """Whether the row holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def dates_in_order(name: str) -> models.CheckConstraint:
    """The constraint that no row ends before it begins."""
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"{name}_dates_in_order"
    )


class Edition(Dated):
    """One edition of the national categories. The same code means different things in two editions."""

    code = models.CharField(_("代号"), max_length=20, unique=True)
    name = models.CharField(_("标准"), max_length=100, unique=True)
    year = models.PositiveSmallIntegerField(_("年份"))
    is_default = models.BooleanField(_("新案件采用"), default=False)
    local_minors = models.BooleanField(_("国标大类内可扩展小类"), default=True)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_edition"),
            dates_in_order("edition"),
        ]

    def __str__(self) -> str:
        return self.name


class Major(Dated):
    """A major category (大类): two digits within edition and kind."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="majors")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    code = models.CharField(_("大类代码"), max_length=2)
    name = models.CharField(_("大类"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)
    local = models.BooleanField(_("本地扩展"), default=False)

    class Meta:
        ordering = ["edition_id", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind", "code"], name="one_major_per_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d\d$"), name="major_code_two_digits"),
            dates_in_order("major"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


class Minor(Dated):
    """A minor category (小类): four digits, of which the first two are its major's.

    `edition` and `kind` repeat the major's, so that the code is unique where it must be.
    """

    major = models.ForeignKey(Major, on_delete=models.PROTECT, related_name="minors")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="minors")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    code = models.CharField(_("小类代码"), max_length=4)
    name = models.CharField(_("小类"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=120, blank=True)
    initials = models.CharField(_("拼音首字母"), max_length=60, blank=True)
    geometry = models.CharField(_("几何类型"), max_length=10, choices=Geometry.choices, blank=True)
    typical_unit = models.CharField(_("通常责任单位"), max_length=120, blank=True)
    confidence = models.CharField(_("可信程度"), max_length=12, choices=Confidence.choices, blank=True)
    is_offered = models.BooleanField(_("可选用"), default=True)
    held = models.CharField(_("不可选用的原因"), max_length=20, choices=Held.choices, blank=True)
    local = models.BooleanField(_("本地扩展"), default=False)
    maps_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="mapped_from")

    class Meta:
        ordering = ["edition_id", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind", "code"], name="one_minor_per_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{4}$"), name="minor_code_four_digits"),
            models.CheckConstraint(
                condition=Q(is_offered=True, held="") | (Q(is_offered=False) & ~Q(held="")),
                name="minor_held_for_a_reason",
            ),
            dates_in_order("minor"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


class Standard(Dated):
    """One filing standard (立案条件): when to file, and when it counts as solved. Its limits live in `limits`.

    A changed row is a new row: the old one ends on the day the new one begins, and a case keeps what it was filed with.
    """

    minor = models.ForeignKey(Minor, on_delete=models.PROTECT, related_name="standards")
    seq = models.PositiveSmallIntegerField(_("序号"))
    condition = models.CharField(_("立案条件"), max_length=500)
    close_condition = models.CharField(_("结案条件"), max_length=300)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    confidence = models.CharField(_("可信程度"), max_length=12, choices=Confidence.choices, blank=True)
    is_offered = models.BooleanField(_("可选用"), default=True)
    held = models.CharField(_("不可选用的原因"), max_length=20, choices=Held.choices, blank=True)

    class Meta:
        ordering = ["minor_id", "seq", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["minor", "seq"], condition=Q(valid_to__isnull=True), name="one_open_standard_per_seq"
            ),
            models.CheckConstraint(
                condition=Q(is_offered=True, held="") | (Q(is_offered=False) & ~Q(held="")),
                name="standard_held_for_a_reason",
            ),
            dates_in_order("standard"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.condition}"


class Dictionary(models.Model):
    """A named list of choices: reject reasons, case levels, ..."""

    code = models.CharField(_("代号"), max_length=40, unique=True)
    name = models.CharField(_("字典"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DictionaryEntry(Dated):
    """One choice of a dictionary. Cases store its code; the code never changes its meaning."""

    dictionary = models.ForeignKey(Dictionary, on_delete=models.PROTECT, related_name="entries")
    code = models.CharField(_("代号"), max_length=40)
    label = models.CharField(_("名称"), max_length=60)
    label_en = models.CharField(_("英文名"), max_length=100, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        ordering = ["dictionary_id", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["dictionary", "code"], name="one_entry_per_code"),
            dates_in_order("entry"),
        ]

    def __str__(self) -> str:
        return self.label


class SourceKind(models.TextChoices):
    """Who noticed."""

    INSPECTOR = "inspector", _("监督员")
    PUBLIC = "public", _("公众")
    SYSTEM = "system", _("系统转办")
    LEADER = "leader", _("领导")
    VIDEO = "video", _("视频")
    MEDIA = "media", _("媒体")


class Verification(models.TextChoices):
    """Whether an inspector confirms a report on site before the case is filed."""

    REQUIRED = "required", _("立案前必须核实")
    PARALLEL = "parallel", _("可先立案，同时核实")
    SKIPPED = "skipped", _("不需核实")


class Source(Dated):
    """Where reports come from (问题来源), and what follows from that."""

    code = models.CharField(_("代号"), max_length=40, unique=True)
    name = models.CharField(_("问题来源"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)
    kind = models.CharField(_("来源类别"), max_length=10, choices=SourceKind.choices)
    verification = models.CharField(_("核实"), max_length=10, choices=Verification.choices)
    files_directly = models.BooleanField(_("可直接立案"), default=False)
    registers_itself = models.BooleanField(_("自动登记"), default=False)
    wants_answer = models.BooleanField(_("需要答复"), default=False)
    exchange_code = models.CharField(_("交换代码"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [dates_in_order("source")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


class CodesVersion(models.Model):
    """One row. Its stamp changes with every write to this app; caches of codes are kept by it.

    The stamp is random, not counted: a number that a rolled-back transaction gave out would come again with other rows.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_codes_version")]

    def __str__(self) -> str:
        return self.stamp
