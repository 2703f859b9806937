"""The guarded download: whoever may see a case may see what is linked to it."""

from uuid import UUID

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, CaseEvidence
from cityloop.evidence.models import Evidence
from cityloop.org.actor import Actor


def access_evidence(number: str, uuid: UUID, *, by: Actor) -> Evidence:
    """An upload linked to a case that the actor may see; refused as `not_found` otherwise."""
    seen = Case.objects.visible_to(by).filter(number=number).values("pk")
    link = CaseEvidence.objects.filter(case__in=seen, evidence=uuid).select_related("evidence").first()
    if link is None:
        raise Refused("not_found", _("没有这份材料, 或您无权查看"))
    return link.evidence
