"""Approve or refuse proposals. What is approved is written by the actions of base data, in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid import actions
from cityloop.grid.actions import Edit
from cityloop.grid.models import Component, Proposal, UpdateKind, UpdateState
from cityloop.grid.recording import plain
from cityloop.grid.selectors import revision_of
from cityloop.grid.updates.policy import access_component, access_proposal
from cityloop.grid.updates.proposing import code_of, demand_open
from cityloop.grid.updates.telling import tell_of
from cityloop.grid.values import MOST_PHOTOS
from cityloop.grid.version import record_act
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

EXTRA = "extension."


@transaction.atomic
def approve(pk: int, *, by: Actor, now: datetime, revision: int | None = None, answer: str = "") -> Proposal:
    """Let a proposal become base data. `revision` is the component's latest change that the approver saw.

    Refused as `stale` where the component has changed since then; without `revision`, since it was proposed.
    """
    proposal = _open(pk, by, answer)
    if proposal.component_id is not None:
        _demand_fresh(proposal, proposal.revision if revision is None else revision)
    proposal.component = _apply(proposal, by, now)
    return _decide(proposal, UpdateState.APPROVED, by, now, answer)


@transaction.atomic
def refuse(pk: int, *, by: Actor, now: datetime, answer: str) -> Proposal:
    """Send a proposal back; its proposer is told why."""
    proposal = _open(pk, by, answer)
    if not answer.strip():
        raise Refused("invalid", _("退回须写明原因"), {"fields": {"answer": _("必填")}})
    return _decide(proposal, UpdateState.REFUSED, by, now, answer)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many confirmations were approved, and which were not and why."""

    approved: int
    left: tuple[tuple[Proposal, str], ...]


def approve_confirmations(pks: Iterable[int], *, by: Actor, now: datetime) -> Batch:
    """Approve many confirmations at once, each in its own transaction; what else they name is left, with a reason."""
    demand(by, "grid.approve")
    count, left = 0, []
    for pk in sorted(set(pks)):
        proposal = access_proposal(pk, by=by)
        if proposal.kind != UpdateKind.CONFIRMED:
            left.append((proposal, _("只有核对无误可以成批批准")))
            continue
        try:
            approve(pk, by=by, now=now)
        except Refused as refusal:
            left.append((proposal, refusal.message))
        else:
            count += 1
    return Batch(count, tuple(left))


def _open(pk: int, by: Actor, answer: str) -> Proposal:
    demand(by, "grid.approve")
    proposal = access_proposal(pk, by=by, lock=True)
    demand_open(proposal)
    if proposal.by_id == by.person_id:
        raise Refused("not_yours", _("不能审批自己的申请；可以撤回后直接修改"), {"rule": "other_person"})
    if len(answer.strip()) > 200:
        message = _("不超过 %(limit)s 字") % {"limit": 200}
        raise Refused("invalid", message, {"fields": {"answer": message}})
    return proposal


def _demand_fresh(proposal: Proposal, seen: int) -> None:
    row = access_component(code_of(proposal), lock=True)
    if seen != revision_of("component", row.code):
        message = _("提出之后此部件已有变更，请对照现状重新审批")
        raise Refused("stale", message, {"rule": "revision", "revision": revision_of("component", row.code)})


def _apply(proposal: Proposal, by: Actor, now: datetime) -> Component:
    """Write it through the actions, dated with the day on which it was seen."""
    edit = Edit(proposal.reason, city_date(proposal.at), batch=f"update:{proposal.pk}", linked=tuple(proposal.photos))
    if proposal.kind == UpdateKind.NEW:
        return actions.create_component(
            proposal.minor_id,
            by=by,
            now=now,
            geometry=plain(proposal.geom),
            values=values_of(proposal) | {"photos": proposal.photos},
            valid_from=city_date(proposal.at),
            batch=edit.batch,
            linked=edit.linked,
        )
    row = proposal.component
    assert row is not None  # a constraint says so
    if proposal.kind == UpdateKind.CONFIRMED:
        return actions.confirm(row.code, by=by, now=now, edit=edit)
    if proposal.geom is not None:
        actions.move("component", row.code, by=by, now=now, geometry=plain(proposal.geom), edit=edit)
    values = values_of(proposal)
    if proposal.photos and proposal.kind != UpdateKind.GONE:
        values["photos"] = [*proposal.photos, *row.photos][:MOST_PHOTOS]
    if values:
        actions.change("component", row.code, by=by, now=now, values=values, edit=edit)
    if proposal.kind == UpdateKind.GONE:
        actions.retire("component", row.code, by=by, now=now, edit=edit)
    return row


def values_of(proposal: Proposal) -> dict[str, Any]:
    """The new values as the actions take them: extra attributes together."""
    extras = {name.removeprefix(EXTRA): one for name, one in proposal.values.items() if name.startswith(EXTRA)}
    values = {name: one for name, one in proposal.values.items() if not name.startswith(EXTRA)}
    return values | ({"extension": extras} if extras else {})


def _decide(proposal: Proposal, state: UpdateState, by: Actor, now: datetime, answer: str) -> Proposal:
    proposal.state, proposal.answer, proposal.decided_at = state, answer.strip(), now
    proposal.decided_by_id, proposal.decided_by_name = by.person_id, by.name
    proposal.save()
    record_act(
        "update_approved" if state == UpdateState.APPROVED else "update_refused",
        code_of(proposal),
        by=by,
        now=now,
        update=proposal.pk,
        kind=proposal.kind,
    )
    tell_of(proposal, f"grid.update_{state.value}", proposal.by_id, now=now)
    return proposal
