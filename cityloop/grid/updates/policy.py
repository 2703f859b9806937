"""Who sees which proposals."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.grid.models import Component, Proposal
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand, has_permission


def visible_proposals(by: Actor) -> "QuerySet[Proposal]":
    """All proposals for whoever decides; for others their own and those that ask them to look."""
    rows = Proposal.objects.select_related("component__cell", "minor")
    if has_permission(by, "grid.approve"):
        return rows
    demand(by, "grid.propose")
    return rows.filter(Q(by_id=by.person_id or 0) | Q(asked_of=by.person_id or 0))


def access_proposal(pk: int, *, by: Actor, lock: bool = False) -> Proposal:
    """The proposal of that number; refused as `not_found` if it is not there or not to be seen."""
    rows = visible_proposals(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", _("没有这份更新申请"), {"rule": "proposal"})
    return found


def access_component(code: str, *, lock: bool = False) -> Component:
    """The component of that code, retired or not; refused as `not_found`."""
    rows = Component.objects.select_related("minor", "cell", "manager", "owner", "maintainer")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(code=code).first()
    if found is None:
        raise Refused("not_found", _("没有这个部件编码"), {"rule": "component"})
    return found
