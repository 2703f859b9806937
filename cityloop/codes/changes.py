"""What a city's workbook would change in an edition, line by line, before anything is written. No database here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.sheets import Problem
from cityloop.codes.catalogue import EditionNode, MajorNode, MinorNode, StandardNode, local_numbers
from cityloop.codes.data import Amount
from cityloop.codes.sheets import SheetRow

FIRST_LOCAL_MAJOR: Final = 21
# What happens to a line.
VERDICTS: Final = {
    "added": gettext_lazy("新增"),
    "changed": gettext_lazy("变更"),
    "retired": gettext_lazy("停用"),
    "same": gettext_lazy("无变化"),
    "wrong": gettext_lazy("有误"),
}
Limits = Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class Change:
    """One line with its verdict. `seq` is None where the line concerns the minor category alone."""

    number: int
    verdict: str
    message: str
    row: SheetRow | None = None
    seq: int | None = None

    @property
    def label(self) -> str:
        """The verdict in the reader's language."""
        return str(VERDICTS[self.verdict])


class Wrong(ValueError):
    """A line contradicts the codes; the text is for the reader."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines of a workbook against one edition, as from one day."""

    edition_id: int
    on: date
    changes: tuple[Change, ...]

    @property
    def is_sound(self) -> bool:
        """Whether it may be applied: no line is wrong."""
        return all(change.verdict != "wrong" for change in self.changes)

    def counts(self) -> dict[str, int]:
        """How many lines have each verdict."""
        return {verdict: sum(change.verdict == verdict for change in self.changes) for verdict in VERDICTS}


@dataclass
class Planner:
    """Judges lines one after the other; remembers which lines it has seen."""

    edition: EditionNode
    limits: Mapping[int, Limits]
    on: date
    seen: dict[tuple[str, str, int | None], int] = field(default_factory=dict)
    new_numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    new_names: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.majors = {(major.kind, major.code): major for major in self.edition.majors}
        self.minors = {(minor.kind, minor.code): minor for major in self.edition.majors for minor in major.minors}

    def judge(self, row: SheetRow) -> Change:
        """The verdict on one line."""
        try:
            minor = self.minors.get((row.kind, row.code))
            self._check_category(row, minor)
            if row.condition or row.seq is not None:
                return self._judge_standard(row, minor)
            return self._judge_minor(row, minor)
        except Wrong as fault:
            return Change(row.number, "wrong", str(fault), row)

    def _check_category(self, row: SheetRow, minor: MinorNode | None) -> None:
        if not row.code.startswith(row.major_code):
            raise Wrong(_("小类代码不在该大类之下"))
        major = self.majors.get((row.kind, row.major_code))
        if major and row.major_name not in ("", major.name):
            raise Wrong(_("大类 %(code)s 是“%(name)s”") % {"code": major.code, "name": major.name})
        if minor is None:
            self._check_extension(row, major)
        elif minor.valid_to is not None and minor.valid_to <= self.on:
            raise Wrong(_("小类已停用"))
        elif minor.held == "unresolved":
            if row.state == "offered" and row.name in ("", minor.name):
                raise Wrong(_("未核实的编码须写明名称才能启用"))
            self._one_name(row.kind, row.code, row.name)
        elif row.name not in ("", minor.name):
            raise Wrong(_("小类 %(code)s 是“%(name)s”") % {"code": minor.code, "name": minor.name})

    def _check_extension(self, row: SheetRow, major: MajorNode | None) -> None:
        if row.state != "offered":
            raise Wrong(_("没有这个小类"))
        if not row.name:
            raise Wrong(_("没有这个小类；如为本地扩展，须写明小类名称"))
        if major is None and (int(row.major_code) < FIRST_LOCAL_MAJOR or not row.major_name):
            raise Wrong(_("没有这个大类；本地扩展大类从 21 起编号，须写明名称"))
        taken = {int(minor.code[2:]): minor.local for minor in major.minors} if major else {}
        free = local_numbers(taken, inside_local=major is None or major.local, extends=self.edition.local_minors)
        if int(row.code[2:]) not in free:
            raise Wrong(_("没有这个小类，编码也不合本地扩展的规则"))
        self._one_name(row.kind, row.code, row.name)
        if major is None:
            self._one_name(row.kind, row.major_code, row.major_name)

    def _one_name(self, kind: str, code: str, name: str) -> None:
        """What is new has the same name on every line."""
        first = self.new_names.setdefault((kind, code), name)
        if first != name:
            raise Wrong(_("%(code)s 在前面的行里叫“%(name)s”") % {"code": code, "name": first})

    def _judge_minor(self, row: SheetRow, minor: MinorNode | None) -> Change:
        """A line without a condition speaks of the minor category alone."""
        if row.limits or row.close_condition:
            raise Wrong(_("缺立案条件"))
        self._once(row, None)
        if row.state == "retired":
            return Change(row.number, "retired", _("小类停用"), row)
        if minor is None:
            return Change(row.number, "added", _("新增本地小类，尚无立案条件"), row)
        if row.state == "offered" and not minor.is_offered:
            return Change(row.number, "changed", _("采用该小类"), row)
        return Change(row.number, "same", "", row)

    def _judge_standard(self, row: SheetRow, minor: MinorNode | None) -> Change:
        """A line with a condition, or with the number of one."""
        seq = row.seq if row.seq is not None else self._number(row, minor)
        self._once(row, seq)
        old = find_open(minor, seq)
        if row.state == "held":
            return Change(row.number, "same", _("未采用"), row, seq)
        if row.state == "retired":
            return self._judge_retired(row, seq, old)
        if not row.condition or not row.close_condition:
            raise Wrong(_("缺立案条件") if not row.condition else _("缺结案条件"))
        if minor and minor.is_offered and self._is_same(row, old):
            return Change(row.number, "same", "", row, seq)
        if old and self.on < old.valid_from:
            raise Wrong(_("生效日期早于现行条件的起用日期 %(day)s") % {"day": old.valid_from})
        return Change(row.number, "changed" if old else "added", remark_on(row, minor), row, seq)

    def _judge_retired(self, row: SheetRow, seq: int, old: StandardNode | None) -> Change:
        if old is None:
            raise Wrong(_("没有可停用的立案条件"))
        if self.on < old.valid_from:
            raise Wrong(_("生效日期早于现行条件的起用日期 %(day)s") % {"day": old.valid_from})
        return Change(row.number, "retired", "", row, seq)

    def _is_same(self, row: SheetRow, old: StandardNode | None) -> bool:
        return old is not None and (row.condition, row.close_condition, dict(row.limits)) == (
            old.condition,
            old.close_condition,
            dict(self.limits.get(old.id, {})),
        )

    def _number(self, row: SheetRow, minor: MinorNode | None) -> int:
        """The number of a condition that the line gives none: the same words', or the next."""
        standards = minor.standards if minor else ()
        for old in standards:
            if old.valid_to is None and old.condition == row.condition:
                return old.seq
        key = (row.kind, row.code)
        last = self.new_numbers.get(key, max((old.seq for old in standards), default=0))
        self.new_numbers[key] = last + 1
        return last + 1

    def _once(self, row: SheetRow, seq: int | None) -> None:
        first = self.seen.setdefault((row.kind, row.code, seq), row.number)
        if first != row.number:
            raise Wrong(_("与第 %(first)d 行重复") % {"first": first})


def remark_on(row: SheetRow, minor: MinorNode | None) -> str:
    """What the reader of the report should know about a line that is all right."""
    remarks = []
    if minor is None:
        remarks.append(_("新增本地小类"))
    elif not minor.is_offered:
        remarks.append(_("采用该小类"))
    if not row.limits:
        remarks.append(_("没有时限：保留，但不可选用"))
    return "；".join(remarks)


def find_open(minor: MinorNode | None, seq: int) -> StandardNode | None:
    """The standard of that number that has no end yet."""
    return next((row for row in minor.standards if row.seq == seq and row.valid_to is None), None) if minor else None


def make_plan(
    edition: EditionNode,
    rows: Iterable[SheetRow],
    problems: Iterable[Problem],
    *,
    limits: Mapping[int, Limits],
    on: date,
) -> Plan:
    """What the lines would change from that day on; `limits` are the present ones by standard id.

    Refused as `invalid` for a day before the edition is in force.
    """
    if on < edition.valid_from:
        message = _("生效日期早于该版标准的起用日期 %(day)s") % {"day": edition.valid_from}
        raise Refused("invalid", message, {"rule": "edition_in_force", "fields": {"on": message}})
    planner = Planner(edition, limits, on)
    judged = [planner.judge(row) for row in rows]
    unread = [Change(fault.row, "wrong", fault.message) for fault in problems]
    return Plan(edition.id, on, tuple(sorted([*judged, *unread], key=lambda change: change.number)))
