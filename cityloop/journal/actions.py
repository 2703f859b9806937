"""The one way into the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cityloop.journal.models import Entry


def record(
    what: str,
    *,
    by_id: int | None,
    by_name: str,
    now: datetime,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry; `what` is a dotted word such as `org.sign_in`.

    `data` holds plain JSON values and never a password, a token or a citizen's contact.
    One INSERT; it stands or falls with the caller's transaction.
    """
    assert "." in what, what
    Entry.objects.create(at=now, what=what, by_id=by_id, by_name=by_name, subject=subject[:200], data=dict(data or {}))
