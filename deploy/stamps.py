"""Steps that are skipped while what they read has not changed.

A stamp is the hash of a step's inputs, written only after the step succeeded, so an interrupted step is done again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SKIPPED_FOLDERS = {"node_modules", "dist", "__pycache__"}


def list_files(folder: Path) -> list[Path]:
    """All source files below a folder in a fixed order, or the file itself, or nothing where nothing is."""
    if folder.is_file():
        return [folder]
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not SKIPPED_FOLDERS.intersection(path.relative_to(folder).parts)
    )


def digest(inputs: Iterable[Path | str]) -> str:
    """One hash over words and the names and contents of files and folders."""
    found = hashlib.sha256()
    for one in inputs:
        if isinstance(one, str):
            found.update(f"word {len(one)} {one}\n".encode())
            continue
        for path in list_files(one):
            content = path.read_bytes()
            found.update(f"file {path} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


@dataclass(frozen=True)
class Stamp:
    """What one step read when it last succeeded, and what it left behind."""

    path: Path
    digest: str
    outputs: tuple[Path, ...] = ()

    def is_fresh(self) -> bool:
        """The step need not be done again."""
        try:
            noted = self.path.read_text(encoding="ascii")
        except OSError:
            return False
        return noted == self.digest and all(output.exists() for output in self.outputs)

    def write(self) -> None:
        """Note that the step succeeded."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(self.digest, encoding="ascii")
        draft.replace(self.path)
