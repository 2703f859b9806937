"""Photos: measured, read and made smaller. Sizes are checked from the head, before anything is decoded."""

import io
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, Final, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.evidence import exif
from cityloop.evidence.bounds import DECODED_AT_ONCE, MOST_PIXELS, MOST_SIDE, PUBLIC_SIDE, THUMBNAIL_SIDE
from cityloop.evidence.formats import broken

# Ten people who send their largest photos at once wait for each other instead of filling the memory.
DECODING: Final = threading.BoundedSemaphore(DECODED_AT_ONCE)
READERS: Final = ("JPEG", "PNG", "WEBP")
ORIENTATION: Final = 0x0112
SIDEWAYS: Final = frozenset({5, 6, 7, 8})
# What Pillow raises on files that are damaged or made to harm.
BROKEN: Final = (
    OSError, ValueError, TypeError, SyntaxError, EOFError, LookupError, OverflowError, MemoryError,
    AttributeError, struct.error, zlib.error,
)  # fmt: skip


class Photo(NamedTuple):
    """What a photo says of itself, and its thumbnail."""

    width: int  # pixels, as seen upright
    height: int
    taken_at: datetime | None
    taken_point: LonLat | None
    thumbnail: bytes


def read_photo(file: BinaryIO, *, now: datetime) -> Photo:
    """Measure, read and decode a photo; refused as `invalid` if damaged or cut off, as `too_large` in pixels."""
    with _opened(file) as image:
        main, folder, gps = _folders(image)
        width, height = image.size
        if main.get(ORIENTATION) in SIDEWAYS:
            width, height = height, width
        moment, place = exif.find_moment(main, folder, now), exif.find_place(gps)
        return Photo(width, height, moment, place, _smaller(image, THUMBNAIL_SIDE, "WEBP"))


def thumbnail(file: BinaryIO) -> bytes:
    """The photo as a small WebP: upright, no metadata."""
    with _opened(file) as image:
        return _smaller(image, THUMBNAIL_SIDE, "WEBP")


def clean_copy(file: BinaryIO) -> bytes:
    """The photo drawn anew as JPEG, upright and at most `PUBLIC_SIDE` pixels long: no metadata, nothing appended."""
    with _opened(file) as image:
        return _smaller(image, PUBLIC_SIDE, "JPEG")


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Image.Image]:
    file.seek(0)
    try:
        with Image.open(file, formats=READERS) as image:
            most = MOST_PIXELS.get(image.format or "", 0)
            if image.width * image.height > most or max(image.size) > MOST_SIDE:
                raise _too_many_pixels(most)
            with DECODING:
                yield image
    except Image.DecompressionBombError:
        # So many that the library did not even hand over the head.
        raise _too_many_pixels(max(MOST_PIXELS.values())) from None
    except BROKEN:
        raise broken() from None


def _too_many_pixels(most: int) -> Refused:
    message = _("照片超过 %(megapixels)s 百万像素，请降低拍摄分辨率") % {"megapixels": most // 1_000_000}
    return Refused("too_large", message, {"rule": "pixels", "most": most, "side": MOST_SIDE})


def _folders(image: Image.Image) -> tuple[Mapping[int, Any], Mapping[int, Any], Mapping[int, Any]]:
    """The main, EXIF and GPS folders of the metadata, empty where they cannot be read."""
    try:
        main = image.getexif()
        return main, main.get_ifd(exif.EXIF_FOLDER), main.get_ifd(exif.GPS_FOLDER)
    except BROKEN:
        return {}, {}, {}


def _smaller(image: Image.Image, side: int, format_: str) -> bytes:
    """Decode all of it (a cut file shows here), turn it upright, shrink it and draw it on white."""
    image.draft("RGB", (side, side))  # a JPEG is decoded at an eighth where that is enough
    image.load()
    image.thumbnail((side, side), reducing_gap=2.0)
    upright = _upright(image)
    if upright.mode != "RGB":
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, format_, quality=80, exif=b"")
    return out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image  # metadata that cannot be read says nothing about the way up
