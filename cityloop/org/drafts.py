"""An uploaded workbook waits in the database between its report and the confirmation, for its uploader, an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.importing import Report
from cityloop.org.actor import Actor
from cityloop.org.models import ImportDraft

KEPT: Final = timedelta(hours=1)


class Take(Protocol):
    """The action that checks a workbook or takes it over."""

    def __call__(self, content: bytes, /, *, by: Actor, now: datetime, dry_run: bool) -> Report:
        """The report; nothing is kept on a dry run, or when a row is wrong."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of workbook that is uploaded, checked and confirmed: its name (never changed) and its action."""

    name: str
    take: Take


def check_upload(
    kind: Kind, content: bytes, name: str, *, by: Actor, now: datetime
) -> tuple[Report, ImportDraft | None]:
    """The report of a workbook, and the draft to confirm if nothing is wrong with it."""
    report = kind.take(content, by=by, now=now, dry_run=True)
    expire_drafts(now)
    ImportDraft.objects.filter(person_id=by.person_id or 0, kind=kind.name).delete()
    if not report.is_sound or by.person_id is None:
        return report, None
    draft = ImportDraft.objects.create(person_id=by.person_id, kind=kind.name, at=now, name=name[:200], content=content)
    return report, draft


@transaction.atomic
def confirm_upload(kind: Kind, draft_id: int, *, by: Actor, now: datetime) -> Report:
    """Take the checked workbook over; refused as `not_found` if it is another's, too old, or already taken over.

    What changed since the check is checked again: then the report says what is wrong and nothing is written.
    """
    drafts = ImportDraft.objects.select_for_update().filter(person_id=by.person_id or 0, kind=kind.name)
    draft = drafts.filter(pk=draft_id, at__gte=now - KEPT).first()
    if draft is None:
        raise Refused("not_found", _("没有待确认的导入，请重新上传"))
    report = kind.take(bytes(draft.content), by=by, now=now, dry_run=False)
    draft.delete()
    return report


def expire_drafts(now: datetime) -> int:
    """Delete workbooks that nobody may confirm any more: first passwords may stand in them. How many there were."""
    return ImportDraft.objects.filter(at__lt=now - KEPT).delete()[0]
