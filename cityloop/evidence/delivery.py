"""Content as an HTTP answer: never run as a page, kept by the reader's browser alone, in parts for players."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from cityloop.evidence import selectors
from cityloop.evidence.files import CHUNK
from cityloop.evidence.formats import SUFFIX
from cityloop.evidence.models import Evidence

RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def original_response(request: HttpRequest, evidence: Evidence) -> HttpResponseBase:
    """The content as uploaded, or the part that a player asks for."""
    etag = f'"{evidence.sha256}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    file = selectors.open_original(evidence)
    span = _find_span(request, evidence.size, etag)
    response: FileResponse | StreamingHttpResponse
    if span:
        first, last = span
        response = StreamingHttpResponse(_part(file, first, last), status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{evidence.size}"
        response["Content-Length"] = str(last - first + 1)
    else:
        response = FileResponse(file)
        response["Content-Length"] = str(evidence.size)
    response["Accept-Ranges"] = "bytes"
    name = f"{evidence.pk}.{SUFFIX.get(evidence.mime, 'bin')}"
    return _guarded(response, evidence.mime, etag, name)


def thumbnail_response(request: HttpRequest, evidence: Evidence) -> HttpResponseBase:
    """The thumbnail of a photo."""
    etag = f'"{evidence.sha256}-thumbnail"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    return _guarded(FileResponse(selectors.open_thumbnail(evidence)), "image/webp", etag, f"{evidence.pk}.webp")


def _guarded(response: HttpResponseBase, mime: str, etag: str, name: str) -> HttpResponseBase:
    response["Content-Type"] = mime
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    response["ETag"] = etag
    return response


def _find_span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte of the one range asked for; None for the whole, and for what cannot be served in part."""
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if first:
        span = int(first), min(int(last), size - 1) if last else size - 1
    elif last:
        span = max(size - int(last), 0), size - 1
    else:
        return None
    return span if span[0] <= span[1] else None


def _part(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
