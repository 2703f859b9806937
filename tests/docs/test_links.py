"""Every relative link in the documents leads somewhere, to the heading it names."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.architecture.sources import ROOT, files, name_of

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]\n]*\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\[[^\]\n]+\]:\s*<?([^\s>]+)>?", re.MULTILINE)
IMAGE = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def links(path: Path) -> list[str]:
    """The links of a document to files of the project or to its own headings."""
    text = CODE.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))
    found = LINK.findall(text) + DEFINITION.findall(text) + IMAGE.findall(text)
    return [unquote(link) for link in found if not OUTSIDE.match(link)]


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    found: set[str] = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.lower())).replace(" ", "-")
        twin = 0
        while (anchor := f"{plain}-{twin}" if twin else plain) in found:
            twin += 1
        found.add(anchor)
    return found


def problem(document: Path, link: str) -> str:
    """What is wrong with a link, or nothing."""
    where, _hash, anchor = link.partition("#")
    target = (document.parent / where).resolve() if where else document
    if not target.exists():
        return f"{link}: not there"
    if not target.is_relative_to(ROOT):
        return f"{link}: outside the project"
    if anchor and target.suffix == ".md" and anchor.lower() not in anchors(target):
        return f"{link}: no such heading"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_resolve(document: Path) -> None:
    problems = [found for link in links(document) if (found := problem(document, link))]
    assert not problems


def test_there_are_documents() -> None:
    names = {name_of(path) for path in DOCUMENTS}
    assert {"README.md", "docs/reference/errors.md"} <= names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md)", ["b.md"]),
        ('![a](b%20c.png "title")', ["b c.png"]),
        ("[a](https://example.com) [b](mailto:x@example.com)", []),
        ("`[a](b.md)`", []),
        ("```\n[a](b.md)\n```", []),
        ("[a]: ../b.md", ["../b.md"]),
        ('<img src="b.png">', ["b.png"]),
    ],
)
def test_links_are_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    assert links(page) == expected
