"""An uploaded workbook waits in the database between its report and the confirmation, for its uploader, an hour."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.org.actor import Actor
from cityloop.org.importing import Report, import_book
from cityloop.org.models import ImportDraft

KEPT = timedelta(hours=1)


def check_upload(content: bytes, name: str, *, by: Actor, now: datetime) -> tuple[Report, ImportDraft | None]:
    """The report of a workbook, and the draft to confirm if nothing is wrong with it."""
    report = import_book(content, by=by, now=now, dry_run=True)
    ImportDraft.objects.filter(at__lt=now - KEPT).delete()
    ImportDraft.objects.filter(person_id=by.person_id or 0).delete()
    if not report.is_sound or by.person_id is None:
        return report, None
    return report, ImportDraft.objects.create(person_id=by.person_id, at=now, name=name[:200], content=content)


@transaction.atomic
def confirm_upload(draft_id: int, *, by: Actor, now: datetime) -> Report:
    """Take the checked workbook over; refused as `not_found` if it is another's, too old, or already taken over.

    What changed since the check is checked again: then the report says what is wrong and nothing is written.
    """
    drafts = ImportDraft.objects.select_for_update().filter(person_id=by.person_id or 0, at__gte=now - KEPT)
    draft = drafts.filter(pk=draft_id).first()
    if draft is None:
        raise Refused("not_found", _("没有待确认的导入，请重新上传"))
    report = import_book(bytes(draft.content), by=by, now=now, dry_run=False)
    draft.delete()
    return report
