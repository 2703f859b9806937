"""Real files, small: photos by Pillow, sound by the wave module, containers by hand."""

import io
import struct
import wave
import zlib
from typing import Any

from PIL import Image

EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Noise-free colours that a decoder must have read to the end: red above, blue below."""
    image = Image.new(mode, (width, height), "red")
    image.paste(Image.new(mode, (width, height // 2), "blue"), (0, height - height // 2))
    return image


def photo(format_: str = "JPEG", *, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A photo in that format."""
    out = io.BytesIO()
    picture(*size, mode=mode).save(out, format_, **options)
    return out.getvalue()


def exif(
    *,
    main: dict[int, Any] | None = None,
    shot: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
) -> Image.Exif:
    """Metadata with its three folders."""
    data = Image.Exif()
    data.update({0x010F: "Camera"} | (main or {}))
    data.get_ifd(EXIF_FOLDER).update(shot or {})
    data.get_ifd(GPS_FOLDER).update(gps or {})
    return data


def gps(lat: Any, north: str, lon: Any, east: str) -> dict[int, Any]:
    """A place as a camera writes it."""
    return {1: north, 2: lat, 3: east, 4: lon}


def png_head(width: int, height: int) -> bytes:
    """A PNG that announces a size and has next to nothing behind it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def wav(seconds: float = 0.05) -> bytes:
    """Silence as a telephone records it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return out.getvalue()


def box(name: bytes, *bodies: bytes) -> bytes:
    """A box of an MP4 file."""
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4(*handlers: bytes, brand: bytes = b"isom") -> bytes:
    """An MP4 file whose tracks are of these kinds (`vide`, `soun`)."""
    tracks = [
        box(b"trak", box(b"tkhd", b"\0" * 84), box(b"mdia", box(b"hdlr", b"\0" * 8, word, b"\0" * 13)))
        for word in handlers
    ]
    return box(b"ftyp", brand, b"\0\0\2\0", b"mp41") + box(b"mdat", b"\0" * 32) + box(b"moov", *tracks)


def element(name: int, *bodies: bytes) -> bytes:
    """An element of an EBML file."""
    body = b"".join(bodies)
    id_ = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return id_ + (0x10000000 | len(body)).to_bytes(4, "big") + body


def webm(*types: int, doc_type: bytes = b"webm") -> bytes:
    """A WebM file whose tracks are of these types (1 film, 2 sound)."""
    entries = [element(0xAE, element(0xD7, b"\1"), element(0x83, bytes([type_]))) for type_ in types]
    tracks = element(0x1654AE6B, *entries)
    return element(0x1A45DFA3, element(0x4282, doc_type)) + element(0x18538067, element(0xEC, b"\0" * 9), tracks)


def mp3() -> bytes:
    """Two frames of MPEG 1 layer III at 128 kbit/s and 44,100 samples a second: 417 bytes each."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * 2


def adts() -> bytes:
    """Two frames of AAC, 16 bytes each."""
    return (bytes([0xFF, 0xF1, 0x50, 0x80, 16 >> 3, (16 & 7) << 5, 0xFC]) + b"\0" * 9) * 2


def amr(wide: bool = False) -> bytes:
    """One frame of speech."""
    return b"#!AMR-WB\n\x04" + b"\0" * 17 if wide else b"#!AMR\n\x04" + b"\0" * 12


def ogg(packet: bytes = b"OpusHead") -> bytes:
    """The first page of an OGG file."""
    return b"OggS\0\2" + b"\0" * 20 + b"\1\x13" + packet + b"\0" * 11


def without_size(film: bytes) -> bytes:
    """A WebM file as a recorder writes it while it runs: the segment's length is open."""
    at = film.index(b"\x18\x53\x80\x67") + 4
    return film[:at] + b"\x1f\xff\xff\xff" + film[at + 4 :]
