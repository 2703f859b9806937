"""The chain: the canonical bytes of an event, its hash, and the proof that a history is whole.

Version 1 of the canonical form is the JSON array of `FIELDS` in this order, UTF-8, no spaces, keys sorted, moments
as UTC ISO 8601 with microseconds, bytes as hex, after the line `cityloop-event-1`. A later version gets a new line.
The free text of a step enters only as `note_digest`.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from cityloop.cases.models import Case, CaseEvent, EventText

HEADER: Final = b"cityloop-event-1\n"
FIELDS: Final = (
    "seq",
    "group",
    "at",
    "do",
    "subject",
    "subject_id",
    "revision",
    "from_state",
    "to_state",
    "actor_id",
    "actor_name",
    "post",
    "unit_id",
    "unit_name",
    "both_axes",
    "claimed_at",
    "began_at",
    "due_at",
    "spent",
    "late",
    "limit",
    "calendar_version",
    "flow_version",
    "client_id",
    "body_digest",
    "data",
    "before",
    "note_digest",
)


_fields = attrgetter(*FIELDS)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def plain(value: object) -> Any:
    """A value as JSON carries it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    if isinstance(value, UUID):
        return str(value)
    return value


def canonical(number: str, event: CaseEvent) -> bytes:
    """The bytes that the hash of an event covers."""
    row = [number, *map(plain, _fields(event))]
    return HEADER + _encode(row).encode("utf-8")


def chained(previous: bytes | memoryview, number: str, event: CaseEvent) -> bytes:
    """The hash of an event that stands after `previous`."""
    return hashlib.sha256(bytes(previous) + canonical(number, event)).digest()


def body_digest(subject: str, do: str, data: Mapping[str, Any]) -> bytes:
    """What tells a repeated request from another one under the same client id."""
    text = json.dumps([subject, do, data], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).digest()


def sealed(note: str, private: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """A fresh salt and the digest of the free text under it; two empty values when there is none."""
    if not note and not private:
        return b"", b""
    salt = secrets.token_bytes(16)
    return salt, note_digest(salt, note, private)


def note_digest(salt: bytes | memoryview, note: str, private: Mapping[str, Any]) -> bytes:
    """The digest under which free text enters the chain."""
    return hashlib.sha256(bytes(salt) + _encode([note, private]).encode("utf-8")).digest()


def faults(case: Case) -> list[str]:
    """What is wrong with a case's history; empty when it is whole."""
    events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
    texts = {text.event_id: text for text in EventText.objects.filter(event__case=case)}
    return [*_chain_faults(case, events), *_text_faults(events, texts)]


def _chain_faults(case: Case, events: list[CaseEvent]) -> Iterator[str]:
    previous = b""
    for place, event in enumerate(events, start=1):
        if event.seq != place:
            yield f"{case.number}: event {place} is missing"
            return
        if chained(previous, case.number, event) != bytes(event.hash):
            yield f"{case.number}: event {place} was changed"
        previous = bytes(event.hash)
    if (len(events), previous) != (case.last_seq, bytes(case.last_hash)):
        yield f"{case.number}: the head on the case does not fit its last event"


def _text_faults(events: list[CaseEvent], texts: Mapping[int, EventText]) -> Iterator[str]:
    for event in events:
        text = texts.get(event.pk)
        if text and note_digest(text.salt, text.note, text.private) != bytes(event.note_digest):
            yield f"{event.case.number}: the text of event {event.seq} was changed"


def root(heads: Iterable[tuple[str, int, bytes | memoryview]]) -> str:
    """One hash over the heads of all cases (number, last_seq, last_hash) in the order of their ids."""
    digest = hashlib.sha256()
    for number, last_seq, last_hash in heads:
        digest.update(f"{number} {last_seq} {bytes(last_hash).hex()}\n".encode())
    return digest.hexdigest()
