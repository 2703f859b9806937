"""`/api/v1/base/updates…`: online update of components, through the same actions as the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from cityloop.base.geometry import read_lonlat
from cityloop.base.pages import get_page
from cityloop.grid.models import Proposal
from cityloop.grid.recording import plain
from cityloop.grid.updates import actions
from cityloop.grid.updates.policy import access_proposal
from cityloop.grid.updates.rates import list_rates
from cityloop.grid.updates.selectors import asked_of, difference_of, list_proposals
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("grid.propose"))
approving = ApiAuth("grid.approve")
browsing = ApiAuth("grid.browse")
ON_PAGE = 100
Reason = Annotated[str, Field(max_length=200)]
KindName = Literal["confirmed", "changed", "moved", "gone", "new"]


class UpdateOut(Schema):
    """A proposal. `code` is the component's, null for a new one that has none yet."""

    id: int
    state: str
    kind: str
    code: str | None
    minor_id: int
    values: dict[str, Any]
    before: dict[str, Any]
    geometry: dict[str, Any] | None
    photos: list[UUID]
    reason: str
    case_number: str
    at: datetime
    by_id: int | None
    by_name: str
    decided_at: datetime | None
    decided_by_name: str
    answer: str

    @staticmethod
    def resolve_code(row: Proposal) -> str | None:
        """Its component's."""
        return row.component.code if row.component else None

    @staticmethod
    def resolve_geometry(row: Proposal) -> dict[str, Any] | None:
        """The new place as GeoJSON."""
        found: dict[str, Any] | None = plain(row.geom) if row.geom else None
        return found


class UpdatesOut(Schema):
    """One page, newest first; `after` is the key of the next one, null at the end."""

    updates: list[UpdateOut]
    after: str | None


class LineOut(Schema):
    """A field, in words."""

    label: str
    before: str
    after: str


class CompareOut(Schema):
    """A proposal against the present. `revision` goes back with an approval; `is_stale` if it changed meanwhile."""

    update: UpdateOut
    lines: list[LineOut]
    metres: float | None
    away: float | None
    revision: int
    is_stale: bool


class ProposeIn(Schema):
    """What somebody says. `code` names the component; a new one has `minor_id` and `geometry` instead."""

    client_id: UUID
    kind: KindName
    code: Annotated[str, Field(max_length=16)] = ""
    minor_id: int | None = None
    values: dict[str, Any] = {}
    geometry: dict[str, Any] | None = None
    stood: Annotated[list[float] | None, Field(description="[lon, lat] of whoever says it")] = None
    photos: Annotated[list[UUID], Field(max_length=9)] = []
    reason: Reason = ""


class ApproveIn(Schema):
    """`revision` is what the approver saw; without it the component must be as it was when this was proposed."""

    revision: int | None = None
    answer: Reason = ""


class RefuseIn(Schema):
    """Why."""

    answer: Reason


class BatchIn(Schema):
    """Confirmations by number."""

    updates: Annotated[list[int], Field(max_length=500)]


class LeftOut(Schema):
    """A proposal that was not approved, and why."""

    id: int
    message: str


class BatchOut(Schema):
    """What became of a batch."""

    approved: int
    left: list[LeftOut]


class RateOut(Schema):
    """The yearly update rate of a category in a district."""

    minor_id: int
    code: str
    name: str
    district: str
    district_name: str
    registered: int
    updated: int
    percent: float


class UpdatesQuery(Schema):
    """Filters of the list."""

    state: Literal["", "asked", "open", "approved", "refused", "recalled"] = ""
    kind: Literal["", "confirmed", "changed", "moved", "gone", "new"] = ""
    area: Annotated[str, Field(max_length=15)] = ""
    own: bool = False
    after: Annotated[str, Field(max_length=200)] = ""


@router.get("/base/updates", response=UpdatesOut)
def get_updates(request: ActorRequest, query: Query[UpdatesQuery]) -> dict[str, Any]:
    """Proposals: all for whoever decides, else one's own and those that ask one to look."""
    rows = list_proposals(request.actor, state=query.state, kind=query.kind, area=query.area, own=query.own)
    page = get_page(rows, order=("-id",), after=query.after, size=ON_PAGE)
    return {"updates": page.rows, "after": page.following}


@router.get("/base/updates/asked", response=list[UpdateOut])
def get_asked(request: ActorRequest) -> list[Proposal]:
    """Components that I am asked to look at."""
    return list(asked_of(request.actor)[:ON_PAGE])


@router.get("/base/update-rates", response=list[RateOut], auth=browsing)
def get_update_rates(request: ActorRequest, area: str = "") -> list[Any]:
    """Yearly update rates by category and district."""
    return list_rates(request.now, area=area)


@router.post("/base/updates", response={201: UpdateOut})
def post_update(request: ActorRequest, body: ProposeIn) -> Status[Proposal]:
    """Propose an update; the same again under one `client_id` is the same proposal."""
    what = actions.Proposed(
        kind=body.kind,
        code=body.code,
        minor_id=body.minor_id,
        values=body.values,
        geometry=body.geometry,
        stood=read_lonlat(body.stood) if body.stood is not None else None,
        photos=body.photos,
        reason=body.reason,
    )
    return Status(201, actions.propose(what, by=request.actor, now=request.now, client_id=body.client_id))


@router.post("/base/updates/approve", response=BatchOut, auth=approving)
def post_approve_confirmations(request: ActorRequest, body: BatchIn) -> dict[str, Any]:
    """Approve many confirmations at once."""
    done = actions.approve_confirmations(body.updates, by=request.actor, now=request.now)
    return {"approved": done.approved, "left": [{"id": one.pk, "message": why} for one, why in done.left]}


@router.get("/base/updates/{int:update_id}", response=CompareOut)
def get_update(request: ActorRequest, update_id: int) -> dict[str, Any]:
    """One proposal against the present."""
    proposal = access_proposal(update_id, by=request.actor)
    found = difference_of(proposal)
    return {
        "update": proposal,
        "lines": found.lines,
        "metres": found.metres,
        "away": found.away,
        "revision": found.revision,
        "is_stale": bool(found.since),
    }


@router.post("/base/updates/{int:update_id}/approve", response=UpdateOut, auth=approving)
def post_approve(request: ActorRequest, update_id: int, body: ApproveIn) -> Proposal:
    """Let a proposal become base data."""
    return actions.approve(update_id, by=request.actor, now=request.now, revision=body.revision, answer=body.answer)


@router.post("/base/updates/{int:update_id}/refuse", response=UpdateOut, auth=approving)
def post_refuse(request: ActorRequest, update_id: int, body: RefuseIn) -> Proposal:
    """Send a proposal back."""
    return actions.refuse(update_id, by=request.actor, now=request.now, answer=body.answer)


@router.post("/base/updates/{int:update_id}/recall", response=UpdateOut)
def post_recall(request: ActorRequest, update_id: int) -> Proposal:
    """Take one's own proposal back."""
    return actions.recall(update_id, by=request.actor, now=request.now)
