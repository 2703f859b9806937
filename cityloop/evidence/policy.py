"""Who may see an upload that nothing refers to yet: whoever sent it. Cases decides about the rest."""

from uuid import UUID

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.evidence.models import Evidence
from cityloop.org.actor import Actor


def access_own_upload(uuid: UUID, *, by: Actor) -> Evidence:
    """The actor's own unlinked upload; refused as `not_found` if it is another's, linked, or not there."""
    own = Evidence.objects.filter(pk=uuid, uploaded_by_id=by.person_id, linked=False) if by.person_id else None
    found = own.first() if own is not None else None
    if found is None:
        raise Refused("not_found", _("没有这份材料"))
    return found
