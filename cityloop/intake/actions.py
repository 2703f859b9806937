"""Looking citizens up is an act: whoever searches contacts stands in the journal, the number does not."""

from datetime import datetime

from cityloop.intake.selectors import Call, calls_from
from cityloop.journal.actions import record
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand


def search_contacts(number: str, *, by: Actor, now: datetime) -> list[Call]:
    """Reports under a full number or its last four digits, newest first. Refused as `not_yours` or `invalid`."""
    demand(by, "cases.contacts")
    found = calls_from(number, by=by)
    data = {"found": [call.case.number for call in found]}
    record("intake.contacts_searched", by_id=by.person_id, by_name=by.name, now=now, data=data)
    return found
