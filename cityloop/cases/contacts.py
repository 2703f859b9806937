"""Looking at the contact of somebody who wants to stay unknown is an act: the journal says who looked, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.policy import opens_sealed_contacts
from cityloop.cases.selectors import access_case
from cityloop.cases.shown.present import opened
from cityloop.journal.actions import record
from cityloop.org.actor import Actor


@dataclass(frozen=True, slots=True)
class Looked:
    """What was to be seen."""

    name: str
    phone: str
    gender: str


def look_at_contact(number: str, report_id: int, *, by: Actor, now: datetime) -> Looked:
    """A reporter's contact in plain. Refused as `not_found`, or `not_yours` unless the centre's own people ask."""
    case = access_case(number, by=by)
    report = case.reports.select_related("contact").filter(pk=report_id, contact__isnull=False).first()
    if report is None or report.contact is None:
        raise Refused("not_found", _("没有这份联系方式"))
    if not opens_sealed_contacts(by, case):
        raise Refused("not_yours", _("只有本中心的受理员和值班长可以查看要求保密的联系方式"), {"rule": "contacts"})
    record(
        "cases.contact_seen",
        by_id=by.person_id,
        by_name=by.name,
        now=now,
        subject=case.number,
        data={"report": report.pk},
    )
    return Looked(*opened(report.contact))
