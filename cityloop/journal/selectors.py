"""Reads of the journal."""

from datetime import datetime

from django.db.models import QuerySet

from cityloop.journal.models import Entry
from cityloop.journal.words import is_named


def list_entries(
    *, what: str = "", words: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Entry]:
    """Entries, newest first: of this act or of all that begin with it, by or about `words`, in [since, until)."""
    entries = Entry.objects.order_by("-id")
    if what:
        entries = entries.filter(what=what) if is_named(what) else entries.filter(what__startswith=what)
    if words:
        entries = entries.filter(by_name__icontains=words) | entries.filter(subject__icontains=words)
    if since:
        entries = entries.filter(at__gte=since)
    if until:
        entries = entries.filter(at__lt=until)
    return entries
