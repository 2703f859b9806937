"""How much an upload may be. What a city changes is in the settings; these protect the machine."""

from typing import Final

from cityloop.evidence.models import Kind

MIB: Final = 1024 * 1024

# Bytes of one upload by kind: a 50-megapixel photo, half an hour of speech, a minute of film from a phone.
MOST_BYTES: Final = {Kind.PHOTO: 20 * MIB, Kind.SOUND: 20 * MIB, Kind.FILM: 100 * MIB}
# The largest sensors in use give 8192 x 6144; a progressive JPEG of that size needs 300 MB to decode, and no more.
MOST_PIXELS: Final = 52_000_000
MOST_SIDE: Final = 16_383

THUMBNAIL_SIDE: Final = 480  # pixels of the long side
PUBLIC_SIDE: Final = 1920

MOST_LINKED_AT_ONCE: Final = 100
