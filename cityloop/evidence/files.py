"""The store of files below MEDIA_ROOT, named by their content: `original/ab/cd/abcd…`, and what is derived from them.

A file appears whole or not at all: it is written beside, forced to disk, and renamed."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.evidence.bounds import MIB

Shape = Literal["original", "thumbnail", "public"]
SHAPES: Final[tuple[Shape, ...]] = ("original", "thumbnail", "public")
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
CHUNK: Final = 256 * 1024


def root() -> Path:
    """The folder of the store."""
    return Path(settings.MEDIA_ROOT)


def path_of(shape: Shape, sha256: str) -> Path:
    """Where a file lies, whether it is there or not."""
    return root() / shape / sha256[:2] / sha256[2:4] / sha256


class Upload:
    """A file on its way in: a nameless seekable copy with its checksum and size."""

    def __init__(self, path: Path, file: BinaryIO, sha256: str, size: int) -> None:
        self._path, self.file, self.sha256, self.size = path, file, sha256, size

    def keep(self) -> None:
        """Give it its place in the store; the same content again replaces itself."""
        os.fsync(self.file.fileno())
        _move(self._path, path_of("original", self.sha256))


@contextmanager
def received(content: bytes | BinaryIO, *, most: int) -> Iterator[Upload]:
    """Copy what comes in beside the store, at most `most` bytes; refused as `too_large` beyond, as `invalid` if empty.

    What is not kept is gone at the end. A full disk is `unavailable`.
    """
    path, file = _beside()
    try:
        with file:
            sha256, size = _copy(content, file, most)
            yield Upload(path, file, sha256, size)
    except OSError as error:
        if error.errno in FULL:
            raise Refused("unavailable", _("服务器存储空间不足，请稍后重试并通知管理员"), {"rule": "space"}) from error
        raise
    finally:
        path.unlink(missing_ok=True)


def _copy(content: bytes | BinaryIO, file: BinaryIO, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(content):
        size += len(chunk)
        if size > most:
            raise too_large(most)
        digest.update(chunk)
        file.write(chunk)
    if size == 0:
        raise Refused("invalid", _("文件是空的"), {"rule": "empty"})
    file.flush()
    return digest.hexdigest(), size


def _chunks(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def too_large(most: int) -> Refused:
    """The refusal of a file of more than `most` bytes."""
    message = _("文件超过 %(megabytes)s MB") % {"megabytes": most // MIB}
    return Refused("too_large", message, {"rule": "bytes", "most": most})


def write(shape: Shape, sha256: str, content: bytes) -> None:
    """Put a derived file beside its original."""
    path, file = _beside()
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _move(path, path_of(shape, sha256))
    finally:
        path.unlink(missing_ok=True)


def open_file(shape: Shape, sha256: str) -> BinaryIO:
    """Open a stored file for reading; refused as `unavailable` if the store has lost it."""
    try:
        return path_of(shape, sha256).open("rb")
    except FileNotFoundError:
        raise Refused("unavailable", _("文件暂不可用"), {"rule": "stored"}) from None


def open_derived(shape: Shape, sha256: str, make: Callable[[BinaryIO], bytes]) -> BinaryIO:
    """Open a derived file, made from its original where it is missing."""
    if not path_of(shape, sha256).exists():
        with open_file("original", sha256) as original:
            content = make(original)
        write(shape, sha256, content)
    return open_file(shape, sha256)


def remove(sha256: str) -> None:
    """Delete a file and what was derived from it."""
    for shape in SHAPES:
        path_of(shape, sha256).unlink(missing_ok=True)


def stored(before: float) -> Iterator[str]:
    """The checksums of originals last written before that time (seconds since 1970)."""
    for path in (root() / "original").glob("??/??/*"):
        if path.stat().st_mtime < before:
            yield path.name


def remove_left_behind(before: float) -> int:
    """Delete half-received files older than that time, left by a process that was killed; how many."""
    old = [path for path in (root() / "incoming").glob("*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _beside() -> tuple[Path, BinaryIO]:
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    return Path(name), os.fdopen(handle, "w+b")


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name itself
    finally:
        os.close(folder)
