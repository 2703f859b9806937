"""Reading and writing the handbook's workbook."""

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from cityloop.base.errors import Refused
from cityloop.codes.data import Amount
from cityloop.codes.sheets import SHEET, SheetRow, read_limit, read_sheet, write_limit, write_sheet

TITLES = [column.name for column in SHEET.columns]
GOOD: Mapping[str, object] = {
    "类型": "事件",
    "大类代码": "01",
    "小类代码": "0110",
    "小类名称": "暴露垃圾",
    "序号": 1,
    "立案条件": "积存半天以上",
    "结案条件": "清走",
    "A类时限": "2工作时",
}


def workbook(*lines: Mapping[str, object], title: str = SHEET.title) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(TITLES)
    for line in lines:
        sheet.append([line.get(name) for name in TITLES])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_line() -> None:
    rows, problems = read_sheet(workbook(GOOD))
    two = Amount(Decimal(2), "work_hour")
    assert problems == []
    assert rows == [
        SheetRow(
            2,
            "event",
            "01",
            "",
            "0110",
            "暴露垃圾",
            "",
            1,
            "积存半天以上",
            "清走",
            {"A": two, "B": two, "C": two},
            "offered",
        )
    ]


def test_limits_by_class() -> None:
    rows, _ = read_sheet(workbook({**GOOD, "B类时限": "4 工作时", "C类时限": "１工作日"}))
    assert [write_limit(limit) for limit in rows[0].limits.values()] == ["2工作时", "4工作时", "1工作日"]


def test_codes_that_lost_their_zero() -> None:
    rows, _ = read_sheet(workbook({**GOOD, "大类代码": 1, "小类代码": 110.0}))
    assert (rows[0].major_code, rows[0].code) == ("01", "0110")


def test_no_limit_and_empty_lines() -> None:
    rows, problems = read_sheet(workbook({}, {**GOOD, "A类时限": None}, {}))
    assert (len(rows), rows[0].number, rows[0].limits, problems) == (1, 3, {}, [])


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"类型": "人员"}, "类型：应为 部件、事件"),
        ({"类型": None}, "类型：必填"),
        ({"小类代码": "01a0"}, "小类代码：应为 4 位数字"),
        ({"小类代码": "01100"}, "小类代码：应为 4 位数字"),
        ({"序号": "一"}, "序号：应为 1 至 999 的整数"),
        ({"序号": 1.5}, "序号：应为 1 至 999 的整数"),
        ({"A类时限": "2"}, "A类时限：“2”应写数量和单位"),
        ({"A类时限": 2}, "A类时限：“2”应写数量和单位"),
        ({"A类时限": "2小时"}, "A类时限：单位“小时”应为"),
        ({"A类时限": "0工作时"}, "A类时限：应大于 0"),
        ({"A类时限": "1001工作日"}, "A类时限：应大于 0，不超过 1000"),
        ({"A类时限": "2/15"}, "单位“/15”应为"),
        ({"A类时限": "-1工作日"}, "A类时限：“-1工作日”应写数量和单位"),
        ({"A类时限": None, "B类时限": "1工作日"}, "A 类时限不能为空"),
        ({"A类时限": "=1+1"}, "A类时限：不接受公式"),
        ({"状态": "作废"}, "状态：应为 启用、停用、未采用"),
        ({"几何类型": "圆"}, "几何类型：应为 点、线、面"),
        ({"立案条件": "长" * 501}, "立案条件：超过 500 字"),
    ],
)
def test_a_bad_line_says_why_and_the_others_are_read(cells: Mapping[str, object], says: str) -> None:
    rows, problems = read_sheet(workbook({**GOOD, **cells}, GOOD))
    assert [row.number for row in rows] == [3]
    assert [problem.row for problem in problems] == [2]
    assert says in problems[0].message


def test_all_faults_of_a_line_at_once() -> None:
    _, problems = read_sheet(workbook({**GOOD, "类型": "人", "小类代码": "x", "A类时限": "2天"}))
    assert problems[0].message.count("；") == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no workbook", "invalid"),
        (b"x" * (6 * 1024 * 1024), "too_large"),
        (workbook(GOOD, title="别的"), "invalid"),
    ],
)
def test_files_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_sheet(content)
    assert refusal.value.code == code


def test_written_rows_are_read_again() -> None:
    limits = {"A": Amount(Decimal("1.5"), "urgent_hour"), "B": Amount(Decimal(10), "work_day")}
    row = SheetRow(
        2,
        "component",
        "01",
        "公用设施",
        "0199",
        "爱心驿站",
        "polygon",
        12,
        "=甲",
        "乙",
        {**limits, "C": limits["B"]},
        "held",
    )
    assert read_sheet(write_sheet([row])) == ([row], [])


def test_the_template_is_empty_and_readable() -> None:
    assert read_sheet(write_sheet([])) == ([], [])


@pytest.mark.parametrize("text", ["1紧急工作日", "2紧急工作时", "4工作时", "15工作日", "3自然日", "0.5工作日"])
def test_limits_come_back(text: str) -> None:
    assert write_limit(read_limit(text)) == text
