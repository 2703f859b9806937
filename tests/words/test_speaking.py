"""Pure code and its neighbours say their words in the reader's language."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from cityloop.base.errors import Refused
from cityloop.base.words import in_language, label_of, listed, punctuation, run_together, speak
from cityloop.formdefs.schema import Field, clean
from cityloop.limits.clock import Limit, Unit
from cityloop.limits.lamp import TimeLeft
from cityloop.limits.words import left_words, limit_words
from cityloop.workflow.engine import Flow, Guard, Line, State, choose

OPEN = State("open", {"zh": "待办", "en": "To do"})
LINE = Line("close", {"zh": "结案", "en": "Close"}, ("open",), "=", ("operator",), when=("located",))
FLOW = Flow("case", ("open",), {"open": OPEN}, (LINE,))
GUARDS = {"located": Guard("located", "", "请先在地图上定位", lambda facts: False)}


def refusal_of(do: str, role: str) -> str:
    with pytest.raises(Refused) as caught:
        choose(FLOW, "open", do, roles=frozenset({role}), facts=None, guards=GUARDS)
    return str(caught.value.message)


@pytest.mark.parametrize(
    ("do", "role", "chinese", "english"),
    [
        ("fly", "operator", "「待办」状态下没有这个操作", "“To do” does not have this action"),
        ("close", "unit", "您的岗位不能执行这个操作", "Your post cannot take this action"),
        ("close", "operator", "请先在地图上定位", "Place it on the map first"),
    ],
)
def test_a_refusal_of_the_engine(do: str, role: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert refusal_of(do, role) == chinese
    with override("en"):
        assert refusal_of(do, role) == english


def test_a_form_names_its_fields_in_the_readers_language() -> None:
    form = (Field("note", "text", {"zh": "说明", "en": "Note"}, params={"max": 3}),)
    with override("en"), pytest.raises(Refused) as caught:
        clean(form, {"note": "too long"})
    assert caught.value.message == "Note: At most 3 characters"
    assert caught.value.details == {"fields": {"note": "At most 3 characters"}}


@pytest.mark.parametrize(("language", "code"), [("zh-hans", "zh"), ("en", "en"), ("en-gb", "en"), ("fr", "zh")])
def test_names_are_picked_by_language(language: str, code: str) -> None:
    with override(language):
        assert in_language("案件", "Case") == {"zh": "案件", "en": "Case"}[code]
        assert in_language("案件", "") == "案件"
        assert label_of({"zh": "案件", "en": "Case"}) == {"zh": "案件", "en": "Case"}[code]
        assert label_of({"zh": "案件"}) == "案件"


def test_words_in_a_row() -> None:
    with override("zh-hans"):
        assert (listed(["甲", "乙"]), punctuation("："), run_together(["1小时", "", "2分"])) == (
            "甲、乙",
            "：",
            "1小时2分",
        )
    with override("en"):
        assert (listed(["A", "B"]), punctuation("："), run_together(["1 h", "", "2 min"])) == (
            "A, B",
            ": ",
            "1 h 2 min",
        )
        assert speak("没有这句话") == "没有这句话"


LEFT = TimeLeft(False, 0, 1, 12, Unit.WORK_HOUR, Unit.WORK_HOUR)
DAYS = TimeLeft(True, 2, 3, 5, Unit.WORK_DAY, Unit.WORK_HOUR)


@pytest.mark.parametrize(
    ("left", "chinese", "english"),
    [
        (LEFT, "剩 1小时12分 工作时", "1 h 12 min work time left"),
        (DAYS, "超 2工作日3小时", "2 work d 3 h late"),
    ],
)
def test_what_is_left(left: TimeLeft, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert left_words(left) == chinese
    with override("en"):
        assert left_words(left) == english


@pytest.mark.parametrize(
    ("amount", "english"), [("1", "1 work hour"), ("4", "4 work hours"), ("0.5", "0.5 work hours")]
)
def test_one_hour_and_several(amount: str, english: str) -> None:
    with override("en"):
        assert limit_words(Limit(Decimal(amount), Unit.WORK_HOUR)) == english
