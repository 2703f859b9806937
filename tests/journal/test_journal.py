"""The journal is appended to and never changed."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from cityloop.journal.actions import record
from cityloop.journal.models import Entry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_entry_stays() -> None:
    record("org.sign_in", by_id=7, by_name="王工", now=NOW, subject="wang", data={"a": 1})
    entry = Entry.objects.latest("id")
    assert (entry.what, entry.by_id, entry.by_name, entry.at, entry.data) == ("org.sign_in", 7, "王工", NOW, {"a": 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.update(by_name="李工")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.all().delete()
