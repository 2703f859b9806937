"""The API of intake: what is like a report, who called before, how the seats stand."""

from datetime import datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from cityloop.base.geometry import LonLat
from cityloop.cases.shown.present import case_row, report_row
from cityloop.intake import selectors
from cityloop.intake.actions import search_contacts
from cityloop.intake.seats import list_seats
from cityloop.org.access import ActorRequest, ApiAuth

router = Router()
Degrees = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]


def _asked(request: HttpRequest) -> ActorRequest:
    return cast(ActorRequest, request)


@router.get("/similar-cases", auth=ApiAuth("intake.register"))
def similar_cases(
    request: HttpRequest,
    *,
    minor: int | None = None,
    lon: Degrees | None = None,
    lat: Degrees | None = None,
    address: Annotated[str, Query(max_length=200)] = "",
) -> list[dict[str, Any]]:
    """Open cases of the same category (its id) within 50 m and 24 hours of a place, and those at the same address."""
    asked = _asked(request)
    place = LonLat(lon, lat) if lon is not None and lat is not None else None
    found = selectors.similar_cases(by=asked.actor, now=asked.now, minor_id=minor, place=place, address=address)
    return [
        {"case": case_row(one.case, asked.now), "why": one.why, "metres": one.metres and round(one.metres, 1)}
        for one in found
    ]


class NumberBody(Schema):
    """A full telephone number, or its last four digits. In the body, so that no log has it."""

    number: Annotated[str, Field(max_length=40)]


@router.post("/calls/search", auth=ApiAuth("cases.contacts"))
def search_calls(request: HttpRequest, body: NumberBody) -> list[dict[str, Any]]:
    """Reports under a number, newest first, with their cases."""
    asked = _asked(request)
    found = search_contacts(body.number, by=asked.actor, now=asked.now)
    return [{"case": case_row(one.case, asked.now), "report": report_row(one.report, one.seen)} for one in found]


class ClaimOut(Schema):
    """A case that an operator has open."""

    number: str
    since: datetime


class SeatOut(Schema):
    """One operator's load today."""

    person: int
    name: str
    claims: list[ClaimOut]
    done: int
    late: int


@router.get("/seats", response=list[SeatOut], auth=ApiAuth("intake.seats"))
def seats(request: HttpRequest) -> list[SeatOut]:
    """The operators of one's centres: what they have open, done and late today."""
    asked = _asked(request)
    return [
        SeatOut(
            person=seat.person.pk,
            name=seat.person.name,
            claims=[ClaimOut(number=claim.case.number, since=claim.since) for claim in seat.claims],
            done=seat.done,
            late=seat.late,
        )
        for seat in list_seats(by=asked.actor, now=asked.now)
    ]
