"""What an address in words may mean: a pure parser. It proposes readings; the database says which of them exist.

`南京东路（近河南中路）` is a crossing, `中山路100弄5号` a door, `大世界东侧50米` a place and a step from it.
Where a text can be read in several ways (`和平路和人民路`: which 和 joins?) all of them are returned.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final, Literal

from cityloop.grid.geocoding.numerals import level_numbers, read_number

LONGEST: Final = 80  # characters of a query that are read
MOST_READINGS: Final = 14
FAR: Final = 5_000  # metres; a step of more is no way to say where something is
UNSAID: Final = 30  # metres of a step whose length was not said: 大世界东侧

Bearing = Literal["n", "ne", "e", "se", "s", "sw", "w", "nw"]
_BEARINGS: Final[dict[str, Bearing]] = {
    "东北": "ne", "北东": "ne", "东南": "se", "南东": "se", "西北": "nw", "北西": "nw", "西南": "sw", "南西": "sw",
    "东": "e", "南": "s", "西": "w", "北": "n",
}  # fmt: skip

# An area at the beginning, for areas that our own data do not know or whose name is misspelt.
_AREA: Final = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?P<city>[\u4e00-\u9fff]{2,4}?市(?![场民政区府北南东西中]))?"
    r"(?P<district>[\u4e00-\u9fff]{1,4}?(?<![小社园校景院厂库街片])[区县])?"
    r"(?P<street>[\u4e00-\u9fff]{2,7}?(?:街道|镇|乡))?(?P<community>[\u4e00-\u9fff]{2,8}?(?:社区|居委会|居委|村委会))?"
)
_OPENING: Final = re.compile(
    r"^(?:我现在|我们|我|就|在|位于|地址|地点|位置|靠近|大概|大约|差不多|是|到|请|去|的|:|,|。)+"
)
_CLOSING: Final = re.compile(
    r"(?:的?(?:附近|旁边|旁|边上|边|门口|大门口|门前|对面|一带|周边|周围|沿线|沿街|沿路|路段|路面|里面|内|这里|那里|这边|那边|处|上|那|这|那儿|这儿"
    r"|人行道|非机动车道|机动车道|绿化带|路边))+$"
)
_STEP: Final = re.compile(
    r"^(?P<base>.{2,}?)(?:的|以|向|往|朝|偏|正|再|约|,)*(?P<bearing>[东南西北]{1,2})(?:侧|边|面|方向|方|向|走|行|处|外|的|约|大约|大概|大致|近)*"
    r"(?P<metres>\d+)(?P<unit>米|m|公里|km)(?:左右|处|远|的地方|外|开外|附近)*$"
)
_SIDE: Final = re.compile(r"^(?P<base>.{2,}?)(?:的|以|正|偏)*(?P<bearing>[东南西北]{1,2})(?:侧|边|面|方向|首)$")
_SIDE_OF: Final = re.compile(r"^(?P<base>.{2,}?)以(?P<bearing>[东南西北]{1,2})$")
_WAY: Final = r"(?:路|街|道|弄|巷|里|线|公路|大街|大道|胡同|环|桥|坊)"
_TAIL: Final = re.compile(
    r"的?(?:十字|丁字|三岔)?(?:交叉路口|交叉口|交汇处|交汇口|交界处|交接处|相交处|汇合处|交界|交口|交汇|交叉|相交|路口|街口|岔口|转角|拐角|口)处?$"
)
_JOINT: Final = re.compile(r"与|和|及|跟|同|、|/|\\|&|\+|×|,|;|靠近|近|靠|临|交|到|至|-|—|~|\band\b|\bat\b|@")
_DOOR: Final = re.compile(
    r"^(?P<street>.*?\D)(?P<number>\d{1,5})"
    r"(?P<inner>弄(?:\d+支弄)?(?:\d+号?)?(?:[甲乙丙丁]|[-之]\d+)?|[-之]\d+号?|[甲乙丙丁]号?|号(?:[甲乙丙丁]|[-之]\d+)?)?"
    r"(?P<room>.{0,20})$"
)
_FOREIGN_DOOR: Final = re.compile(r"^(?P<number>\d{1,5})\s*(?P<street>[a-z][a-z0-9 .'\-]*)$")
_ROOM: Final = re.compile(
    r"(?<=.{2})(?:\d+|[一二三四五六七八九十]+|[甲乙丙丁a-z])(?:号楼|栋|幢|座|单元|楼|室|层|房).*$"
)

Kind = Literal["name", "door", "crossing"]


@dataclass(frozen=True, slots=True)
class Step:
    """So many metres from the place in that direction; `said` is false where the length is our guess."""

    bearing: Bearing
    metres: int
    said: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the text: a name, a door on a street, or the crossing of two streets.

    `sure` (0 to 1) is how well this reading fits the text before anybody has looked whether it exists; `within` says
    that it takes only a part of the text.
    """

    kind: Kind
    names: tuple[str, ...]
    number: int = 0
    inner: str = ""
    sure: float = 1.0
    within: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A text without noise: the areas it seems to begin with, the rest, and a step from there."""

    text: str
    areas: tuple[str, ...]
    rest: str
    step: Step | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Readings of the rest, then of the whole: 开发区 may be the beginning of a name."""
        whole = read(self.text) if self.areas else ()
        later = tuple(replace(one, sure=one.sure * 0.98) for one in whole)
        return (*read(self.rest), *later)


def tidy(text: str) -> str:
    """The text in plain characters, without blanks between Chinese ones, without brackets; numbers as digits."""
    level = unicodedata.normalize("NFKC", text).casefold()[:LONGEST]
    level = re.sub(r"[(【\[{《“\"']+", ",", level)
    level = re.sub(r"[)】\]}》”]+", "", level).replace("，", ",").replace("；", ";")
    level = re.sub(r"[\x00-\x1f]", "", level)
    level = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", level.strip())
    return level_numbers(re.sub(r"\s+", " ", level)).strip(" ,.;。!?！？")


def take_step(text: str) -> tuple[str, Step | None]:
    """The text before `东侧50米`, and the step."""
    found = _STEP.match(text)
    if found and found["bearing"] in _BEARINGS:
        metres = int(found["metres"]) * (1000 if found["unit"] in ("公里", "km") else 1)
        if metres <= FAR:
            return _without_preposition(found["base"]), Step(_BEARINGS[found["bearing"]], metres)
    for pattern in (_SIDE, _SIDE_OF):
        side = pattern.match(text)
        if side and side["bearing"] in _BEARINGS:
            return _without_preposition(side["base"]), Step(_BEARINGS[side["bearing"]], UNSAID, said=False)
    return text, None


def _without_preposition(text: str) -> str:
    """`距大世界` and `从大世界` are 大世界."""
    return re.sub(r"^(?:距离|距|从|由|自|离)", "", text).rstrip("的,")


def take_noise(text: str) -> str:
    """The text without words that say nothing of the place: 在…附近."""
    bare = _OPENING.sub("", text)
    bare = _CLOSING.sub("", bare) if len(_CLOSING.sub("", bare)) >= 2 else bare
    return bare.strip(" ,.;") or text


def guess_areas(text: str) -> tuple[tuple[str, ...], str]:
    """Areas that the text seems to begin with, by their endings, and the rest; the rest is never empty."""
    found = _AREA.match(text)
    if not found or found.end() >= len(text):
        return (), text
    return tuple(part for part in found.groups() if part), text[found.end() :].lstrip(",")


def read(text: str) -> tuple[Reading, ...]:
    """All readings of a text without areas and step, the likeliest first."""
    found = [*_read_crossings(text), *_read_doors(text), *_read_names(text)]
    found.sort(key=lambda one: -one.sure)
    return tuple(dict.fromkeys(found))[:MOST_READINGS]


def parse(text: str) -> Query:
    """A raw text, taken apart without knowing any name."""
    plain = tidy(text)
    base, step = take_step(plain)
    body = take_noise(base)
    areas, rest = guess_areas(body)
    return Query(body, areas, rest, step)


def _read_names(text: str) -> list[Reading]:
    found = [Reading("name", (text,))]
    bare = take_noise(text)
    if bare != text:
        found.append(Reading("name", (bare,), sure=0.97))
    without = _ROOM.sub("", bare)
    if without != bare:
        found.append(Reading("name", (without,), sure=0.92))
    part = bare.split(",")[0]
    if part and part != bare:
        found.append(Reading("name", (part,), sure=0.85))
    return found


def _read_doors(text: str) -> list[Reading]:
    foreign = _FOREIGN_DOOR.match(text)
    if foreign:
        return [Reading("door", (foreign["street"].strip(),), int(foreign["number"]))]
    found = _DOOR.match(text)
    number = read_number(found["number"]) if found else None
    if not found or not number:
        return []
    street, inner = found["street"].rstrip(" ,#第"), found["inner"] or ""
    # A bare number is a door if nothing follows: 延安路3站 is a name.
    if not street or (found["room"] and not inner):
        return []
    return [Reading("door", (street,), number, level_inner(inner))]


def level_inner(text: str) -> str:
    """What follows a door's number, in one form: 弄5号 → 弄5, 号甲 → 甲, -5号 → -5, 号 and a mere 弄 → nothing."""
    bare = text.replace("之", "-").replace("号", "")
    return "" if bare == "弄" else bare


def _read_crossings(text: str) -> list[Reading]:
    tail = _TAIL.search(text)
    forms = [(text[: tail.start()], 1.0)] if tail and tail.start() >= 2 else []
    if tail and tail.group() in ("路口", "街口"):
        forms.append((text[:-1], 1.0))  # 人民路口 is 人民路 and 口
    else:
        forms.append((text, 0.95))
    found: list[Reading] = []
    for form, sure in forms:
        found += _split_at_joints(form, sure)
        found += _split_at_ways(form, sure)
    return found


def _split_at_joints(text: str, sure: float) -> list[Reading]:
    found = []
    for joint in _JOINT.finditer(text):
        one, other = text[: joint.start()].strip(" ,;"), take_noise(text[joint.end() :].strip(" ,;"))
        if len(one) >= 2 and len(other) >= 2:
            found.append(Reading("crossing", (one, other), sure=sure))
    return found


def _split_at_ways(text: str, sure: float) -> list[Reading]:
    """`中山路人民路`: after every word for a way, if such a word ends the rest too."""
    if not re.search(_WAY + "$", text):
        return []
    places = [found.end() for found in re.finditer(_WAY, text)]
    pairs = [(text[:at], text[at:]) for at in places if 2 <= at <= len(text) - 2]
    return [Reading("crossing", pair, sure=sure * 0.99) for pair in pairs if not _JOINT.match(pair[1])]
