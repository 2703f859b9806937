"""Texts of notices by key. Apps register theirs in `AppConfig.ready`; rows keep only the key and the words."""

import string
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise

TEXTS: Final[dict[str, str | Promise]] = {}


class _Words(dict[str, str]):
    """A missing word is shown as a gap, never as an error: old rows outlive changes of a text."""

    def __missing__(self, key: str) -> str:
        return "…"


def register(key: str, text: str | Promise) -> None:
    """Name a text; `{number}` and the like are filled from the notice's params."""
    if key in TEXTS:
        raise ValueError(f"text {key} is registered twice")
    TEXTS[key] = text


def render(key: str, params: Mapping[str, str]) -> str:
    """The text in the reader's language with its words."""
    return string.Formatter().vformat(str(TEXTS.get(key, key)), (), _Words(params))
