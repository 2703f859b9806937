"""The type is told by the content."""

import io
from contextlib import suppress

import pytest

from cityloop.base.errors import Refused
from cityloop.evidence import formats
from tests.evidence import make

HEIC = make.box(b"ftyp", b"heic", b"\0\0\0\0", b"mif1heic") + make.box(b"meta", b"\0" * 16)
WAV = make.wav()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (make.photo("JPEG"), formats.JPEG),
        (make.photo("PNG"), formats.PNG),
        (make.photo("WEBP"), formats.WEBP),
        (WAV, formats.WAV),
        (WAV[:40] + b"\xff\xff\xff\xff" + WAV[44:], formats.WAV),
        (make.amr(), formats.AMR),
        (make.amr(wide=True), formats.AMR),
        (make.mp3(), formats.MP3),
        (b"ID3\4\0\0\0\0\1\2" + b"\0" * 130 + b"\0" * 60 + make.mp3(), formats.MP3),
        (make.adts(), formats.AAC),
        (make.ogg(), formats.OGG),
        (make.ogg(b"\x01vorbis"), formats.OGG),
        (make.mp4(b"soun", brand=b"M4A "), formats.M4A),
        (make.mp4(b"soun", brand=b"3gp4"), formats.M4A),
        (make.mp4(b"vide", b"soun"), formats.MP4),
        (make.mp4(b"vide", brand=b"M4A "), formats.MP4),
        (make.webm(2), formats.WEBM_SOUND),
        (make.webm(1, 2), formats.WEBM),
        (make.without_size(make.webm(1)), formats.WEBM),
    ],
)
def test_recognised(content: bytes, expected: formats.Format) -> None:
    assert formats.recognise(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"x", "type"),
        (b"GIF89a" + b"\0" * 40, "type"),
        (b"%PDF-1.7 " + make.photo("JPEG"), "type"),
        (b"<html><script>alert(1)</script>" + make.photo("JPEG"), "type"),
        (b"PK\3\4" + b"\0" * 60, "type"),
        (b"MZ" + b"\0" * 60, "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type"),
        (b"RIFF\0\0\0\0AVI LIST" + b"\0" * 40, "type"),
        (make.ogg(b"\x80theora"), "type"),
        (make.webm(1, doc_type=b"matroska"), "type"),
        (make.webm(17), "type"),
        (HEIC, "type"),
        (b"\xff\xfb" + b"text" * 30, "type"),
        (WAV[:-10], "whole"),
        (WAV[:30], "whole"),
        (b"#!AMR\n", "whole"),
        (make.amr()[:-1], "whole"),
        (b"ID3\4\0\0\0\0\0\4" + b"text" * 30, "whole"),
        (make.mp4(b"vide")[:-20], "whole"),
        (make.box(b"ftyp", b"isom", b"\0\0\2\0") + make.box(b"mdat", b"\0" * 40), "whole"),
        (make.webm(1)[:-4], "whole"),
        (make.webm(1)[:6], "whole"),
        (make.box(b"ftyp", b"isom", b"\0\0\2\0") + b"\0\0\0\3moov", "type"),
    ],
)
def test_refused(content: bytes, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        formats.recognise(io.BytesIO(content))
    assert (refusal.value.code, refusal.value.details["rule"]) in {("invalid", rule), ("invalid", "whole")}
    assert refusal.value.details["rule"] == rule or content.endswith(b"moov")


def test_heic_is_told_what_to_do() -> None:
    with pytest.raises(Refused) as refusal:
        formats.recognise(io.BytesIO(HEIC))
    assert refusal.value.details["format"] == "heic"


@pytest.mark.parametrize("content", [WAV, make.mp4(b"vide"), make.webm(1, 2), make.mp3(), make.amr(), make.ogg()])
def test_cut_anywhere_is_refused_or_recognised_and_never_fails(content: bytes) -> None:
    for end in range(1, len(content), 7):
        with suppress(Refused):
            formats.recognise(io.BytesIO(content[:end]))
