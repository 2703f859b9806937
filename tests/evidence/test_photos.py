"""Photos are measured from the head, read to the end, turned upright and cleaned."""

import io
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.evidence import formats, photos
from tests.evidence import make

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
PLACE = make.gps((31.0, 14.0, 2.4), "N", (121.0, 29.0, 24.0), "E")


def read(content: bytes) -> photos.Photo:
    return photos.read_photo(io.BytesIO(content), now=NOW)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_size_time_and_place(format_: str) -> None:
    meta = make.exif(shot={0x9003: "2026:03:01 08:30:00"}, gps=PLACE)
    found = read(make.photo(format_, size=(1200, 900), exif=meta))
    assert (found.width, found.height) == (1200, 900)
    assert found.taken_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert found.taken_point == pytest.approx(LonLat(121.49, 31.234))
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert (small.format, small.size) == ("WEBP", (480, 360))


def test_a_photo_with_a_second_picture_behind_it() -> None:
    """Many phones write MPO: a JPEG with a preview or a depth map appended."""
    out = io.BytesIO()
    make.picture(640, 480).save(out, "MPO", save_all=True, append_images=[make.picture(64, 48)])
    assert formats.recognise(out) == formats.JPEG
    assert read(out.getvalue())[:2] == (640, 480)


@pytest.mark.parametrize(
    ("main", "shot", "expected"),
    [
        ({}, {0x9003: "2026:03:01 08:00:00"}, datetime(2026, 3, 1, 0, tzinfo=UTC)),
        ({}, {0x9003: "2026:03:01 08:00:00", 0x9011: "+09:00"}, datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ({}, {0x9003: "2026:03:01 08:00:00", 0x9011: "+99:00"}, datetime(2026, 3, 1, 0, tzinfo=UTC)),
        ({}, {0x9003: "0000:00:00 00:00:00", 0x9004: "2026:03:01 08:00:00"}, datetime(2026, 3, 1, 0, tzinfo=UTC)),
        ({0x0132: "2026:03:01 08:00:00"}, {}, datetime(2026, 3, 1, 0, tzinfo=UTC)),
        ({0x0132: "2026:03:02 23:00:00"}, {}, datetime(2026, 3, 2, 15, tzinfo=UTC)),
        ({}, {0x9003: "2026:03:09 08:00:00"}, None),
        ({}, {0x9003: "1970:01:01 00:00:00"}, None),
        ({}, {0x9003: "yesterday"}, None),
        ({}, {0x9003: "    :  :     :  :  "}, None),
        ({}, {}, None),
    ],
)
def test_moment(main: dict[int, Any], shot: dict[int, Any], expected: datetime | None) -> None:
    assert read(make.photo(exif=make.exif(main=main, shot=shot))).taken_at == expected


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        (make.gps((31.0, 0.0, 0.0), "N", (121.0, 30.0, 0.0), "E"), (121.5, 31.0)),
        (make.gps((31.0, 0.0, 0.0), "S", (121.0, 30.0, 0.0), "W"), (-121.5, -31.0)),
        (make.gps((31.0, 0.0, 0.0), "n\0", (121.0, 30.0, 0.0), "e"), (121.5, 31.0)),
        (make.gps((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E"), None),
        (make.gps((91.0, 0.0, 0.0), "N", (121.0, 0.0, 0.0), "E"), None),
        (make.gps((31.0, 0.0, 0.0), "N", (181.0, 0.0, 0.0), "E"), None),
        (make.gps((31.0, 75.0, 0.0), "N", (121.0, 0.0, 0.0), "E"), None),
        (make.gps((31.0, 0.0, 0.0), "X", (121.0, 0.0, 0.0), "E"), None),
        (make.gps((31.0, 0.0, 0.0), "E", (121.0, 0.0, 0.0), "N"), None),
        ({1: "N", 2: (31.0, 0.0, 0.0)}, None),
        (make.gps((31.0, 0.0), "N", (121.0, 0.0), "E"), None),
    ],
)
def test_place(gps: dict[int, Any], expected: tuple[float, float] | None) -> None:
    found = read(make.photo(exif=make.exif(gps=gps))).taken_point
    assert found is None if expected is None else found == pytest.approx(expected)


def test_place_with_zero_denominators_is_ignored() -> None:
    content = make.photo(exif=make.exif(gps=PLACE))
    second = (24).to_bytes(4, "big") + (1).to_bytes(4, "big")
    assert second in content
    assert read(content.replace(second, second[:4] + b"\0\0\0\0")).taken_point is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright(orientation: int) -> None:
    sideways = orientation > 4
    found = read(make.photo(size=(640, 320), exif=make.exif(main={0x0112: orientation})))
    assert (found.width, found.height) == ((320, 640) if sideways else (640, 320))
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert small.size == ((240, 480) if sideways else (480, 240))
        first = small.convert("RGB").getpixel((4, 4))
    # The stored upper left corner is red; where it comes to lie is what the tag says.
    assert isinstance(first, tuple)
    assert (first[0] > 200) == (orientation in {1, 2, 5, 8})


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "CMYK"])
def test_every_mode_becomes_a_thumbnail(mode: str) -> None:
    image = Image.new(mode, (900, 30))
    out = io.BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(io.BytesIO(read(out.getvalue()).thumbnail)) as small:
        assert small.size == (480, 16)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated(format_: str, share: float) -> None:
    whole = make.photo(format_, size=(300, 200))
    with pytest.raises(Refused) as refusal:
        read(whole[: int(len(whole) * share)])
    assert (refusal.value.code, refusal.value.details["rule"]) == ("invalid", "whole")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_byte_broken_is_refused_or_read_and_never_fails() -> None:
    whole = make.photo("JPEG", exif=make.exif(main={0x0112: 6}, shot={0x9003: "2026:03:01 08:00:00"}, gps=PLACE))
    for at in range(2, len(whole), 5):
        with suppress(Refused):
            read(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (100_000, 1), (9000, 9000), (6000, 4400)])
def test_too_many_pixels_are_refused_before_decoding(width: int, height: int) -> None:
    with pytest.raises(Refused) as refusal:
        read(make.png_head(width, height))
    assert (refusal.value.code, refusal.value.details["rule"]) == ("too_large", "pixels")


def test_huge_jpeg_by_its_head_alone() -> None:
    content = make.photo("JPEG")
    at = content.index(b"\xff\xc0") + 5
    with pytest.raises(Refused) as refusal:
        read(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])
    assert refusal.value.code == "too_large"


def test_public_copy_has_neither_metadata_nor_what_was_appended() -> None:
    meta = make.exif(main={0x010F: "SecretMaker", 0x0112: 6}, shot={0x9003: "2026:03:01 08:30:00"}, gps=PLACE)
    content = make.photo(size=(2400, 1200), exif=meta, comment=b"SecretComment") + b"PK\3\4SecretArchive"
    copy = photos.clean_copy(io.BytesIO(content))
    assert b"Secret" not in copy
    assert b"Exif" not in copy
    with Image.open(io.BytesIO(copy)) as image:
        assert (image.format, image.size) == ("JPEG", (960, 1920))
        assert not image.getexif()


def test_thumbnail_has_no_metadata() -> None:
    meta = make.exif(main={0x010F: "SecretMaker"}, gps=PLACE)
    for format_ in ("JPEG", "PNG", "WEBP"):
        thumbnail = read(make.photo(format_, exif=meta, icc_profile=b"SecretProfile" * 20)).thumbnail
        assert b"Secret" not in thumbnail
        assert b"EXIF" not in thumbnail
