"""What an upload is, told by its bytes. A file's name and the sender's Content-Type are never asked."""

import struct
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.evidence import sounds, tracks
from cityloop.evidence.models import Kind


class Format(NamedTuple):
    """A format that is accepted. `mime` is what the file is served as."""

    kind: Kind
    mime: str
    suffix: str


JPEG: Final = Format(Kind.PHOTO, "image/jpeg", "jpg")
PNG: Final = Format(Kind.PHOTO, "image/png", "png")
WEBP: Final = Format(Kind.PHOTO, "image/webp", "webp")
WAV: Final = Format(Kind.SOUND, "audio/wav", "wav")
AMR: Final = Format(Kind.SOUND, "audio/amr", "amr")
MP3: Final = Format(Kind.SOUND, "audio/mpeg", "mp3")
AAC: Final = Format(Kind.SOUND, "audio/aac", "aac")
M4A: Final = Format(Kind.SOUND, "audio/mp4", "m4a")
OGG: Final = Format(Kind.SOUND, "audio/ogg", "ogg")
WEBM_SOUND: Final = Format(Kind.SOUND, "audio/webm", "weba")
MP4: Final = Format(Kind.FILM, "video/mp4", "mp4")
WEBM: Final = Format(Kind.FILM, "video/webm", "webm")

ACCEPTED: Final = (JPEG, PNG, WEBP, WAV, AMR, MP3, AAC, M4A, OGG, WEBM_SOUND, MP4, WEBM)
SUFFIX: Final = {format_.mime: format_.suffix for format_ in ACCEPTED}

HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
OGG_SOUNDS: Final = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")


def broken() -> Refused:
    """The refusal of a file that begins well and is damaged or cut off."""
    return Refused("invalid", _("文件损坏或不完整，请重新拍摄或录制"), {"rule": "whole"})


def unknown() -> Refused:
    """The refusal of a file that is none of `ACCEPTED`."""
    message = _("只接受照片（JPEG、PNG、WebP）、录音（AMR、WAV、MP3、M4A、AAC、OGG、WebM）和视频（MP4、WebM）")
    return Refused("invalid", message, {"rule": "type"})


def recognise(file: BinaryIO) -> Format:
    """The format of a seekable file, by content; refused as `invalid` (rules `type`, `whole`)."""
    file.seek(0)
    head = file.read(64)
    told = next((told for signature, told in SIGNATURES if head.startswith(signature)), None)
    if told is None:
        told = _boxes if head[4:8] == b"ftyp" else _bare_frames
    try:
        found = told(file, head)
    except (tracks.Broken, struct.error):
        raise broken() from None
    if found is None:
        raise unknown()
    return found


def _jpeg(file: BinaryIO, head: bytes) -> Format | None:
    return JPEG


def _png(file: BinaryIO, head: bytes) -> Format | None:
    return PNG


def _riff(file: BinaryIO, head: bytes) -> Format | None:
    if head[8:12] == b"WEBP":
        return WEBP
    if head[8:12] == b"WAVE":
        sounds.check_wav(file)
        return WAV
    return None


def _amr(file: BinaryIO, head: bytes) -> Format | None:
    if not head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return None
    sounds.check_amr(file)
    return AMR


def _ogg(file: BinaryIO, head: bytes) -> Format | None:
    return OGG if head[28:].startswith(OGG_SOUNDS) else None


def _tagged_mp3(file: BinaryIO, head: bytes) -> Format | None:
    sounds.check_tagged_mp3(file)
    return MP3


def _webm(file: BinaryIO, head: bytes) -> Format | None:
    found = tracks.webm_tracks(file)
    if tracks.Track.FILM in found:
        return WEBM
    return WEBM_SOUND if tracks.Track.SOUND in found else None


def _boxes(file: BinaryIO, head: bytes) -> Format | None:
    if head[8:12] in HEIF_BRANDS:
        message = _("暂不支持 HEIC/AVIF 照片，请在手机相机设置中改用 JPEG（“兼容性最佳”）后重拍")
        raise Refused("invalid", message, {"rule": "type", "format": "heic"})
    found = tracks.mp4_tracks(file)
    if tracks.Track.FILM in found:
        return MP4
    return M4A if tracks.Track.SOUND in found else None


def _bare_frames(file: BinaryIO, head: bytes) -> Format | None:
    """MP3 and AAC without a container begin with their first frame."""
    if sounds.is_mp3(file, 0):
        return MP3
    return AAC if sounds.is_adts(file, 0) else None


SIGNATURES: Final[tuple[tuple[bytes, Callable[[BinaryIO, bytes], Format | None]], ...]] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"RIFF", _riff),
    (b"#!AMR", _amr),
    (b"OggS", _ogg),
    (b"ID3", _tagged_mp3),
    (b"\x1a\x45\xdf\xa3", _webm),
)
