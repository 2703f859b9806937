"""Sound or film? Two container formats serve both; the kinds of their tracks decide."""

import struct
from collections.abc import Iterator
from enum import Enum
from typing import BinaryIO, Final

# ISO base media (MP4, M4A, 3GP): the way from the file to the word that says what a track is.
TRACK_PATH: Final = (b"moov", b"trak", b"mdia", b"hdlr")
MOST_BOXES: Final = 4096
# EBML (WebM): element ids of RFC 8794 and RFC 9559.
EBML: Final = 0x1A45DFA3
DOC_TYPE: Final = 0x4282
SEGMENT: Final = 0x18538067
CLUSTER: Final = 0x1F43B675
TRACKS: Final = 0x1654AE6B
TRACK_ENTRY: Final = 0xAE
TRACK_TYPE: Final = 0x83
# Tracks are announced before the first cluster, near the beginning.
WEBM_HEAD: Final = 1024 * 1024


class Track(Enum):
    """What a track carries."""

    FILM = "film"
    SOUND = "sound"


HANDLERS: Final = {b"vide": Track.FILM, b"soun": Track.SOUND}
KINDS: Final = {1: Track.FILM, 2: Track.SOUND}


class Broken(Exception):
    """A sound or film begins as its format does and does not go on so."""


def mp4_tracks(file: BinaryIO) -> set[Track]:
    """What the tracks of an MP4 file carry; raises `Broken`."""
    total = file.seek(0, 2)
    found = {HANDLERS[word] for word in _handlers(file, 0, total, TRACK_PATH) if word in HANDLERS}
    if not found:
        raise Broken  # a recorder writes the index last: it was cut off before
    return found


def _handlers(file: BinaryIO, start: int, end: int, path: tuple[bytes, ...]) -> Iterator[bytes]:
    for name, body, stop in list(_boxes(file, start, end)):
        if name != path[0]:
            continue
        if len(path) > 1:
            yield from _handlers(file, body, stop, path[1:])
        else:
            file.seek(body + 8)
            yield file.read(4)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two offsets: name, begin and end of the body."""
    for _count in range(MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        body = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body += 8
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            raise Broken
        yield name, body, stop
        start = stop
    raise Broken


def webm_tracks(file: BinaryIO) -> set[Track]:
    """What the tracks of a WebM file carry, nothing if it is another kind of EBML; raises `Broken`."""
    total = file.seek(0, 2)
    file.seek(0)
    data = file.read(WEBM_HEAD)
    top = {name: (body, stop) for name, body, stop in _elements(data, 0, len(data))}
    head = {name: data[body:stop] for name, body, stop in _elements(data, *top.get(EBML, (0, 0)))}
    if head.get(DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        return set()
    body, stop = top.get(SEGMENT, (0, 0))
    if stop > total or stop == 0:
        raise Broken
    path = (TRACKS, TRACK_ENTRY, TRACK_TYPE)
    return {KINDS[number] for number in _numbers(data, body, min(stop, len(data)), path) if number in KINDS}


def _numbers(data: bytes, start: int, end: int, path: tuple[int, ...]) -> Iterator[int]:
    """The numbers at the end of a path of elements."""
    for name, body, stop in _elements(data, start, end):
        if name == CLUSTER:
            return
        if name != path[0]:
            continue
        if len(path) > 1:
            yield from _numbers(data, body, min(stop, len(data)), path[1:])
        else:
            yield int.from_bytes(data[body:stop], "big")


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The elements between two offsets: id, begin and end of the body. The end may lie beyond what was read."""
    while start < end:
        name, body = _number(data, start, keep_mark=True)
        size, body = _number(data, body, keep_mark=False)
        stop = end if size is None else body + size
        yield name or 0, body, stop
        start = stop


def _number(data: bytes, at: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """An EBML number and where it ends; None for the size that is left open."""
    if at >= len(data) or data[at] == 0:
        raise Broken
    length = 9 - data[at].bit_length()
    raw = data[at : at + length]
    if len(raw) < length:
        raise Broken
    value = int.from_bytes(raw, "big")
    ones = (1 << 7 * length) - 1
    if keep_mark:
        return value, at + length
    return (None if value & ones == ones else value & ones), at + length
