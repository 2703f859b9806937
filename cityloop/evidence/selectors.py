"""The content of evidence. Who may see it is asked before, by whoever links it."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.evidence import files, photos
from cityloop.evidence.models import Evidence, Kind


def open_original(evidence: Evidence) -> BinaryIO:
    """The content as it was uploaded."""
    return files.open_file("original", evidence.sha256)


def open_thumbnail(evidence: Evidence) -> BinaryIO:
    """A small WebP of a photo, upright, without metadata; refused as `not_found` for sound and film."""
    _check_photo(evidence)
    return files.open_derived("thumbnail", evidence.sha256, photos.thumbnail)


def public_copy(evidence: Evidence) -> bytes:
    """A photo as the public may see it: a JPEG drawn anew, without place, time or maker. Kept once made.

    Refused as `not_found` for sound and film: voices and metadata of films are not cleaned here.
    """
    _check_photo(evidence)
    with files.open_derived("public", evidence.sha256, photos.clean_copy) as file:
        return file.read()


def _check_photo(evidence: Evidence) -> None:
    if evidence.kind != Kind.PHOTO:
        raise Refused("not_found", _("录音和视频没有缩略图"), {"rule": "photo"})
