"""Texts of notices by key. Apps register theirs in `AppConfig.ready`; rows keep only the key and the words."""

import string
from collections.abc import Mapping

from cityloop.base.telling import TEXTS, register_text

__all__ = ["TEXTS", "register", "render"]

register = register_text


class _Words(dict[str, str]):
    """A missing word is shown as a gap, never as an error: old rows outlive changes of a text."""

    def __missing__(self, key: str) -> str:
        return "…"


def render(key: str, params: Mapping[str, str]) -> str:
    """The text in the reader's language with its words."""
    return string.Formatter().vformat(str(TEXTS.get(key, key)), (), _Words(params))
