"""The API of dispatch: whom to give a case to, and what one's own unit has to do."""

from dataclasses import asdict
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Field, Router, Schema

from cityloop.base.time import city_date
from cityloop.cases import selectors
from cityloop.cases.shown import present
from cityloop.dispatch.actions import DutyLine, take_over_table
from cityloop.dispatch.policy import access_unit, units_of
from cityloop.dispatch.selectors import list_duties, recommend, unit_desk
from cityloop.org.access import ActorRequest, ApiAuth

router = Router()


class RecommendedUnit(Schema):
    """A unit that may be responsible, best first. `past_share` is of the same category nearby within a year."""

    unit: int
    code: str
    name: str
    why: list[str]
    open_load: int
    late_load: int
    past_count: int
    past_share: float
    returned: bool


@router.get("/cases/{number}/recommended-units", response=list[RecommendedUnit], auth=ApiAuth("dispatch.recommend"))
def recommended_units(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Whom to dispatch a case to: by duty of the category, by the component's owners, by what was done before."""
    asked = cast(ActorRequest, request)
    case = selectors.access_case(number, by=asked.actor)
    return [
        {
            "unit": one.unit.pk,
            "code": one.unit.code,
            "name": one.unit.name,
            "why": one.why,
            "open_load": one.load.open,
            "late_load": one.load.late,
            "past_count": one.past_count,
            "past_share": round(one.past_share, 4),
            "returned": one.returned,
        }
        for one in recommend(case, asked.now)
    ]


@router.get("/own-units", auth=ApiAuth("dispatch.own_unit"))
def own_units(request: HttpRequest) -> list[dict[str, Any]]:
    """The units for which the actor holds a post."""
    return [{"unit": pk, "name": name} for pk, name in units_of(cast(ActorRequest, request).actor).items()]


@router.get("/own-units/{unit_id}", auth=ApiAuth("dispatch.own_unit"))
def own_unit(request: HttpRequest, unit_id: int) -> dict[str, Any]:
    """What one's own unit has to do now: counts, the open tasks with their deadlines, the named handlers."""
    asked = cast(ActorRequest, request)
    desk = unit_desk(access_unit(unit_id, by=asked.actor), asked.now)
    return {
        "unit": desk.unit.pk,
        "name": desk.unit.name,
        "counts": desk.counts,
        "handlers": list(desk.handlers),
        "more": desk.more,
        "tasks": [
            {"case": present.case_row(row.task.case, asked.now), "task": present.task_row(row.task, asked.now)}
            for row in desk.tasks
        ],
    }


Code = Annotated[str, Field(max_length=40)]


class DutyBody(Schema):
    """A category of an edition and a unit that answers for it; `*` in its code stands for the place."""

    edition: Code
    kind: Code
    code: Code
    unit: Code


@router.get("/duties", auth=ApiAuth("dispatch.manage_duties"))
def get_duties(request: HttpRequest) -> list[dict[str, Any]]:
    """Which unit answers for which category today."""
    return [
        {
            "edition": row.duty.edition.code,
            "kind": row.duty.kind,
            "code": row.duty.code,
            "name": row.name,
            "unit": row.duty.unit_code,
            "valid_from": row.duty.valid_from,
        }
        for row in list_duties(city_date(cast(ActorRequest, request).now))
    ]


@router.post("/duties", auth=ApiAuth("dispatch.manage_duties"))
def post_duties(request: HttpRequest, body: list[DutyBody]) -> dict[str, int]:
    """Take a table over, all or none: from today it counts for the categories that it names."""
    asked = cast(ActorRequest, request)
    lines = [DutyLine(n, one.edition, one.kind, one.code, one.unit) for n, one in enumerate(body, start=1)]
    return asdict(take_over_table(lines, by=asked.actor, now=asked.now))
