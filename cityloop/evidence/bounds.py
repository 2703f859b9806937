"""How much an upload may be. What a city changes is in the settings; these protect the machine."""

from typing import Final

from cityloop.evidence.models import Kind

MIB: Final = 1024 * 1024

# Bytes of one upload by kind: a 50-megapixel photo, half an hour of speech, a minute of film from a phone.
MOST_BYTES: Final = {Kind.PHOTO: 20 * MIB, Kind.SOUND: 20 * MIB, Kind.FILM: 100 * MIB}
# The largest sensors in use give 8192 x 6144. A JPEG of that size needs up to 350 MB while it is read; PNG and WebP,
# which no camera writes, need twice as much for each pixel.
MOST_PIXELS: Final = {"JPEG": 52_000_000, "MPO": 52_000_000, "PNG": 26_000_000, "WEBP": 26_000_000}
DECODED_AT_ONCE: Final = 2  # photos, in one process
MOST_SIDE: Final = 16_383

THUMBNAIL_SIDE: Final = 480  # pixels of the long side
PUBLIC_SIDE: Final = 1920

MOST_LINKED_AT_ONCE: Final = 100
