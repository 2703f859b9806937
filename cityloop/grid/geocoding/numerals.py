"""Numbers as people write them in addresses: 123, １２３, 一百二十三, 一二三. Plain functions, no database."""

import re
from typing import Final

_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
SPOKEN: Final = "〇零一二三四五六七八九十百千两"
LARGEST: Final = 99_999

# Only before a word that counts something: 一百二十号, 五十米. 中山东一路 and 第一中学 are names.
_COUNTED: Final = re.compile(rf"(?<!第)([{SPOKEN}]+)(?=号|弄|支弄|栋|幢|米|公里)")


def read_number(text: str) -> int | None:
    """The number, or None if it is none or larger than any door's."""
    if text.isascii() and text.isdecimal():
        value: int | None = int(text) if len(text) <= 5 else None
    elif text and all(char in SPOKEN for char in text):
        value = _read_spoken(text)
    else:
        value = None
    return value if value is not None and value <= LARGEST else None


def _read_spoken(text: str) -> int:
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) <= 5 else LARGEST + 1
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def level_numbers(text: str) -> str:
    """Spoken numbers before 号, 弄, 米 and the like as digits."""

    def as_digits(found: re.Match[str]) -> str:
        value = read_number(found[1])
        return found[1] if value is None else str(value)

    return _COUNTED.sub(as_digits, text)
