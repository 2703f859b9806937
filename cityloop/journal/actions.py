"""The one way into the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cityloop.journal.models import Entry
from cityloop.journal.words import is_named


def record(
    what: str,
    *,
    by_id: int | None,
    by_name: str,
    now: datetime,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry; `what` is a dotted word such as `org.sign_in`, named in `journal.words`.

    `data` holds plain JSON values and never a password, a token or a citizen's contact.
    One INSERT; it stands or falls with the caller's transaction.
    """
    assert is_named(what), what
    Entry.objects.create(at=now, what=what, by_id=by_id, by_name=by_name, subject=subject[:200], data=dict(data or {}))
