"""Reads of proposals: queues, and what one would change."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cityloop.base.geometry import LonLat, inner_point, metres_between
from cityloop.grid.models import Change, Component, Proposal, UpdateState
from cityloop.grid.recording import flat_values
from cityloop.grid.selectors import revision_of
from cityloop.grid.showing import Line, stories
from cityloop.grid.subjects import KINDS
from cityloop.grid.updates.policy import visible_proposals
from cityloop.org.actor import Actor

FIELDS = KINDS["component"].fields


def list_proposals(
    by: Actor, *, state: str = "", kind: str = "", area: str = "", own: bool = False
) -> "QuerySet[Proposal]":
    """Visible proposals under filters; `area` is the beginning of a component's code or of its cell's."""
    rows = visible_proposals(by)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if area:
        rows = rows.filter(component__cell__code__startswith=area)
    return rows.filter(by_id=by.person_id or 0) if own else rows


def asked_of(by: Actor) -> "QuerySet[Proposal]":
    """Components that this person is asked to look at."""
    rows = Proposal.objects.filter(state=UpdateState.ASKED, asked_of=by.person_id or 0)
    return rows.select_related("component", "minor").order_by("-id")


def find_pending(component: Component) -> Proposal | None:
    """The one proposal that waits for this component, if any does."""
    return component.proposals.filter(state__in=["asked", "open"]).first()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a proposal would change of the component as it is now."""

    lines: tuple[Line, ...]
    was: LonLat | None
    now: LonLat | None
    metres: float | None  # between the two
    away: float | None  # from where the proposer stood to the component
    revision: int
    since: tuple[Change, ...]  # what has happened to the component since it was proposed


def difference_of(proposal: Proposal) -> Difference:
    """Compare a proposal with the present; an approved one with what its proposer saw."""
    row = proposal.component
    present = flat_values(row, FIELDS) if row and proposal.is_open else proposal.before
    before = {name: present.get(name) for name in proposal.values}
    lines = stories([Change(kind="component", before=before, after=proposal.values)])[0].lines
    was, now = _was(proposal), place_of(proposal.geom)
    revision = revision_of("component", row.code) if row else 0
    since = _since(row, proposal.revision) if row and proposal.is_open else ()
    far = metres_between(was, now) if was and now else None
    return Difference(lines, was, now, far, _away(proposal), revision, since)


def _was(proposal: Proposal) -> LonLat | None:
    if proposal.component is None:
        return None
    seen = proposal.before.get("geom")
    if seen and not proposal.is_open:
        return LonLat(*seen["coordinates"][:2]) if seen["type"] == "Point" else None
    return place_of(proposal.component.geom)


def _away(proposal: Proposal) -> float | None:
    stood, at = place_of(proposal.stood), place_of(proposal.geom) or _was(proposal)
    return metres_between(stood, at) if stood and at else None


def place_of(shape: Any) -> LonLat | None:
    """A place within a shape, None without one."""
    if shape is None:
        return None
    point = inner_point(shape)
    return LonLat(point.x, point.y)


def _since(row: Component, revision: int) -> tuple[Change, ...]:
    return tuple(Change.objects.filter(kind="component", code=row.code, pk__gt=revision).order_by("pk"))
