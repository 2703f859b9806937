"""Every environment variable that code names is documented, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = re.compile(r"\b(?:CITYLOOP_[A-Z][A-Z_]*[A-Z]|DATABASE_URL)\b")
PAGE = ROOT / "docs" / "reference" / "settings.md"


def named_in_code() -> set[str]:
    files = [path for room in ("cityloop", "deploy", "tests", "bench") for path in (ROOT / room).rglob("*.py")]
    return {name for path in [*files, ROOT / "Makefile"] for name in NAME.findall(path.read_text(encoding="utf-8"))}


def test_the_page_and_the_code_name_the_same_variables() -> None:
    assert set(NAME.findall(PAGE.read_text(encoding="utf-8"))) == named_in_code()
