"""`/api/v1/evidence/{uuid}`: send an upload, and see one's own again until something refers to it."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema, Status

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_lonlat, read_lonlat
from cityloop.base.time import city_zone
from cityloop.evidence.actions import Claim, receive
from cityloop.evidence.bounds import MIB, MOST_BYTES
from cityloop.evidence.delivery import original_response, thumbnail_response
from cityloop.evidence.files import too_large
from cityloop.evidence.models import Evidence
from cityloop.evidence.policy import access_own_upload
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth())


class EvidenceOut(Schema):
    """An upload as its sender sees it. Times are UTC, `taken_point` is `[lon, lat]` in EPSG:4326."""

    id: UUID
    kind: str
    purpose: str
    mime: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    taken_at: datetime | None
    taken_point: tuple[float, float] | None
    uploaded_at: datetime
    expires_at: datetime | None

    @staticmethod
    def resolve_taken_point(evidence: Evidence) -> tuple[float, float] | None:
        """The place as a pair."""
        return as_lonlat(evidence.taken_point)


class Words(Schema):
    """What the sender says beside a raw body, as headers; a form has fields of the same names without `X-`."""

    x_purpose: str = ""
    x_lon: str = ""
    x_lat: str = ""
    x_taken_at: str = ""
    x_file_name: str = ""


class _Sent(NamedTuple):
    content: BinaryIO
    purpose: str
    claim: Claim


@router.put("/evidence/{uuid}", response={200: EvidenceOut, 201: EvidenceOut})
def put_evidence(request: HttpRequest, uuid: UUID, words: Header[Words]) -> Status[Evidence]:
    """Send one photo, sound or film: the body itself with headers, or a multipart form with the field `file`.

    The same content under the same id answers 200 with the first answer; a new one answers 201. Photos: JPEG up to
    52 megapixels, PNG and WebP up to 26, all 20 MB. Sounds: AMR, WAV, MP3, M4A, AAC, OGG, WebM up to 20 MB. Films: MP4,
    WebM up to 100 MB. What nothing refers to is deleted after `CITYLOOP_EVIDENCE_KEEP_HOURS`.
    """
    asked = cast(ActorRequest, request)
    try:
        sent = _read(request, words)
        received = receive(
            uuid, sent.content, purpose=sent.purpose, by=asked.actor, now=timezone.now(), claim=sent.claim
        )
    except (MultiPartParserError, UnreadablePostError):
        raise Refused("invalid", _("上传中断，请重试"), {"rule": "whole"}) from None
    return Status(201 if received.is_new else 200, received.evidence)


@router.get("/evidence/{uuid}", response=EvidenceOut)
def get_evidence(request: HttpRequest, uuid: UUID) -> Evidence:
    """One's own upload that nothing refers to yet."""
    return access_own_upload(uuid, by=cast(ActorRequest, request).actor)


@router.get("/evidence/{uuid}/original")
def get_original(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Its content."""
    return original_response(request, access_own_upload(uuid, by=cast(ActorRequest, request).actor))


@router.get("/evidence/{uuid}/thumbnail")
def get_thumbnail(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Its thumbnail, WebP, 480 pixels on the long side; photos only."""
    return thumbnail_response(request, access_own_upload(uuid, by=cast(ActorRequest, request).actor))


def _read(request: HttpRequest, words: Words) -> _Sent:
    most = max(MOST_BYTES.values())
    if int(request.META.get("CONTENT_LENGTH") or 0) > most + MIB:
        raise too_large(most)
    if request.content_type == "multipart/form-data":
        return _read_form(request)
    claim = _claim(words.x_file_name, words.x_lon, words.x_lat, words.x_taken_at)
    return _Sent(cast(BinaryIO, request), words.x_purpose, claim)


def _read_form(request: HttpRequest) -> _Sent:
    """Django reads forms of POST only; PUT is read here, large files through a temporary file."""
    fields, uploads = request.parse_file_upload(request.META, cast(BinaryIO, request))
    file = cast("BinaryIO | None", uploads.get("file"))
    if file is None:
        raise Refused("invalid", _("缺少文件"), {"fields": {"file": _("必填")}})
    name = str(getattr(file, "name", ""))
    claim = _claim(name, fields.get("lon", ""), fields.get("lat", ""), fields.get("taken_at", ""))
    return _Sent(file, fields.get("purpose", ""), claim)


def _claim(name: str, lon: object, lat: object, taken_at: object) -> Claim:
    place: LonLat | None = read_lonlat([lon, lat]) if lon or lat else None
    return Claim(name, _read_moment(str(taken_at)) if taken_at else None, place)


def _read_moment(text: str) -> datetime:
    """ISO 8601 as UTC; without a zone it is the city's time."""
    moment = None
    with suppress(ValueError):
        moment = parse_datetime(text)
    if moment is None:
        raise Refused("invalid", _("拍摄时间应为 ISO 8601 格式"), {"fields": {"taken_at": "2026-03-01T08:00:00+08:00"}})
    return (moment if moment.tzinfo else moment.replace(tzinfo=city_zone())).astimezone(UTC)
