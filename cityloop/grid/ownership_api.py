"""`/api/v1/ownership`: what the pages of 确权 do."""

from datetime import date, datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from cityloop.base.errors import Refused
from cityloop.base.words import speak
from cityloop.grid.models import OwnershipDispute, OwnershipItem
from cityloop.grid.ownership import actions, selectors
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.selectors import find_unit

router = Router(auth=ApiAuth("grid.own"))
deciding = ApiAuth("grid.approve")

Words = Annotated[str, Field(max_length=500)]


class RoundBody(Schema):
    """A round for the components below an area code, to be answered by a day."""

    name: Annotated[str, Field(max_length=60)]
    due_on: date
    area: Annotated[str, Field(max_length=12, pattern=r"^\d*$")] = ""


class ItemOut(Schema):
    """A unit's components of one category."""

    id: int
    round: int
    unit: str | None
    minor: int
    label: str
    count: int
    confirmed_at: datetime | None


class DisputeBody(Schema):
    """Why a component is not one's own, and whose it may be (code of a unit)."""

    component: Annotated[str, Field(max_length=16)]
    reason: Annotated[str, Field(max_length=20)]
    text: Words
    named: Annotated[str, Field(max_length=40)] = ""


class DisputeOut(Schema):
    """A dispute; units by code."""

    id: int
    component: str
    unit: str
    named: str | None
    reason: str
    text: str
    opened_at: datetime
    decided_at: datetime | None
    decided_unit: str | None
    basis: str


class DecisionBody(Schema):
    """Whose a component is (code of a unit), and on what ground."""

    unit: Annotated[str, Field(max_length=40)]
    basis: Words


class FillBody(Schema):
    """Which field of the components that lack it gets which unit (by code)."""

    field: Annotated[str, Field(max_length=20)]
    unit: Annotated[str, Field(max_length=40)]


def _asked(request: HttpRequest) -> ActorRequest:
    return cast(ActorRequest, request)


def _given(code: str) -> Any:
    found = find_unit(code)
    if found is None:
        raise Refused("not_found", speak("没有此单位"), {"unit": code})
    return found


def item_out(item: OwnershipItem) -> ItemOut:
    """The line as the API tells it."""
    return ItemOut(
        id=item.pk,
        round=item.round_id,
        unit=item.unit.code if item.unit else None,
        minor=item.minor_id,
        label=item.minor.label,
        count=item.count,
        confirmed_at=item.confirmed_at,
    )


def dispute_out(row: OwnershipDispute) -> DisputeOut:
    """The dispute as the API tells it."""
    return DisputeOut(
        id=row.pk,
        component=row.component.code,
        unit=row.unit.code,
        named=row.named.code if row.named else None,
        reason=row.reason,
        text=row.text,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        decided_unit=row.decided_unit.code if row.decided_unit else None,
        basis=row.basis,
    )


@router.get("/ownership/items", response=list[ItemOut])
def list_items(request: HttpRequest, round: int | None = None) -> list[ItemOut]:
    """The lines that the actor may see, of the round that runs or of the one asked for."""
    run = selectors.get_round(round) if round else selectors.find_open_round()
    return [item_out(item) for item in selectors.visible_items(_asked(request).actor).filter(round=run)]


@router.post("/ownership/rounds", response={201: dict[str, int]}, auth=deciding)
def post_round(request: HttpRequest, body: RoundBody) -> Any:
    """Open a round."""
    asked = _asked(request)
    run = actions.open_round(body.name, by=asked.actor, now=asked.now, due_on=body.due_on, area_code=body.area)
    return Status(201, {"id": run.pk})


@router.post("/ownership/rounds/{round_id}/remind", auth=deciding)
def post_reminder(request: HttpRequest, round_id: int) -> dict[str, int]:
    """Remind the units that are not done; how many were."""
    asked = _asked(request)
    return {"units": actions.remind(selectors.get_round(round_id), by=asked.actor, now=asked.now)}


@router.post("/ownership/rounds/{round_id}/close", response={204: None}, auth=deciding)
def post_close(request: HttpRequest, round_id: int) -> Any:
    """End the round."""
    asked = _asked(request)
    actions.close_round(selectors.get_round(round_id), by=asked.actor, now=asked.now)
    return Status(204, None)


@router.post("/ownership/items/{item_id}/confirm", response={204: None})
def post_confirmation(request: HttpRequest, item_id: int) -> Any:
    """Take the components of a line for one's own, but those that are disputed."""
    asked = _asked(request)
    actions.confirm(selectors.access_item(item_id, by=asked.actor), by=asked.actor, now=asked.now)
    return Status(204, None)


@router.post("/ownership/items/{item_id}/fill")
def post_fill(request: HttpRequest, item_id: int, body: FillBody) -> dict[str, int]:
    """Give components that lack an owner or keeper this unit; how many there were."""
    asked = _asked(request)
    item = selectors.access_item(item_id, by=asked.actor)
    filled = actions.fill(item, by=asked.actor, now=asked.now, field=body.field, unit=_given(body.unit))
    return {"filled": filled}


@router.get("/ownership/disputes", response=list[DisputeOut])
def list_disputes(request: HttpRequest, decided: bool = False) -> list[DisputeOut]:
    """The disputes that the actor may see, the oldest first, up to 500."""
    rows = selectors.visible_disputes(_asked(request).actor).filter(decided_at__isnull=not decided)
    return [dispute_out(row) for row in rows[:500]]


@router.post("/ownership/disputes", response={201: DisputeOut})
def post_dispute(request: HttpRequest, body: DisputeBody) -> Any:
    """Dispute a component of one's own list in the round that runs."""
    asked, run = _asked(request), selectors.find_open_round()
    if run is None:
        raise Refused("not_here", speak("现在没有进行中的确权"), {"rule": "closed"})
    named = _given(body.named) if body.named else None
    row = actions.dispute(
        run, body.component, by=asked.actor, now=asked.now, reason=body.reason, text=body.text, named=named
    )
    return Status(201, dispute_out(row))


@router.post("/ownership/disputes/{dispute_id}/decide", response=DisputeOut, auth=deciding)
def post_decision(request: HttpRequest, dispute_id: int, body: DecisionBody) -> DisputeOut:
    """Say whose the component is."""
    asked = _asked(request)
    row = selectors.access_dispute(dispute_id, by=asked.actor)
    actions.decide(row, by=asked.actor, now=asked.now, unit=_given(body.unit), basis=body.basis)
    return dispute_out(selectors.access_dispute(dispute_id, by=asked.actor))


@router.post("/ownership/disputes/{dispute_id}/withdraw", response={204: None})
def post_withdrawal(request: HttpRequest, dispute_id: int) -> Any:
    """Take one's dispute back."""
    asked = _asked(request)
    actions.withdraw(selectors.access_dispute(dispute_id, by=asked.actor), by=asked.actor, now=asked.now)
    return Status(204, None)
