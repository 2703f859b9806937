"""The one core: Case, Report, Task, Request, CaseEvent, Timer. Only `cases.actions` and `cases.load` write them."""

from datetime import datetime

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from cityloop.cases.visibility import CaseManager


class CurrentTransaction(Func):
    """The id of the running transaction as a bigint: readers of the event feed order by it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Jurisdiction(models.Model):
    """Which centres stand over a part of the city: the longest matching area code counts.

    One level, two levels, and a district that runs its own cases under a watching city are rows here.
    """

    area_code = models.CharField(_("区域代码前缀"), max_length=15, unique=True, blank=True)
    supervising = models.ForeignKey(
        "org.Unit", models.PROTECT, related_name="+", verbose_name=_("监督中心"), db_index=False
    )
    commanding = models.ForeignKey(
        "org.Unit", models.PROTECT, related_name="+", verbose_name=_("指挥中心"), db_index=False
    )

    class Meta:
        verbose_name = _("管辖")

    def __str__(self) -> str:
        return self.area_code or "*"


class Clock(models.Model):
    """A working-time clock: a limit, the spans in which it ran, and the deadline that follows from them.

    Only `limits.clock` computes `due_at`. `runs` holds closed spans as pairs of ISO moments; `running_since` is the
    open one. The deadline in force stays readable after the clock has stopped: on time is judged against it.
    """

    limit_amount = models.DecimalField(_("时限"), max_digits=8, decimal_places=2, null=True)
    limit_unit = models.CharField(_("时限单位"), max_length=20, blank=True)
    running_since = models.DateTimeField(_("计时起点"), null=True)
    runs = models.JSONField(_("已计时段"), default=list)
    due_at = models.DateTimeField(_("截止时间"), null=True)
    original_due_at = models.DateTimeField(_("原截止时间"), null=True)
    provisional = models.BooleanField(_("截止时间待定"), default=False)
    calendar = models.ForeignKey("limits.CalendarVersion", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Case(Clock):
    """What the centres work on, from its first report (问题) to the closed case file (案卷). Its clock: handling."""

    number = models.CharField(_("案件编号"), max_length=24, unique=True)
    source = models.ForeignKey(
        "codes.Source", models.PROTECT, related_name="+", verbose_name=_("问题来源"), db_index=False
    )
    description = models.TextField(_("问题描述"), blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    created_at = models.DateTimeField(_("上报时间"))

    minor = models.ForeignKey(
        "codes.Minor", models.PROTECT, null=True, related_name="+", verbose_name=_("小类"), db_index=False
    )
    standard = models.ForeignKey("codes.Standard", models.PROTECT, null=True, related_name="+", db_index=False)
    component = models.ForeignKey("grid.Component", models.PROTECT, null=True, related_name="+", db_index=False)
    point = models.PointField(_("位置"), srid=4326, null=True)
    area_code = models.CharField(_("区域代码"), max_length=15, blank=True)  # of the smallest area known
    area_class = models.CharField(_("区域等级"), max_length=1, blank=True)
    cell = models.ForeignKey(
        "grid.Cell", models.PROTECT, null=True, related_name="+", verbose_name=_("单元网格"), db_index=False
    )
    duty_grid = models.ForeignKey("grid.DutyGrid", models.PROTECT, null=True, related_name="+", db_index=False)

    supervising = models.ForeignKey(
        "org.Unit", models.PROTECT, related_name="+", verbose_name=_("监督中心"), db_index=False
    )
    commanding = models.ForeignKey(
        "org.Unit", models.PROTECT, related_name="+", verbose_name=_("指挥中心"), db_index=False
    )
    unit = models.ForeignKey(
        "org.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("责任单位"), db_index=False
    )

    flow = models.ForeignKey("workflow.FlowVersion", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=40)
    phase = models.CharField(_("阶段"), max_length=20)
    outcome = models.CharField(_("结果"), max_length=20, blank=True)
    stage_began_at = models.DateTimeField(_("进入本阶段时间"))
    stage_due_at = models.DateTimeField(_("本阶段截止时间"), null=True)
    filed_at = models.DateTimeField(_("立案时间"), null=True)
    dispatched_at = models.DateTimeField(_("派遣时间"), null=True)
    handled_at = models.DateTimeField(_("处置完成时间"), null=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    rework_count = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    return_count = models.PositiveSmallIntegerField(_("回退次数"), default=0)
    verification = models.CharField(_("核实结果"), max_length=20, blank=True)  # the verify task's last answer
    check_result = models.CharField(_("核查结果"), max_length=20, blank=True)  # the check task's last answer

    revision = models.PositiveIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    last_hash = models.BinaryField(default=b"")
    last_group = models.PositiveIntegerField(default=0)  # seq of the event that began the last step
    last_actor_id = models.BigIntegerField(null=True)
    opened_seq = models.PositiveIntegerField(default=0)  # the last event that the next post has seen

    objects = CaseManager()

    class Meta:
        verbose_name = _("案件")
        indexes = [
            models.Index("supervising", "state", "stage_due_at", name="case_supervising_box"),
            models.Index("commanding", "state", "stage_due_at", name="case_commanding_box"),
            models.Index("unit", "state", "due_at", name="case_unit_box"),
            # What runs late: the few cases whose clock runs, among all that ever had a deadline.
            models.Index("due_at", name="case_running", condition=Q(running_since__isnull=False)),
            models.Index(F("created_at").desc(), F("id").desc(), name="case_newest"),
            models.Index(
                OpClass(Func(F("number"), function="reverse"), name="text_pattern_ops"), name="case_number_tail"
            ),
            models.Index("last_actor_id", F("id").desc(), name="case_done_by"),
            models.Index(OpClass("area_code", name="varchar_pattern_ops"), "created_at", name="case_area"),
            # The map shows what is open: few among all that ever stood there.
            GistIndex("point", name="case_open_point", condition=~Q(phase="ended")),
        ]
        constraints = [
            models.CheckConstraint(name="case_ended_has_outcome", condition=~Q(phase="ended") | ~Q(outcome="")),
            models.CheckConstraint(name="case_open_has_none", condition=Q(phase="ended") | Q(outcome="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ended(self) -> bool:
        """Whether the case has come to an outcome."""
        return self.phase == "ended"

    @property
    def is_late(self) -> bool | None:
        """Whether handling ended after the deadline in force; None before it ended or without a deadline."""
        if self.handled_at is None or self.due_at is None:
            return None
        return self.handled_at > self.due_at

    def is_overdue(self, now: datetime) -> bool:
        """Whether the handling clock runs and its deadline is past."""
        return self.running_since is not None and self.due_at is not None and now > self.due_at


class ReplyBy(models.TextChoices):
    """How a citizen wants to be answered."""

    PHONE = "phone", _("电话")
    SMS = "sms", _("短信")
    SOURCE = "source", _("经来源平台")
    NONE = "none", _("不需回复")


class Gender(models.TextChoices):
    """How a citizen is spoken to, where he said it."""

    FEMALE = "female", _("女")
    MALE = "male", _("男")


class Contact(models.Model):
    """The one table of citizens' contacts: sealed, with digests for caller pop-up and search by last four digits."""

    key_id = models.CharField(max_length=40)
    name = models.BinaryField(default=b"")
    phone = models.BinaryField(default=b"")
    phone_digest = models.BinaryField(null=True, db_index=True)
    tail_digest = models.BinaryField(null=True, db_index=True)
    gender = models.BinaryField(default=b"")
    confidential = models.BooleanField(_("要求保密"), default=False)
    reply_by = models.CharField(_("回复方式"), max_length=10, choices=ReplyBy.choices, default=ReplyBy.PHONE)

    class Meta:
        verbose_name = _("联系方式")

    def __str__(self) -> str:
        return str(self.pk)


class Report(models.Model):
    """One word that something is wrong. A case begins with one and may gather more."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    first_case = models.ForeignKey(Case, models.CASCADE, related_name="+")  # where it was filed before any merging
    source = models.ForeignKey("codes.Source", models.PROTECT, related_name="+", db_index=False)
    external_number = models.CharField(_("来源编号"), max_length=60, blank=True)
    text = models.TextField(_("内容"), blank=True)
    point = models.PointField(srid=4326, null=True, spatial_index=False)
    address = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("上报人"), db_index=False
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="reports")
    created_at = models.DateTimeField(_("上报时间"))

    class Meta:
        verbose_name = _("问题")
        indexes = [models.Index("person", F("created_at").desc(), name="report_of_person")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.pk}"


class Subject(models.Model):
    """What tasks and requests share: a flow of their own inside the case."""

    kind = models.CharField(max_length=20)
    flow = models.ForeignKey("workflow.FlowVersion", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=40)
    ended = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    opened_group = (
        models.PositiveIntegerField()
    )  # the step that opened it, and the one that ended it: recall undoes them
    ended_group = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind}/{self.pk}"


class Task(Subject):
    """Work given to one unit or one person: `verify`, `handle`, `check`."""

    LEAD, ASSIST, BELOW = "lead", "assist", "below"

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    part = models.CharField(_("分工"), max_length=10, default=LEAD)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    duty_grid = models.ForeignKey("grid.DutyGrid", models.PROTECT, null=True, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)  # above 1: rework
    instruction = models.TextField(_("要求"), blank=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("任务")
        indexes = [
            models.Index("unit", "state", "due_at", name="task_unit_box", condition=Q(ended=False)),
            models.Index("person", "kind", "due_at", name="task_person_box", condition=Q(ended=False)),
            models.Index("unit", "opened_at", name="task_unit_received", condition=Q(kind="handle")),
            models.Index("person", F("ended_at").desc(), name="task_person_done", condition=Q(ended=True)),
        ]


class Request(Subject):
    """Somebody asks for approval: `return`, `void`."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="requests")
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(_("原因"), max_length=40, blank=True)
    suggested = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("申请")
        indexes = [models.Index("kind", "state", name="request_box", condition=Q(ended=False))]


class CaseEvent(models.Model):
    """One step of a case, appended and never changed: a trigger refuses UPDATE and DELETE.

    `group` is the seq of the event that caused it (its own for the first); `before` holds the case's columns that it
    changed, as they were. `hash` chains it to the one before over `cases.history.canonical`.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    group = models.PositiveIntegerField()
    at = models.DateTimeField()
    do = models.CharField(max_length=40)
    subject = models.CharField(max_length=20)  # case, verify, handle, check, return, void
    subject_id = models.BigIntegerField()
    revision = models.PositiveIntegerField()  # of the subject, after
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    post = models.CharField(max_length=30)
    unit_id = models.BigIntegerField(null=True)
    unit_name = models.CharField(max_length=80, blank=True)
    both_axes = models.BooleanField(default=False)  # the actor has acted on the other axis of this case
    claimed_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)  # of the stage that this step ends
    due_at = models.DateTimeField(null=True)
    spent = models.BigIntegerField(null=True)  # microseconds of the stage's working time
    late = models.BooleanField(null=True)
    limit = models.CharField(max_length=40, blank=True)
    calendar_version = models.BigIntegerField(null=True)
    flow_version = models.BigIntegerField()
    client_id = models.UUIDField(null=True, unique=True)
    body_digest = models.BinaryField(default=b"")
    data = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    note_digest = models.BinaryField(default=b"")
    hash = models.BinaryField()
    xid = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        verbose_name = _("案件经过")
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_event_seq")]
        indexes = [
            models.Index("xid", "id", name="case_event_feed"),
            models.Index("actor_id", "at", name="case_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.do}"


class EventText(models.Model):
    """The free text of a step. It may lawfully be erased with its salt: the chain holds only the salted digest."""

    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="text", primary_key=True)
    note = models.TextField(blank=True)
    private = models.JSONField(default=dict)  # free text of the data and of the columns before
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("经过说明")

    def __str__(self) -> str:
        return str(self.pk)


class Timer(models.Model):
    """The next moment at which the system performs a transition of a case. One a clock."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="timers", db_index=False)
    clock = models.CharField(max_length=20)
    do = models.CharField(max_length=40)
    fires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("定时器")
        constraints = [models.UniqueConstraint(fields=["case", "clock"], name="timer_per_clock")]
        indexes = [models.Index("fires_at", "id", name="timer_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.do}"


class Participant(models.Model):
    """Who has ever had a part in a case, as person or as unit: kept by `perform`, read by `visible_to`.

    `created_at` is the case's own: the newest of somebody's cases are read in the order of an index.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="participants", db_index=False)
    person = models.ForeignKey("org.Person", models.CASCADE, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("org.Unit", models.CASCADE, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("参与者")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], name="participant_person", condition=Q(person__isnull=False)
            ),
            models.UniqueConstraint(fields=["case", "unit"], name="participant_unit", condition=Q(unit__isnull=False)),
        ]
        indexes = [
            models.Index(
                "person",
                F("created_at").desc(),
                F("case").desc(),
                name="participant_person_newest",
                condition=Q(person__isnull=False),
            ),
            models.Index(
                "unit",
                F("created_at").desc(),
                F("case").desc(),
                name="participant_unit_newest",
                condition=Q(unit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id or ''}{self.unit_id or ''}"


class CaseEvidence(models.Model):
    """The link of a photo, sound or film to a case: what it shows, and at which step it came."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="evidence", db_index=False)
    evidence = models.ForeignKey("evidence.Evidence", models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="evidence", db_index=False)
    purpose = models.CharField(max_length=20)
    seq = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("案件附件")
        constraints = [models.UniqueConstraint(fields=["case", "evidence"], name="case_evidence_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.purpose}"


class CaseLink(models.Model):
    """One case stands to another: `merged` into it, or `rebound` of it."""

    MERGED, REBOUND = "merged", "rebound"

    case = models.ForeignKey(Case, models.CASCADE, related_name="links", db_index=False)
    other = models.ForeignKey(Case, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("关联案件")
        constraints = [models.UniqueConstraint(fields=["case", "other", "kind"], name="case_link_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"


class Claim(models.Model):
    """Who has a case open at a desk: shown to others by name, passed over by "next". No lock, no revision."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="claim", primary_key=True)
    person = models.ForeignKey("org.Person", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("认领")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.name}"


class LateReply(models.Model):
    """An offline phone's answer that came too late (`stale`): kept with its photos and shown to the operator."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="late_replies")
    task = models.ForeignKey(Task, models.CASCADE, null=True, db_index=False)
    client_id = models.UUIDField(unique=True)
    do = models.CharField(max_length=40)
    at = models.DateTimeField()
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    seen = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("迟到的回复")

    def __str__(self) -> str:
        return f"{self.case_id} {self.do}"
