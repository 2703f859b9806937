"""What an address in words may mean: tables, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.grid.geocoding.numerals import level_numbers, read_number
from cityloop.grid.geocoding.parse import MOST_READINGS, Reading, Step, level_inner, parse


def crossings(text: str) -> set[tuple[str, ...]]:
    return {one.names for one in parse(text).readings if one.kind == "crossing"}


def doors(text: str) -> list[tuple[str, int, str]]:
    return [(one.names[0], one.number, one.inner) for one in parse(text).readings if one.kind == "door"]


@pytest.mark.parametrize(
    "text",
    [
        "南京东路与河南中路交叉口",
        "南京东路和河南中路交界处",
        "南京东路（近河南中路）",
        "南京东路(近河南中路)",
        "南京东路河南中路口",
        "南京东路河南中路路口",
        "南京东路近河南中路",
        "南京东路靠近河南中路",
        "南京东路/河南中路",
        "南京东路、河南中路路口",
        "南京东路&河南中路",
        "在南京东路与河南中路的十字路口附近",
        "南京东路 河南中路",
        "南京东路×河南中路",
        "南京东路河南中路转角",
        "黄浦区南京东路与河南中路交叉口",
        "上海市黄浦区南京东路街道南京东路河南中路口",
    ],
)
def test_a_crossing_in_every_form(text: str) -> None:
    assert ("南京东路", "河南中路") in crossings(text)


def test_a_joint_may_be_part_of_a_name() -> None:
    assert ("和平路", "人民路") in crossings("和平路和人民路")
    assert ("交通路", "人民路") in crossings("交通路人民路口")


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("南京东路123号", ("南京东路", 123, "")),
        ("南京东路１２３号", ("南京东路", 123, "")),
        ("南京东路123", ("南京东路", 123, "")),
        ("南京东路一百二十三号", ("南京东路", 123, "")),
        ("南京东路123号附近", ("南京东路", 123, "")),
        ("南京东路 123 号 302室", ("南京东路", 123, "")),
        ("南京东路123号3栋502", ("南京东路", 123, "")),
        ("南京东路123号甲", ("南京东路", 123, "甲")),
        ("南京东路123-5号", ("南京东路", 123, "-5")),
        ("南京东路123号之2", ("南京东路", 123, "-2")),
        ("南京东路123弄", ("南京东路", 123, "")),
        ("南京东路123弄5号", ("南京东路", 123, "弄5")),
        ("南京东路123弄45支弄6号", ("南京东路", 123, "弄45支弄6")),
        ("南京东路123弄5号601室", ("南京东路", 123, "弄5")),
        ("黄浦区南京东路123弄5号", ("南京东路", 123, "弄5")),
        ("阳光小区5号", ("阳光小区", 5, "")),
        ("njdl123号", ("njdl", 123, "")),
        ("100 Massachusetts Ave", ("massachusetts ave", 100, "")),
    ],
)
def test_doors(text: str, door: tuple[str, int, str]) -> None:
    assert door in doors(text)


@pytest.mark.parametrize(
    "text", ["延安路3站", "中山东一路", "第一中学", "南京东路", "人民路0号", "12345678号", "南京东路1234567号"]
)
def test_what_is_no_door(text: str) -> None:
    assert doors(text) == []


@pytest.mark.parametrize(
    ("text", "base", "step"),
    [
        ("大世界东侧50米", "大世界", Step("e", 50)),
        ("大世界以东50米", "大世界", Step("e", 50)),
        ("大世界向东150米", "大世界", Step("e", 150)),
        ("大世界往东北方向走二百米左右", "大世界", Step("ne", 200)),
        ("距大世界西北约1公里", "大世界", Step("nw", 1000)),
        ("大世界南50m", "大世界", Step("s", 50)),
        ("大世界西侧", "大世界", Step("w", 30, said=False)),
        ("大世界以北", "大世界", Step("n", 30, said=False)),
        ("南京东路123号东侧50米", "南京东路123号", Step("e", 50)),
        ("河南中路西50米", "河南中路", Step("w", 50)),
        ("大世界东侧90公里", "大世界东侧90公里", None),
        ("广东路", "广东路", None),
        ("山西南路", "山西南路", None),
        ("人民广场", "人民广场", None),
    ],
)
def test_steps(text: str, base: str, step: Step | None) -> None:
    found = parse(text)
    assert (found.text, found.step) == (base, step)


@pytest.mark.parametrize(
    ("text", "areas", "rest"),
    [
        ("黄浦区南京东路", ("黄浦区",), "南京东路"),
        ("上海市黄浦区外滩街道南京东路", ("上海市", "黄浦区", "外滩街道"), "南京东路"),
        ("江苏省扬州市广陵区文昌路", ("扬州市", "广陵区"), "文昌路"),
        ("黄浦区", (), "黄浦区"),
        ("阳光小区5号", (), "阳光小区5号"),
        ("城市广场", (), "城市广场"),
        ("南京东路", (), "南京东路"),
    ],
)
def test_areas_at_the_beginning(text: str, areas: tuple[str, ...], rest: str) -> None:
    found = parse(text)
    assert (found.areas, found.rest) == (areas, rest)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("在大世界附近", "大世界"),
        ("大世界门口的路边", "大世界"),
        ("我现在在大世界旁边", "大世界"),
        ("阳光小区3号楼2单元", "阳光小区"),
    ],
)
def test_noise_and_rooms_are_left_out(text: str, name: str) -> None:
    assert name in {one.names[0] for one in parse(text).readings if one.kind == "name"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("99999", 99999),
        ("100000", None),
        ("一二三", 123),
        ("十", 10),
        ("二十", 20),
        ("一百零五", 105),
        ("二百三十", 230),
        ("两千", 2000),
        ("", None),
        ("a", None),
    ],
)
def test_numbers(text: str, number: int | None) -> None:
    assert read_number(text) == number


def test_numbers_of_names_stay() -> None:
    assert level_numbers("中山东一路二十号五十米第一弄") == "中山东一路20号50米第一弄"


@pytest.mark.parametrize(
    ("text", "inner"), [("号", ""), ("弄", ""), ("弄5号", "弄5"), ("之2", "-2"), ("号甲", "甲"), ("-5号", "-5")]
)
def test_what_follows_a_number_has_one_form(text: str, inner: str) -> None:
    assert level_inner(text) == inner


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    """Nothing breaks the parser, and what it proposes is bounded and never empty of a name."""
    found = parse(text)
    readings: tuple[Reading, ...] = found.readings
    assert len(readings) <= 2 * MOST_READINGS
    assert all(reading.names and 0 < reading.sure <= 1 for reading in readings)
