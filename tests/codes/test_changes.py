"""What a workbook would change, and writing it."""

from collections.abc import Mapping
from datetime import date

import pytest

from cityloop.base.errors import Refused
from cityloop.codes import selectors
from cityloop.codes.actions import apply_plan
from cityloop.codes.catalogue import EditionNode
from cityloop.codes.changes import Plan, make_plan
from cityloop.codes.models import Major, Minor
from cityloop.codes.sheets import read_sheet
from tests.codes.conftest import ADMIN, NOW
from tests.codes.nodes import edition_node, limits_of
from tests.codes.test_sheets import GOOD, workbook

JUNE = date(2026, 6, 1)
EDITION = edition_node("2013")


def plan_of(edition: EditionNode, *lines: Mapping[str, object], on: date = JUNE) -> Plan:
    rows, problems = read_sheet(workbook(*lines))
    return make_plan(edition, rows, problems, limits=limits_of(edition), on=on)


SAME = {**GOOD, "立案条件": "公共场所生活垃圾未入容器", "A类时限": "4工作时"}
LOCAL = {**GOOD, "小类代码": "0199", "小类名称": "乱涂乱画", "序号": None}


@pytest.mark.parametrize(
    ("cells", "verdict", "says"),
    [
        (SAME, "same", ""),
        ({**SAME, "序号": None}, "same", ""),  # found by its words
        ({**SAME, "小类名称": None}, "same", ""),
        ({**SAME, "A类时限": "2工作时"}, "changed", ""),
        ({**SAME, "B类时限": "5工作时"}, "changed", ""),
        ({**SAME, "结案条件": "清走并冲洗"}, "changed", ""),
        ({**SAME, "A类时限": None}, "changed", "没有时限：保留，但不可选用"),
        ({**GOOD, "序号": 2}, "added", ""),
        ({**GOOD, "序号": None}, "added", ""),
        ({**SAME, "状态": "停用"}, "retired", ""),
        ({**GOOD, "序号": 9, "状态": "停用"}, "wrong", "没有可停用的立案条件"),
        ({**GOOD, "小类名称": "上水井盖"}, "wrong", "小类 0110 是“暴露垃圾”"),
        ({**GOOD, "大类名称": "街面秩序"}, "wrong", "大类 01 是“市容环境”"),
        ({**GOOD, "大类代码": "02"}, "wrong", "小类代码不在该大类之下"),
        ({**GOOD, "结案条件": None}, "wrong", "缺结案条件"),
        ({**GOOD, "序号": None, "立案条件": None}, "wrong", "缺立案条件"),
        ({**GOOD, "立案条件": None}, "wrong", "缺立案条件"),
        (LOCAL, "added", "新增本地小类"),
        ({**LOCAL, "小类名称": None}, "wrong", "须写明小类名称"),
        ({**LOCAL, "小类代码": "0100"}, "wrong", "编码也不合本地扩展的规则"),
        ({**LOCAL, "状态": "停用"}, "wrong", "没有这个小类"),
        ({**LOCAL, "大类代码": "07", "小类代码": "0701"}, "wrong", "没有这个大类"),
        ({**LOCAL, "大类代码": "21", "小类代码": "2101"}, "wrong", "没有这个大类"),
        ({**LOCAL, "大类代码": "21", "小类代码": "2101", "大类名称": "扩展"}, "added", ""),
        ({**GOOD, "小类代码": "0116", "小类名称": None}, "wrong", "须写明名称才能启用"),
        ({**GOOD, "小类代码": "0116", "小类名称": "气模拱门"}, "added", "采用该小类"),
        ({**GOOD, "类型": "部件", "小类代码": "0197", "小类名称": "河东驿站", "状态": "未采用"}, "same", "未采用"),
        ({**GOOD, "类型": "部件", "小类代码": "0197", "小类名称": "河东驿站"}, "changed", ""),
    ],
)
def test_verdicts(cells: Mapping[str, object], verdict: str, says: str) -> None:
    change = plan_of(EDITION, cells).changes[0]
    assert change.verdict == verdict, change.message
    assert says in change.message


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (GOOD, GOOD, "与第 2 行重复"),
        (SAME, {**SAME, "序号": None}, "与第 2 行重复"),
        (LOCAL, {**LOCAL, "小类名称": "别名", "立案条件": "丙"}, "0199 在前面的行里叫“乱涂乱画”"),
    ],
)
def test_lines_against_each_other(first: Mapping[str, object], second: Mapping[str, object], says: str) -> None:
    plan = plan_of(EDITION, first, second)
    assert [change.verdict == "wrong" for change in plan.changes] == [False, True]
    assert says in plan.changes[1].message


def test_the_2007_edition_extends_in_local_majors_only() -> None:
    lines = (LOCAL, {**LOCAL, "大类代码": "21", "大类名称": "扩展", "小类代码": "2101"})
    assert [change.verdict for change in plan_of(edition_node("2007"), *lines).changes] == ["wrong", "added"]


def test_not_before_the_edition() -> None:
    with pytest.raises(Refused) as refusal:
        plan_of(EDITION, GOOD, on=date(2014, 8, 14))
    assert refusal.value.details["rule"] == "edition_in_force"


def test_not_before_the_present_row(codes: EditionNode) -> None:
    apply_plan(plan_of(codes, GOOD), by=ADMIN, now=NOW)
    late = plan_of(selectors.get_edition(codes.id), {**GOOD, "立案条件": "又一次"}, on=date(2026, 5, 31))
    assert "早于现行条件的起用日期" in late.changes[0].message


def test_applied_all_or_nothing(codes: EditionNode) -> None:
    plan = plan_of(codes, GOOD, {**GOOD, "小类代码": "9999"})
    assert not plan.is_sound
    with pytest.raises(Refused) as refusal:
        apply_plan(plan, by=ADMIN, now=NOW)
    assert refusal.value.details["rule"] == "sound_plan"
    minor = selectors.find_minor(codes.id, "event", "0110")
    assert minor
    assert len(minor.standards) == 1


def test_applied(codes: EditionNode) -> None:
    extension = {**LOCAL, "大类代码": "21", "小类代码": "2101", "大类名称": "扩展", "A类时限": None}
    lines = (
        GOOD,
        {**SAME, "小类代码": "0117", "小类名称": None, "立案条件": None, "序号": 1, "状态": "停用"},
        {**GOOD, "小类代码": "0116", "小类名称": "气模拱门", "序号": None},
        {**extension, "立案条件": "甲"},
        {**extension, "立案条件": "乙"},
        {"类型": "事件", "大类代码": "01", "小类代码": "0137", "状态": "停用"},
    )
    plan = plan_of(codes, *lines)
    assert plan.counts() == {"added": 3, "changed": 1, "retired": 2, "same": 0, "wrong": 0}
    made = apply_plan(plan, by=ADMIN, now=NOW, source="市政发〔2026〕1号")
    assert [(change.number, row.seq, row.held) for change, row in made] == [
        (2, 1, ""),
        (4, 1, ""),
        (5, 1, "no_limit"),
        (6, 2, "no_limit"),
    ]
    assert Minor.objects.get(code="0116", edition_id=codes.id, kind="event").name == "气模拱门"
    assert Major.objects.get(code="21").local
    majors = [major for major in selectors.catalogue(codes.id, JUNE) if major.kind == "event"]
    tree = {minor.code: minor for major in majors for minor in major.minors}
    assert {"0117", "0137", "2101"}.isdisjoint(tree)
    assert tree["0110"].standards[0].source == "市政发〔2026〕1号"


def test_the_same_file_again_changes_nothing(codes: EditionNode) -> None:
    apply_plan(plan_of(codes, {**SAME, "结案条件": "清走并冲洗"}), by=ADMIN, now=NOW)
    again = selectors.get_edition(codes.id)
    minor = selectors.find_minor(codes.id, "event", "0110")
    assert minor
    rows, problems = read_sheet(workbook({**SAME, "结案条件": "清走并冲洗"}))
    plan = make_plan(again, rows, problems, limits={minor.standards[1].id: rows[0].limits}, on=JUNE)
    assert plan.counts()["same"] == 1
