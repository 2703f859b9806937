"""Units, people, posts: who works in the city and in which scope."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityloop.base.time import city_date
from cityloop.org.posts import POST_KINDS


class UnitLevel(models.TextChoices):
    """Where a unit stands in the city."""

    CITY_CENTRE = "city_centre", _("市级中心")
    DISTRICT_CENTRE = "district_centre", _("区级中心")
    DEPARTMENT = "department", _("专业部门")
    COMPANY = "company", _("企业")
    STREET = "street", _("街道")
    TEAM = "team", _("班组")


class OrgVersion(models.Model):
    """One row whose number changes with every change of units, people and posts.

    Caches are keyed by it. It is drawn from a database sequence, so that a rolled back number never comes again.
    """

    number = models.BigIntegerField()

    class Meta:
        verbose_name = _("机构版本")
        verbose_name_plural = _("机构版本")

    def __str__(self) -> str:
        return str(self.number)


class Unit(models.Model):
    """A centre, department, company, street or team."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    initials = models.CharField(_("首字母"), max_length=150, blank=True, editable=False)
    level = models.CharField(_("层级"), max_length=20, choices=UnitLevel.choices)
    parent = models.ForeignKey(
        "self", verbose_name=_("上级"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    # Ids from the root to this unit, "1/5/9/": everything below is a prefix search. Kept by the actions.
    path = models.CharField(_("路径"), max_length=200, editable=False)
    # Prefix of area codes this unit answers for; empty is the whole city.
    area_code = models.CharField(_("区域编码"), max_length=12, blank=True)
    position = models.PositiveIntegerField(_("序号"), default=0)
    active_from = models.DateField(_("启用日期"))
    active_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["path"], name="org_unit_path", opclasses=["text_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to=None) | Q(active_to__gte=F("active_from")), name="org_unit_dates_in_order"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="org_unit_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What lists show: the short name if there is one."""
        return self.short_name or self.name

    @property
    def is_active(self) -> bool:
        """In use today."""
        return self.is_active_on(city_date(timezone.now()))

    def is_active_on(self, day: date) -> bool:
        """In use on that day; the last day counts."""
        return self.active_from <= day and (self.active_to is None or day <= self.active_to)


class Person(AbstractBaseUser):
    """An account. A unit account is shared by the named handlers behind it."""

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    initials = models.CharField(_("首字母"), max_length=60, blank=True, editable=False)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    employee_no = models.CharField(_("工号"), max_length=30, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    unit_account = models.BooleanField(_("单位账号"), default=False)
    must_change_password = models.BooleanField(_("须修改密码"), default=True)
    language = models.CharField(_("语言"), max_length=10, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = BaseUserManager["Person"]()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name


class Handler(models.Model):
    """A named person behind a unit account; events show this name."""

    unit_account = models.ForeignKey(
        Person, verbose_name=_("单位账号"), on_delete=models.CASCADE, related_name="handlers"
    )
    name = models.CharField(_("姓名"), max_length=60)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("经办人")
        verbose_name_plural = _("经办人")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["unit_account", "name"], name="org_handler_once")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person's duty in a unit, from a day to a day, for areas beginning with `area_code` (empty: the whole city)."""

    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(_("岗位"), max_length=20, choices=list(POST_KINDS.items()))
    unit = models.ForeignKey(Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="posts")
    area_code = models.CharField(_("区域编码"), max_length=12, blank=True)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="org_post_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(POST_KINDS)), name="org_post_kind_known"),
            models.UniqueConstraint(
                fields=["person", "kind", "unit", "area_code", "valid_from"], name="org_post_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}@{self.unit_id}"


class Token(models.Model):
    """A machine's key to the API: shown once, stored as a SHA-256 digest, revocable."""

    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.CASCADE, related_name="tokens")
    handler = models.ForeignKey(Handler, verbose_name=_("经办人"), null=True, blank=True, on_delete=models.CASCADE)
    label = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label


class SignInCount(models.Model):
    """Failures in a row by the user name that was typed, known or not: a lock says nothing about who exists."""

    username = models.CharField(max_length=60, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("登录失败计数")
        verbose_name_plural = _("登录失败计数")

    def __str__(self) -> str:
        return f"{self.username}: {self.failures}"


class ImportDraft(models.Model):
    """An uploaded workbook between its check report and the confirmation."""

    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.CASCADE)
    kind = models.CharField(_("类别"), max_length=20, default="org")
    at = models.DateTimeField(_("上传时间"))
    name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("导入草稿")
        verbose_name_plural = _("导入草稿")

    def __str__(self) -> str:
        return self.name
