"""Is this sound file what it says? A look at its first frames and lengths; nothing is decoded."""

import struct
from collections.abc import Callable
from typing import BinaryIO, Final

from cityloop.evidence.tracks import Broken

# Bytes of an AMR frame after its head, by frame type (RFC 4867); missing types are not allowed in files.
AMR_NARROW: Final = {0: 12, 1: 13, 2: 15, 3: 17, 4: 19, 5: 20, 6: 26, 7: 31, 8: 5, 15: 0}
AMR_WIDE: Final = {0: 17, 1: 23, 2: 32, 3: 36, 4: 40, 5: 46, 6: 50, 7: 58, 8: 60, 9: 5, 14: 0, 15: 0}
# Layer III: kbit/s by index in MPEG 1, and in MPEG 2 and 2.5; samples a second by version bits and index.
MP3_RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MP3_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MP3_SAMPLES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
# Recorders that write while they speak leave the length open.
OPEN_LENGTH: Final = frozenset({0, 0xFFFFFFFF})
TAG_PADDING: Final = 4096


def check_wav(file: BinaryIO) -> None:
    """A WAV file has a format and all the samples that it announces; raises `Broken`."""
    total = file.seek(0, 2)
    at, seen_format = 12, False
    while at + 8 <= total:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            if seen_format and total > at + 8 and (length in OPEN_LENGTH or at + 8 + length <= total):
                return
            raise Broken
        seen_format = seen_format or name == b"fmt "
        at += 8 + length + length % 2
    raise Broken


def check_amr(file: BinaryIO) -> None:
    """An AMR file has at least one whole frame; raises `Broken`."""
    file.seek(0)
    wide = file.readline(9) == b"#!AMR-WB\n"
    head = file.read(1)
    length = (AMR_WIDE if wide else AMR_NARROW).get(head[0] >> 3 & 15) if head else None
    if length is None or len(file.read(length)) < length:
        raise Broken


def check_tagged_mp3(file: BinaryIO) -> None:
    """An MP3 file that begins with an ID3 tag goes on with sound; raises `Broken`."""
    file.seek(6)
    size = 0
    for byte in file.read(4):
        size = size << 7 | byte & 127
    file.seek(10 + size)
    padding = file.read(TAG_PADDING)
    start = 10 + size + len(padding) - len(padding.lstrip(b"\0"))
    if not is_mp3(file, start):
        raise Broken


def is_mp3(file: BinaryIO, start: int) -> bool:
    """Two frames of MPEG layer III follow each other here, or one fills the file."""
    return _frames_follow(file, start, _mp3_length, 4)


def is_adts(file: BinaryIO, start: int) -> bool:
    """Two frames of AAC in ADTS follow each other here, or one fills the file."""
    return _frames_follow(file, start, _adts_length, 7)


def _frames_follow(file: BinaryIO, start: int, length_of: Callable[[bytes], int], head: int) -> bool:
    total = file.seek(0, 2)
    file.seek(start)
    first = length_of(file.read(head))
    if not first or start + first > total:
        return False
    file.seek(start + first)
    rest = file.read(head)
    return not rest or bool(length_of(rest))


def _mp3_length(head: bytes) -> int:
    """Bytes of the frame with this head, 0 if it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version = head[1] >> 3 & 3
    rate, sample = head[2] >> 4, head[2] >> 2 & 3
    if version not in MP3_SAMPLES or rate in (0, 15) or sample == 3:
        return 0
    kilobits = (MP3_RATES_1 if version == 3 else MP3_RATES_2)[rate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // MP3_SAMPLES[version][sample] + (head[2] >> 1 & 1)


def _adts_length(head: bytes) -> int:
    """Bytes of the frame with this head, 0 if it is none."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0
