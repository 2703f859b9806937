"""Links in the documents."""

from pathlib import Path

import pytest

from deploy.links import anchors, broken_links, list_documents
from deploy.options import ROOT


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](other.md)", 0),
        ("[a](other.md#the-part-2)", 0),
        ("[a](#here)", 0),
        ("[a](https://example.com/x)", 0),
        ("`[a](missing.md)`", 0),
        ("```\n[a](missing.md)\n```", 0),
        ("[a](missing.md)", 1),
        ("[a](other.md#no-such-part)", 1),
        ("![a](picture.png)", 1),
    ],
)
def test_a_link_leads_somewhere(tmp_path: Path, text: str, broken: int) -> None:
    (tmp_path / "other.md").write_text("# The part (2)\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"# Here\n\n{text}\n", encoding="utf-8")
    assert len(list(broken_links(page, tmp_path))) == broken


def test_headings_in_chinese_are_anchors() -> None:
    assert anchors("## 部件 component · `code`\n") == {"部件-component--code"}


def test_the_documents_of_the_project_are_whole() -> None:
    assert [line for page in list_documents(ROOT) for line in broken_links(page, ROOT)] == []
