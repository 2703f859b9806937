"""Nothing in the project speaks of the machine it was written on, or leaves work without an issue."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import TEXT, files, name_of

SELF = Path(__file__).resolve()
# Below: a word that this file must not contain itself is written with a bracket in it.
LEFT_UNDONE = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK)\b(?!\(?\s*#\d)")
MACHINE = re.compile(r"(?<![\w.~)}>*-])/(?:w[o]rk|U[s]ers)/")
REGISTRY = re.compile(r"(?:index-url|find-links|trusted-host)[ =]+[\"']?(?:https?:|[\w-]+\.\w)|\"resolved\": *\"http")


def texts() -> list[tuple[str, str]]:
    """Name and text of every text file but data."""
    found = [path for path in files() if path.suffix in TEXT and path.suffix != ".csv" and path != SELF]
    return [(name_of(path), path.read_text(encoding="utf-8", errors="replace")) for path in found]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("work left undone without #issue", LEFT_UNDONE), ("a path of a machine", MACHINE), ("a registry", REGISTRY)],
)
def test_nothing_leaks(what: str, pattern: re.Pattern[str]) -> None:
    hits = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for name, text in texts()
        for match in pattern.finditer(text)
    ]
    assert not hits, f"{what}: {hits}"
