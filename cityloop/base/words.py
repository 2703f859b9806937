"""Words in the reader's language, for code that may not know Django.

Pure modules write their sentences in Chinese like everybody else: `speak` says one now, `mark` names one that is
said later. The program teaches both the catalogue when it starts (`learn`); before that, and in tests of pure code,
they answer with the Chinese text itself. `cityloop collect-words` finds both.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(slots=True)
class _Speaker:
    translate: Callable[[str], str]
    language: Callable[[], str | None]


_speaker = _Speaker(translate=lambda text: text, language=lambda: None)


def learn(translate: Callable[[str], str], language: Callable[[], str | None]) -> None:
    """Use this catalogue and this reader's language from now on."""
    _speaker.translate, _speaker.language = translate, language


def mark(text: str) -> str:
    """The text itself: a sentence that stands in a table and is spoken where it is shown."""
    return text


def speak(text: str, /, **params: Any) -> str:
    """The sentence in the reader's language; `%(name)s` are filled from `params`, if there are any."""
    said = _speaker.translate(text)
    return said % params if params else said


def language() -> str:
    """`zh` or `en`: the keys of labels in flows."""
    return "en" if (_speaker.language() or "").startswith("en") else "zh"


def label_of(labels: Mapping[str, str]) -> str:
    """A flow's label in the reader's language."""
    return labels.get(language()) or labels["zh"]


def in_language(chinese: str, english: str) -> str:
    """The name in the reader's language; Chinese where there is no English."""
    return english if english and language() == "en" else chinese


def run_together(parts: Iterable[str]) -> str:
    """Words one after the other: English wants a space between them."""
    return (" " if language() == "en" else "").join(part for part in parts if part)


# "" stands between two words that Chinese writes together.
PUNCTUATION: Final = {"": " ", "：": ": ", "，": ", ", "、": ", ", "；": "; ", "。": ". "}


def punctuation(mark: str) -> str:
    """A Chinese mark between two words as the reader's language writes it."""
    return PUNCTUATION[mark] if language() == "en" else mark


def listed(parts: Iterable[str], mark: str = "、") -> str:
    """Words in a row: 甲、乙 or A, B."""
    return punctuation(mark).join(parts)
