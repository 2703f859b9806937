"""Uploads come in, are linked by what they prove, or go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_point
from cityloop.base.time import city_date, city_midnight
from cityloop.evidence import exif, files, formats, photos
from cityloop.evidence.bounds import MIB, MOST_BYTES, MOST_LINKED_AT_ONCE
from cityloop.evidence.models import Evidence, Kind, Origin, Purpose
from cityloop.org.actor import Actor

BATCH: Final = 500
ORPHAN_AGE: Final = timedelta(days=1)

# All or nothing, in one statement: an upload that expires meanwhile is waited for and then missed.
LINK: Final = """
WITH wanted AS (
    SELECT id FROM evidence_evidence
    WHERE id = ANY(%(ids)s) AND uploaded_by_id IS NOT DISTINCT FROM %(person)s AND (NOT linked OR holder = %(holder)s)
    FOR UPDATE
)
UPDATE evidence_evidence AS e SET linked = true, holder = %(holder)s, expires_at = NULL
FROM wanted WHERE e.id = wanted.id AND (SELECT count(*) FROM wanted) = %(count)s
RETURNING e.*
"""
LINK_ALL: Final = """
UPDATE evidence_evidence AS e SET linked = true, holder = wanted.holder, expires_at = NULL
FROM unnest(%(ids)s::uuid[], %(people)s::bigint[], %(holders)s::text[]) AS wanted (id, person, holder)
WHERE e.id = wanted.id AND e.uploaded_by_id IS NOT DISTINCT FROM wanted.person
    AND (NOT e.linked OR e.holder = wanted.holder)
"""
EXPIRE: Final = """
DELETE FROM evidence_evidence WHERE id IN (
    SELECT id FROM evidence_evidence WHERE NOT linked AND expires_at <= %s
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING sha256
"""


class Claim(NamedTuple):
    """What the sender says of an upload; what the file itself says goes before it."""

    name: str = ""
    taken_at: datetime | None = None
    taken_point: LonLat | None = None


class Received(NamedTuple):
    """An upload, and whether it came for the first time."""

    evidence: Evidence
    is_new: bool


class _Facts(NamedTuple):
    format: formats.Format
    photo: photos.Photo | None


def store(
    uuid: UUID, content: bytes | BinaryIO, *, purpose: str, by: Actor, now: datetime, claim: Claim | None = None
) -> Evidence:
    """Keep one photo, sound or film under the id that the client gave it; the same again is the same row.

    Refused as `invalid` (unknown or damaged content, an id used for something else), `too_large` (bytes, pixels) or
    `too_many` (a person's uploads of the day).
    """
    return receive(uuid, content, purpose=purpose, by=by, now=now, claim=claim).evidence


def receive(
    uuid: UUID, content: bytes | BinaryIO, *, purpose: str, by: Actor, now: datetime, claim: Claim | None = None
) -> Received:
    """As `store`, and tells whether the upload is new."""
    if purpose not in Purpose.values:
        raise Refused("invalid", _("用途不在可选范围内"), {"fields": {"purpose": "|".join(Purpose.values)}})
    with files.received(content, most=max(MOST_BYTES.values())) as upload:
        known = Evidence.objects.filter(pk=uuid).first()
        if known:
            return Received(_same(known, upload.sha256, by), False)
        facts = _examine(upload, now)
        row = _row(upload, facts, claim or Claim(), now)
        with transaction.atomic():
            _lock(upload.sha256, by.person_id)
            _check_quota(by, upload.size, now)
            upload.keep()
            if facts.photo:
                files.write("thumbnail", upload.sha256, facts.photo.thumbnail)
            evidence, is_new = Evidence.objects.get_or_create(
                pk=uuid, defaults={**row, "purpose": purpose, "uploaded_by_id": by.person_id}
            )
        return Received(_same(evidence, upload.sha256, by), is_new)


def link(ids: Sequence[UUID], *, by: Actor, holder: str = "") -> list[Evidence]:
    """Mark uploads as used by `holder`, in the order of `ids`; they no longer expire. One statement.

    Refused as `invalid` unless every one is the actor's own upload, and new or already linked to the same holder.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    if len(wanted) > MOST_LINKED_AT_ONCE:
        raise Refused("invalid", _("一次引用的材料过多"), {"fields": {"evidence": MOST_LINKED_AT_ONCE}})
    values = {"ids": wanted, "person": by.person_id, "holder": holder, "count": len(wanted)}
    found = {row.pk: row for row in Evidence.objects.raw(LINK, values)}
    if not found:
        raise _not_own(wanted)
    return [found[id_] for id_ in wanted]


def _not_own(ids: Sequence[UUID]) -> Refused:
    message = _("照片或录音不存在、不是本人上传，或已用于其他问题，请重新上传")
    return Refused("invalid", message, {"rule": "own_evidence", "fields": {"evidence": [str(id_) for id_ in ids]}})


class Linking(NamedTuple):
    """That a person uses one upload of his for a holder."""

    evidence_id: UUID
    person_id: int | None
    holder: str


def link_all(rows: Sequence[Linking]) -> None:
    """Link many uploads for many holders in one statement; refused as `invalid` unless `link` would take each."""
    wanted = dict.fromkeys(rows)
    if not wanted:
        return
    ids, people, holders = (list(column) for column in zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(LINK_ALL, {"ids": ids, "people": people, "holders": holders})
        if cursor.rowcount != len(wanted):
            raise Refused(
                "invalid", _("照片或录音不存在、不是本人上传，或已用于其他问题，请重新上传"), {"rule": "own_evidence"}
            )


def expire(now: datetime) -> int:
    """Delete uploads that nobody linked in time, with their files once no other row has them; how many rows."""
    count = 0
    while gone := _delete_expired(now):
        count += len(gone)
        for sha256 in set(gone):
            transaction.on_commit(partial(_discard, sha256))
    return count


def sweep(now: datetime) -> int:
    """Delete files that no row names, left by a process that was killed between file and row; how many."""
    before = (now - ORPHAN_AGE).timestamp()
    count = files.remove_left_behind(before)
    names = list(files.stored(before))
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        named = set(Evidence.objects.filter(sha256__in=batch).values_list("sha256", flat=True))
        for sha256 in set(batch) - named:
            count += _discard(sha256)
    return count


def _same(evidence: Evidence, sha256: str, by: Actor) -> Evidence:
    if evidence.sha256 != sha256 or evidence.uploaded_by_id != by.person_id:
        raise Refused("invalid", _("该编号已用于另一份材料"), {"rule": "same_content"})
    return evidence


def _examine(upload: files.Upload, now: datetime) -> _Facts:
    format_ = formats.recognise(upload.file)
    most = MOST_BYTES[format_.kind]
    if upload.size > most:
        raise files.too_large(most)
    return _Facts(format_, photos.read_photo(upload.file, now=now) if format_.kind == Kind.PHOTO else None)


def _row(upload: files.Upload, facts: _Facts, claim: Claim, now: datetime) -> dict[str, object]:
    """The columns that follow from content and claim."""
    photo = facts.photo
    row: dict[str, object] = {
        "kind": facts.format.kind,
        "mime": facts.format.mime,
        "sha256": upload.sha256,
        "size": upload.size,
        "width": photo.width if photo else None,
        "height": photo.height if photo else None,
        "uploaded_at": now,
        "original_name": _plain_name(claim.name),
        "expires_at": now + timedelta(hours=settings.EVIDENCE_KEEP_HOURS),
    }
    # A phone's clock may be wrong; the photo is not lost for that.
    claimed_at = claim.taken_at if claim.taken_at and exif.is_plausible(claim.taken_at, now) else None
    if photo and photo.taken_at:
        row |= {"taken_at": photo.taken_at, "taken_at_from": Origin.FILE}
    elif claimed_at:
        row |= {"taken_at": claimed_at, "taken_at_from": Origin.SENDER}
    if photo and photo.taken_point:
        row |= {"taken_point": as_point(photo.taken_point), "taken_point_from": Origin.FILE}
    elif claim.taken_point:
        row |= {"taken_point": as_point(claim.taken_point), "taken_point_from": Origin.SENDER}
    return row


def _plain_name(name: str) -> str:
    """The last part of a file's name without control characters; it is shown, never used as a path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:120]


def _check_quota(by: Actor, size: int, now: datetime) -> None:
    if by.person_id is None:
        return
    today = Evidence.objects.filter(uploaded_by_id=by.person_id, uploaded_at__gte=city_midnight(city_date(now)))
    used = today.aggregate(count=Count("pk"), bytes=Sum("size", default=0))
    most_bytes = settings.EVIDENCE_MEGABYTES_A_DAY * MIB
    if used["count"] >= settings.EVIDENCE_FILES_A_DAY or used["bytes"] + size > most_bytes:
        raise Refused("too_many", _("今日上传数量已达上限，请明日再传或联系管理员"), {"rule": "evidence_a_day"})


def _lock(sha256: str, person_id: int | None) -> None:
    """Until the transaction ends nobody else counts this person's uploads, or stores or deletes this content."""
    with connection.cursor() as cursor:
        if person_id is not None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence'), %s)", [person_id])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(bytes.fromhex(sha256[:16]), signed=True)])


def _delete_expired(now: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, [now, BATCH])
        return [sha256 for (sha256,) in cursor.fetchall()]


def _discard(sha256: str) -> bool:
    """Delete the file unless a row names it; whether it went."""
    with transaction.atomic():
        _lock(sha256, None)
        if Evidence.objects.filter(sha256=sha256).exists():
            return False
        files.remove(sha256)
        return True
