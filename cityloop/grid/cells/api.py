"""`/api/v1/base/…`: drafts of cells and duty grids, checks, and edits by hand. The pages call the same actions."""

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.cells.drafting import check_in_force, discard_draft, draft_cells, publish_cells
from cityloop.grid.cells.duty import LEVELS, Wish, draft_duty, move_cell, publish_duty
from cityloop.grid.cells.editing import apply_edit, plan_edit
from cityloop.grid.cells.engine.balance import Weights
from cityloop.grid.cells.engine.generator import Settings
from cityloop.grid.cells.engine.report import as_json, line_of
from cityloop.grid.models import Draft, DraftKind
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("grid.edit"))

AreaCode = Annotated[str, Field(pattern=r"^\d{0,12}$")]
Place = tuple[float, float]


class GenerateIn(Schema):
    """Cells for all communities of an area."""

    area_code: AreaCode
    aim_m2: Annotated[float, Field(ge=1_000, le=1_000_000)] = 10_000


class DutyIn(Schema):
    """Duty grids for an area: so many, or of the target load; `within` is how many digits of an area none leaves."""

    area_code: AreaCode
    groups: Annotated[int, Field(ge=0, le=10_000)] = 0
    target: Annotated[float, Field(ge=0)] = 0
    within: Literal[6, 9, 12] = 9
    days: Annotated[int, Field(ge=1, le=3660)] = 365
    street_km: Annotated[float, Field(ge=0)] = 1.0
    components: Annotated[float, Field(ge=0)] = 1.0
    cases: Annotated[float, Field(ge=0)] = 1.0
    cell: Annotated[float, Field(ge=0)] = 0.1


class PublishIn(Schema):
    """From which day, and why."""

    on: date | None = None
    reason: Annotated[str, Field(max_length=200)] = ""


class MoveIn(Schema):
    """A cell to the duty grid of that code."""

    cell: str
    to: str


class EditIn(PublishIn):
    """An edit: `split` (one cell, a line), `merge` (cells), `border` (two cells, their new border)."""

    act: Literal["split", "merge", "border"]
    codes: Annotated[list[str], Field(min_length=1, max_length=50)]
    line: Annotated[list[Place], Field(max_length=1000)] = []
    dry_run: bool = False


class DraftOut(Schema):
    """A draft; `report` is what the checks or the balance say."""

    id: int
    kind: str
    area_code: str
    state: str
    made_by: str
    published_on: date | None
    report: dict[str, Any]


class PublishedOut(Schema):
    """How many rows ended and began."""

    ended: int
    made: int


class EditOut(Schema):
    """What ended, what began, and what is worth a look."""

    ended: list[str]
    made: list[str]
    notices: list[str]
    dry_run: bool


def draft_out(draft: Draft) -> DraftOut:
    """A draft as the API tells it."""
    names = ("id", "kind", "area_code", "state", "made_by", "published_on", "report")
    return DraftOut(**{name: getattr(draft, name) for name in names})


def _draft(pk: int) -> Draft:
    found = Draft.objects.filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", _("没有此草案"))
    return found


@router.post("/base/cells/drafts", response=DraftOut, url_name="cells_drafts")
def generate(request: HttpRequest, body: GenerateIn) -> DraftOut:
    """Propose cells; nothing changes until the draft is published."""
    asked = cast(ActorRequest, request)
    settings = Settings(aim_m2=body.aim_m2)
    return draft_out(draft_cells(body.area_code, settings, by=asked.actor, now=asked.now))


@router.post("/base/duty-grids/drafts", response=DraftOut, url_name="duty_drafts")
def propose(request: HttpRequest, body: DutyIn) -> DraftOut:
    """Propose duty grids of equal load."""
    asked = cast(ActorRequest, request)
    assert body.within in LEVELS
    weights = Weights(body.street_km, body.components, body.cases, body.cell)
    wish = Wish(body.groups, body.target, body.within, body.days, weights)
    return draft_out(draft_duty(body.area_code, wish, by=asked.actor, now=asked.now))


@router.get("/base/drafts/{pk}", response=DraftOut, url_name="grid_draft")
def get_draft(request: HttpRequest, pk: int) -> DraftOut:
    """A draft with its report."""
    return draft_out(_draft(pk))


@router.post("/base/drafts/{pk}/publish", response=PublishedOut, url_name="grid_draft_publish")
def publish(request: HttpRequest, pk: int, body: PublishIn) -> PublishedOut:
    """Put a draft in force from that day, today if none is given."""
    asked = cast(ActorRequest, request)
    act = publish_duty if _draft(pk).kind == DraftKind.DUTY_GRIDS else publish_cells
    done = act(pk, by=asked.actor, now=asked.now, on=body.on or city_date(asked.now), reason=body.reason)
    return PublishedOut(ended=done.ended, made=done.made)


@router.post("/base/drafts/{pk}/discard", response=DraftOut, url_name="grid_draft_discard")
def discard(request: HttpRequest, pk: int) -> DraftOut:
    """Put a draft aside."""
    asked = cast(ActorRequest, request)
    return draft_out(discard_draft(pk, _draft(pk).kind, by=asked.actor, now=asked.now))


@router.post("/base/drafts/{pk}/move", response=DraftOut, url_name="grid_draft_move")
def move(request: HttpRequest, pk: int, body: MoveIn) -> DraftOut:
    """Move a cell of a draft to a neighbouring duty grid."""
    asked = cast(ActorRequest, request)
    return draft_out(move_cell(pk, body.cell, body.to, by=asked.actor, now=asked.now))


@router.get("/base/cells/check", response=dict[str, Any], url_name="cells_check")
def check(request: HttpRequest, area: Annotated[str, Query(pattern=r"^\d{6,12}$")]) -> dict[str, Any]:
    """The checks on the cells in force in an area."""
    return as_json(check_in_force(area, on=city_date(cast(ActorRequest, request).now)))


@router.post("/base/cells/edit", response=EditOut, url_name="cells_edit")
def edit(request: HttpRequest, body: EditIn) -> EditOut:
    """Split, merge or draw a border anew; with `dry_run` only say what would be."""
    asked = cast(ActorRequest, request)
    planned = plan_edit(body.act, body.codes, body.line, now=asked.now)
    if not body.dry_run:
        apply_edit(planned, by=asked.actor, now=asked.now, on=body.on or city_date(asked.now), reason=body.reason)
    return EditOut(
        ended=[cell.code for cell in planned.ended],
        made=[cell.code for cell in planned.made],
        notices=[line_of(problem) for problem in planned.notices],
        dry_run=body.dry_run,
    )
