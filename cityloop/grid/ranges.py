"""Lists of cells as people write them: codes one by one, and ranges 310101001001001-020."""

import re
from dataclasses import dataclass
from typing import Final

from cityloop.base.errors import Refused
from cityloop.base.words import speak

BETWEEN: Final = re.compile(r"[\s,，;；、]+")
# \u81f3 is the word for "to".
DASH: Final = re.compile(r"[-–—~～\u81f3]")
LENGTH: Final = 15
MOST_PARTS: Final = 2000


@dataclass(frozen=True, slots=True)
class Range:
    """Codes from the first to the last, both included."""

    first: str
    last: str

    @property
    def is_single(self) -> bool:
        """One code."""
        return self.first == self.last


def read_ranges(text: str) -> list[Range]:
    """The codes and ranges of a text; the end of a range may be written by its last digits alone.

    Refused as `invalid` with the part that is wrong.
    """
    parts = [part for part in BETWEEN.split(text.strip()) if part]
    if not parts:
        raise _invalid(speak("请填写单元网格编码"))
    if len(parts) > MOST_PARTS:
        raise _invalid(speak("一次最多 %(count)s 段", count=MOST_PARTS))
    return [_read(part) for part in parts]


def _read(part: str) -> Range:
    ends = DASH.split(part)
    first = ends[0]
    last = ends[-1] if len(ends) == 2 else first
    if len(ends) > 2 or not (_is_code(first) and last.isascii() and last.isdecimal() and len(last) <= LENGTH):
        raise _invalid(speak("应为 15 位网格编码或范围（如 310101002001001-020）：%(part)s", part=part[:40]))
    last = first[: LENGTH - len(last)] + last
    if last < first or last[:12] != first[:12]:
        raise _invalid(speak("范围应在同一社区内由小到大：%(part)s", part=part[:40]))
    return Range(first, last)


def _is_code(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isdecimal()


def write_ranges(codes: list[str]) -> str:
    """The shortest text for these codes: neighbours within a community as a range."""
    found: list[list[str]] = []
    for code in sorted(codes):
        if found and code[:12] == found[-1][-1][:12] and int(code) == int(found[-1][-1]) + 1:
            found[-1].append(code)
        else:
            found.append([code])
    return "\n".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1][12:]}" for run in found)


def _invalid(message: str) -> Refused:
    return Refused("invalid", message, {"fields": {"cells": message}})
