"""The forms of a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.base.spelling import is_abbreviation, key_of, near_of, sound_of, spell, steps_between


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中山东一路", "中山东１路"),
        ("A8 酒店（外滩店）", "ａ８酒店外滩店"),
        ("南京 东路", "南京东路"),
        ("Main St.", "main st"),
    ],
)
def test_one_key_for_what_is_written_differently(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("南京东路", "nanjingdonglu", "njdl"),
        ("重庆南路", "chongqingnanlu", "cqnl"),
        ("厦门路", "xiamenlu", "xml"),
        ("长乐路", "changlelu", "cll"),
        ("A8酒店", "a8jiudian", "a8jd"),
        ("", "", ""),
    ],
)
def test_pinyin_and_initials(name: str, pinyin: str, initials: str) -> None:
    found = spell(name)
    assert (found.pinyin, found.initials) == (pinyin, initials)


@pytest.mark.parametrize(
    ("one", "other"), [("nanjing", "nanjin"), ("zhongshan", "zongsan"), ("liulin", "niunin"), ("lvdi", "ludi")]
)
def test_sounds_that_many_do_not_tell_apart(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("南京东路", "南京东路", 0),
        ("南金东路", "南京东路", 1),
        ("南东路", "南京东路", 1),
        ("南东京路", "南京东路", 1),
        ("人民路", "人民大道", 2),
        ("外滩", "南京东路", 3),
    ],
)
def test_steps_between(one: str, other: str, steps: int) -> None:
    assert steps_between(one, other) == steps


NAMES = st.text(alphabet="南京东西路中山人民大道河", min_size=3, max_size=10)


@given(NAMES, st.integers(0, 9), st.sampled_from("甲乙丙"))
def test_whatever_is_one_character_apart_shares_a_number(name: str, at: int, char: str) -> None:
    at %= len(name)
    for other in (name[:at] + char + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + char + name[at:]):
        if len(other) >= 3:
            assert set(near_of(name)) & set(near_of(other))


def test_short_names_are_not_guessed() -> None:
    assert len(near_of("外滩")) == 1


def test_abbreviations() -> None:
    assert is_abbreviation("上图", "上海图书馆")
    assert not is_abbreviation("图上", "上海图书馆")
    assert not is_abbreviation("海图", "上海图书馆")
