"""The files that the tests of the tree read."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What is built, installed or private to a machine; `.git` and its like begin with a dot.
PASSED_OVER = {"node_modules", "var", "build", "dist", "__pycache__", "cityloop.egg-info"}
TEXT = {
    ".py",
    ".md",
    ".html",
    ".txt",
    ".toml",
    ".ts",
    ".vue",
    ".css",
    ".js",
    ".json",
    ".csv",
    ".sh",
    ".yml",
    ".yaml",
    ".cfg",
    ".po",
    "",
}


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project below a folder."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in PASSED_OVER:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def python_files(*folders: str) -> list[Path]:
    """Every Python file in these folders of the project, but the generated migrations."""
    found = [path for folder in folders if (ROOT / folder).exists() for path in files(ROOT / folder)]
    return [path for path in found if path.suffix == ".py" and path.parent.name != "migrations"]


@cache
def tree_of(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()
