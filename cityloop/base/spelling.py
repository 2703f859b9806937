"""The forms under which a name is found again: as written, as it sounds, by initials, with one character wrong."""

import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pypinyin import Style, lazy_pinyin

_NUMERALS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DROPPED: Final = re.compile(r"[\W_]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
# What many speakers do not tell apart. On the joined syllables, so that typed pinyin without blanks gets the same form.
_SOUNDS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("v", "u"))
SHORTEST_GUESSED: Final = 3  # characters; in shorter names a wrong one leaves nothing to go by


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name's forms. `near` are numbers that names one character apart share; `grams` its characters and pairs."""

    key: str
    pinyin: str
    sound: str
    initials: str
    near: tuple[int, ...]
    grams: tuple[str, ...]


def key_of(text: str) -> str:
    """The name without blanks and marks, full-width forms and numerals levelled: `中山东一路` is `中山东１路`."""
    level = unicodedata.normalize("NFKC", text).casefold()
    return _DROPPED.sub("", level).translate(_NUMERALS)


def sound_of(pinyin: str) -> str:
    """Pinyin with zh, ch, sh and z, c, s, final ng and n, initial l and n, ü and u made one."""
    for written, heard in _SOUNDS:
        pinyin = pinyin.replace(written, heard)
    return pinyin


def near_of(key: str) -> tuple[int, ...]:
    """Numbers of the key and of the key without each of its characters: names one character apart share one."""
    forms = {key}
    if len(key) >= SHORTEST_GUESSED:
        forms |= {key[:at] + key[at + 1 :] for at in range(len(key))}
    return tuple(sorted({zlib.crc32(form.encode()) - 2**31 for form in forms}))


def pairs_of(key: str) -> tuple[str, ...]:
    """Its pairs of neighbouring characters, each once, in order."""
    return tuple(dict.fromkeys(key[at : at + 2] for at in range(len(key) - 1)))


def spell(name: str) -> Spelling:
    """All forms of a name."""
    key = key_of(name)
    pinyin, initials = _read(unicodedata.normalize("NFKC", name).casefold())
    return Spelling(
        key=key,
        pinyin=pinyin,
        sound=sound_of(pinyin),
        initials=initials,
        near=near_of(key),
        grams=(*sorted(set(key)), *pairs_of(key)),
    )


def _one_by_one(run: str) -> Any:
    """What has no pinyin, character by character."""
    return list(run)


@lru_cache(maxsize=4096)
def _read(name: str) -> tuple[str, str]:
    """Pinyin without tones, and first letters; Latin letters and digits stay in both."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors=_one_by_one)
    letters = [_DROPPED.sub("", part) for part in syllables]
    # One element a character: that is what `_one_by_one` is for.
    firsts = [part[:1] if _HAN.match(char) else part for char, part in zip(name, letters, strict=False)]
    return "".join(letters), "".join(firsts)


def is_latin(text: str) -> bool:
    """Typed without any Chinese character: pinyin, initials, or a foreign name."""
    return _HAN.search(text) is None


def steps_between(one: str, other: str, most: int = 2) -> int:
    """Characters wrong, missing, too many or swapped between two keys; `most` + 1 where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        line = [i]
        for j, theirs in enumerate(other, start=1):
            cost = min(row[j] + 1, line[j - 1] + 1, row[j - 1] + (mine != theirs))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, before[j - 2] + 1)
            line.append(cost)
        before, row = row, line
    return min(row[-1], most + 1)


def is_abbreviation(short: str, name: str) -> bool:
    """Whether the characters stand in the name in that order, the first one first: `上图` of `上海图书馆`."""
    rest = iter(name)
    return bool(short) and name[:1] == short[:1] and all(char in rest for char in short)
