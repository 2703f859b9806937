"""How well a typed name fits a known one, and why. Plain functions, no database."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cityloop.base.spelling import SHORTEST_GUESSED, Spelling, is_abbreviation, is_latin, steps_between
from cityloop.base.words import mark


class Why(StrEnum):
    """Why a place answers a text; the API gives the value, screens the words of `WORDS`."""

    EXACT = "exact"
    ALIAS = "alias"
    FORMER = "former"
    SHORT = "short"
    PINYIN = "pinyin"
    INITIALS = "initials"
    HOMOPHONE = "homophone"
    MISSPELT = "misspelt"
    BEGINNING = "beginning"
    PART = "part"
    ABBREVIATION = "abbreviation"
    WITHIN = "within"
    DOOR = "door"
    LANE = "lane"
    BETWEEN = "between"
    BESIDE = "beside"
    NO_DOOR = "no_door"
    CROSSING = "crossing"
    NEARBY = "nearby"
    ALONG = "along"
    MIDDLE = "middle"
    AREA = "area"
    OTHER_AREA = "other_area"
    STEP = "step"
    STEP_GUESSED = "step_guessed"


WORDS: Final[dict[Why, str]] = {
    Why.EXACT: mark("名称相符"),
    Why.ALIAS: mark("别名相符"),
    Why.FORMER: mark("曾用名相符"),
    Why.SHORT: mark("简称相符"),
    Why.PINYIN: mark("拼音相符"),
    Why.INITIALS: mark("首字母相符"),
    Why.HOMOPHONE: mark("读音相近"),
    Why.MISSPELT: mark("字有出入"),
    Why.BEGINNING: mark("名称开头相符"),
    Why.PART: mark("名称一部分相符"),
    Why.ABBREVIATION: mark("缩写相符"),
    Why.WITHIN: mark("文字中含此名称"),
    Why.DOOR: mark("门牌相符"),
    Why.LANE: mark("弄口，内部门牌不详"),
    Why.BETWEEN: mark("按两侧门牌推算"),
    Why.BESIDE: mark("最近的已知门牌"),
    Why.NO_DOOR: mark("门牌不详，取路中段"),
    Why.CROSSING: mark("路口"),
    Why.NEARBY: mark("两处最近点"),
    Why.ALONG: mark("沿路路口"),
    Why.MIDDLE: mark("路中段"),
    Why.AREA: mark("区域相符"),
    Why.OTHER_AREA: mark("不在所述区域"),
    Why.STEP: mark("按方位距离推算"),
    Why.STEP_GUESSED: mark("按方位推算，距离未说明"),
}

_BY_NAME_KIND: Final[dict[str, tuple[float, Why]]] = {
    "standard": (1.0, Why.EXACT),
    "alias": (0.98, Why.ALIAS),
    "former": (0.96, Why.FORMER),
    "short": (0.97, Why.SHORT),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A known name as the database gives it."""

    id: int
    rank: int
    kind: str
    name: str
    bearer: str
    key: str
    pinyin: str
    sound: str
    initials: str


def compare(asked: Spelling, known: Name) -> tuple[float, Why] | None:
    """Between 0 and 1 and the reason, or None where the two have nothing in common worth showing."""
    own, exact = _BY_NAME_KIND[known.kind]
    if asked.key == known.key:
        return own, exact
    found = _compare_latin(asked, known) if is_latin(asked.key) else _compare_written(asked, known)
    found = found or _compare_parts(asked, known)
    return None if found is None else (found[0] * own, found[1])


def _compare_latin(asked: Spelling, known: Name) -> tuple[float, Why] | None:
    share = len(asked.key) / max(len(known.pinyin), 1)
    if asked.key == known.pinyin:
        return 0.93, Why.PINYIN
    if asked.key == known.initials:
        return 0.90, Why.INITIALS
    if known.initials.startswith(asked.key):
        return 0.70 + 0.15 * len(asked.key) / len(known.initials), Why.INITIALS
    if known.pinyin.startswith(asked.key):
        return 0.70 + 0.2 * share, Why.PINYIN
    if asked.sound == known.sound:
        return 0.86, Why.HOMOPHONE
    return (0.62 + 0.2 * share, Why.HOMOPHONE) if known.sound.startswith(asked.sound) else None


def _compare_written(asked: Spelling, known: Name) -> tuple[float, Why] | None:
    share = len(asked.key) / max(len(known.key), 1)
    if asked.pinyin == known.pinyin:
        return 0.91, Why.HOMOPHONE
    if known.key.startswith(asked.key):
        return 0.70 + 0.2 * share, Why.BEGINNING
    if asked.sound == known.sound:
        return 0.86 if len(asked.key) >= SHORTEST_GUESSED else 0.76, Why.HOMOPHONE
    if asked.initials == known.initials and asked.initials != asked.key and _is_mixed(asked):
        return 0.85, Why.INITIALS
    return _compare_guess(asked, known)


def _is_mixed(asked: Spelling) -> bool:
    return any("a" <= char <= "z" for char in asked.key)


def _compare_guess(asked: Spelling, known: Name) -> tuple[float, Why] | None:
    """One character apart; two in long names. A wrong one that sounds alike weighs less than a missing one."""
    longest = max(len(asked.key), len(known.key))
    steps = steps_between(asked.key, known.key)
    if longest < 3 or steps > (2 if longest >= 7 else 1):
        return None
    score = 0.90 - 0.28 * steps / longest
    if asked.key[:1] != known.key[:1]:
        score -= 0.04
    return score, Why.MISSPELT


def _compare_parts(asked: Spelling, known: Name) -> tuple[float, Why] | None:
    share = min(len(asked.key) / max(len(known.key), 1), 1.0)
    if len(asked.key) >= 2 and asked.key in known.key:
        return 0.62 + 0.28 * share, Why.PART
    if known.key in asked.key and len(known.key) >= 2:
        return 0.50 + 0.40 * len(known.key) / len(asked.key), Why.WITHIN
    if not is_latin(asked.key) and known.sound.startswith(asked.sound):
        return 0.60 + 0.2 * share, Why.HOMOPHONE
    if len(asked.key) >= 2 and is_abbreviation(asked.key, known.key):
        return 0.52 + 0.25 * share, Why.ABBREVIATION
    return None
