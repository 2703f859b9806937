"""Checks the documents: every link to a file or a heading of the project leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.options import ROOT

LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^()\s]+(?:\([^()]*\))?)(?:\s+\"[^\"]*\")?\)")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def list_documents(root: Path) -> list[Path]:
    """Markdown files that are part of the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in names.split("\0") if name and (root / name).exists()]


def without_code(text: str) -> str:
    """The text with code taken out: what stands there is no link."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text: str) -> set[str]:
    """The names by which headings can be linked to."""
    found = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for title in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def broken_links(document: Path, root: Path) -> Iterator[str]:
    """One line for each link of a document that leads nowhere."""
    for target in LINK.findall(without_code(document.read_text(encoding="utf-8"))):
        if OUTSIDE.match(target):
            continue
        name, _, anchor = target.partition("#")
        path = (root / name[1:] if name.startswith("/") else document.parent / name) if name else document
        if not path.exists():
            yield f"{document.relative_to(root)}: {target}: there is no such file"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8")):
            yield f"{document.relative_to(root)}: {target}: there is no such heading"


def main() -> int:
    """Print broken links; 1 when there are any."""
    documents = list_documents(ROOT)
    broken = [line for document in documents for line in broken_links(document, ROOT)]
    print("\n".join([*broken, f"{len(documents)} documents, {len(broken)} broken links."]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
