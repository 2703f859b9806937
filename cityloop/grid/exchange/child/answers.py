"""What the child prints, and how it says no."""

import json
import sys
from typing import Any


class No(Exception):
    """The file is refused: a stable word and the values of its sentence, which the parent speaks."""

    def __init__(self, word: str, **values: Any) -> None:
        super().__init__(word)
        self.word = word
        self.values = values


# Made once: `json.dumps` with options makes an encoder a call, and this is called for every row.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def say(value: Any) -> None:
    """One line of JSON."""
    sys.stdout.write(_encode(value) + "\n")


FORMULA_STARTS = "=+-@\t\r"
PLAIN = set("+-0123456789.,()% eE/:")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate this instead of showing it; signed numbers and telephones are none."""
    return text[:1] in FORMULA_STARTS and bool(text) and not set(text) <= PLAIN


class Decoder:
    """Bytes to text: UTF-8, or GB18030 where the file is not UTF-8 throughout, or what somebody said it is."""

    def __init__(self, encoding: str = "") -> None:
        self.encoding = encoding
        self.is_utf8 = True
        self.is_gb = True

    def watch(self, raw: bytes) -> str:
        """The text, while it is still to be seen which encoding fits the whole file."""
        if self.encoding:
            return raw.decode(self.encoding, "replace")
        if self.is_utf8:
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                self.is_utf8 = False
        if self.is_gb:
            try:
                return raw.decode("gb18030")
            except UnicodeDecodeError:
                self.is_gb = False
        return raw.decode("utf-8", "replace")

    @property
    def fits(self) -> str:
        """The encoding that fits everything seen so far; empty when none does."""
        if self.encoding:
            return self.encoding
        return "utf-8" if self.is_utf8 else "gb18030" if self.is_gb else ""
