"""`/api/v1/base/…`: everything the pages of base data show and do, through the same actions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from cityloop.base.errors import Refused
from cityloop.base.pages import get_page
from cityloop.codes.models import Minor
from cityloop.grid import actions
from cityloop.grid.actions import Edit
from cityloop.grid.browsing import Wanted, list_changes, list_rows, summarise
from cityloop.grid.models import Change, ExtraField, ObjectLayer
from cityloop.grid.policy import access_row, visible_layers
from cityloop.grid.ranges import read_ranges
from cityloop.grid.recording import plain, values_of
from cityloop.grid.selectors import list_cells, revision_of
from cityloop.grid.subjects import KINDS, Kind, get_kind
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.selectors import find_unit

router = Router(auth=ApiAuth("grid.browse"))
editing = ApiAuth("grid.edit")
composing = ApiAuth("grid.compose")
ON_PAGE = 100
Code = Annotated[str, Field(max_length=40)]
Reason = Annotated[str, Field(max_length=200)]
CellList = Annotated[str, Field(max_length=40_000, description="codes and ranges: 310101001001001-020 310101001002003")]


class CategoryOut(Schema):
    """Components of one category: all, not intact, and without owner and maintainer."""

    minor_id: int
    code: str
    name: str
    count: int
    broken: int
    unowned: int


class SummaryOut(Schema):
    """How much there is today; `layers` by kind, registered objects as `object:<layer>`."""

    layers: dict[str, int]
    categories: list[CategoryOut]


class RowOut(Schema):
    """One row: its own fields as plain values, references as codes. `revision` goes back with an edit."""

    kind: str
    code: str
    valid_from: date
    valid_to: date | None
    values: dict[str, Any]
    geometry: dict[str, Any] | None = None
    cells: list[str] | None = None
    revision: int | None = None


class RowsOut(Schema):
    """One page; `after` is the key of the next one, null at the end."""

    rows: list[RowOut]
    after: str | None


class ChangeOut(Schema):
    """One change of a row, with the values that changed."""

    id: int
    what: str
    at: datetime
    on: date
    by_id: int | None
    by_name: str
    reason: str
    batch: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangesOut(Schema):
    """One page of a history, newest first."""

    changes: list[ChangeOut]
    after: str | None


class LayerOut(Schema):
    """A layer of registered objects."""

    code: str
    name: str

    @staticmethod
    def resolve_name(layer: ObjectLayer) -> str:
        """In the reader's language."""
        return layer.label


class ExtraFieldOut(Schema):
    """An extra attribute of a category (`minor_id`) or of a layer."""

    minor_id: int | None
    layer: str | None
    key: str
    name: str
    kind: str
    choices: list[str]
    is_active: bool

    @staticmethod
    def resolve_layer(field: ExtraField) -> str | None:
        """Its code."""
        return field.layer.code if field.layer else None

    @staticmethod
    def resolve_name(field: ExtraField) -> str:
        """In the reader's language."""
        return field.label


class RowsQuery(Schema):
    """What to look for; a condition that a kind does not know is refused."""

    q: Annotated[str, Field(max_length=60)] = ""
    area: Annotated[str, Field(max_length=15, description="beginning of an area code")] = ""
    cell: Annotated[str, Field(max_length=15)] = ""
    minor: int | None = None
    layer: Code = ""
    unit: Annotated[str, Field(max_length=30, description="a unit's code, in whatever duty")] = ""
    state: Annotated[str, Field(max_length=10)] = ""
    holding: Literal["", "ended", "all"] = ""
    after: Annotated[str, Field(max_length=200)] = ""


class EditBody(Schema):
    """Why, from which day, and the revision that was read; null takes whatever there is."""

    reason: Reason = ""
    on: date | None = None
    revision: int | None = None

    def edit(self) -> Edit:
        """As the actions take it."""
        return Edit(self.reason, self.on, self.revision)


class ChangeBody(EditBody):
    """The fields to set; what is absent stays. Units by code; `extension` by key; `photos` all ids."""

    values: dict[str, Any]


class MoveBody(EditBody):
    """Where to: GeoJSON, degrees of WGS 84 / CGCS2000."""

    geometry: dict[str, Any]


class ComponentBody(Schema):
    """A new component; its code is given by the city."""

    minor_id: int
    geometry: dict[str, Any]
    values: dict[str, Any] = {}
    valid_from: date | None = None


class ObjectBody(Schema):
    """A new object of a layer, under its own code."""

    layer: Code
    code: Code
    geometry: dict[str, Any]
    values: dict[str, Any]
    valid_from: date | None = None


class WorkGridBody(Schema):
    """A new work grid of a unit, given by its code."""

    code: Annotated[str, Field(max_length=30)]
    name: Annotated[str, Field(max_length=60)]
    unit: Annotated[str, Field(max_length=30)]
    cells: CellList
    note: Reason = ""
    valid_from: date | None = None


class CellsBody(EditBody):
    """The cells that the work grid is to have."""

    cells: CellList


class ClassBody(Schema):
    """Cells and their class from a day on."""

    cells: CellList
    area_class: Literal["A", "B", "C"]
    on: date | None = None
    reason: Reason = ""


class CountOut(Schema):
    """How many changed."""

    changed: int


class ExtraFieldBody(Schema):
    """An extra attribute of a category or of a layer: one of the two is given."""

    minor_id: int | None = None
    layer: Code = ""
    key: Annotated[str, Field(max_length=30)]
    name: Annotated[str, Field(max_length=60)]
    name_en: Annotated[str, Field(max_length=100)] = ""
    kind: Annotated[str, Field(max_length=10)] = "text"
    choices: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)] = []
    is_active: bool = True


def row_out(kind: Kind, row: Any, *, whole: bool) -> RowOut:
    """A row as the API tells it; whole ones with outline, cells and revision."""
    beside = {"cell": ("minor_id", "cell", "layer"), "area": ("area_class", "area_m2", "level", "area_code")}
    names = [*kind.fields, *kind.units, *(name for group in beside.values() for name in group if hasattr(row, name))]
    values = values_of(row, dict.fromkeys(names))
    found = RowOut(kind=kind.name, code=row.code, valid_from=row.valid_from, valid_to=row.valid_to, values=values)
    if whole:
        found.geometry = plain(row.geom)
        found.revision = revision_of(kind.name, row.code)
        found.cells = sorted(row.cells.values_list("code", flat=True)) if hasattr(row, "cells") else None
    return found


@router.get("/base/summary", response=SummaryOut, url_name="base_summary")
def get_summary(request: ActorRequest, area: Annotated[str, Query(max_length=15)] = "") -> SummaryOut:
    """Counts per layer and per category, within the areas whose code begins so."""
    found = summarise(by=request.actor, now=request.now, area=area)
    rows = [CategoryOut.model_validate(one, from_attributes=True) for one in found.categories]
    return SummaryOut(layers=dict(found.layers), categories=rows)


@router.get("/base/layers", response=list[LayerOut], url_name="base_layers")
def get_layers(request: ActorRequest) -> list[ObjectLayer]:
    """The layers of registered objects that one may see."""
    return list(visible_layers(request.actor))


@router.get("/base/extra-fields", response=list[ExtraFieldOut], url_name="base_extra_fields")
def get_extra_fields(request: ActorRequest) -> list[ExtraField]:
    """The extra attributes of all categories and layers."""
    return list(ExtraField.objects.select_related("layer").order_by("minor_id", "layer_id", "position", "key"))


@router.get("/base/rows/{kind}", response=RowsOut, url_name="base_rows")
def get_rows(request: ActorRequest, kind: str, query: Query[RowsQuery]) -> RowsOut:
    """The rows of a kind: area, cell, duty_grid, work_grid, street, component or object."""
    what = get_kind(kind)
    asked = query.model_dump()
    after = asked.pop("after")
    rows = list_rows(what, Wanted(**asked), by=request.actor, now=request.now)
    page = get_page(rows, order=("code",), after=after, size=ON_PAGE)
    return RowsOut(rows=[row_out(what, row, whole=False) for row in page.rows], after=page.following)


@router.get("/base/rows/{kind}/{code}", response=RowOut, url_name="base_row")
def get_row(request: ActorRequest, kind: str, code: str) -> RowOut:
    """One row with its outline, its cells and its revision."""
    what = get_kind(kind)
    return row_out(what, access_row(what, code, by=request.actor), whole=True)


@router.get("/base/rows/{kind}/{code}/changes", response=ChangesOut, url_name="base_changes")
def get_changes(
    request: ActorRequest, kind: str, code: str, after: Annotated[str, Query(max_length=200)] = ""
) -> ChangesOut:
    """What became of a row."""
    access_row(get_kind(kind), code, by=request.actor)
    page = get_page(list_changes(kind, code), order=("-id",), after=after, size=ON_PAGE)
    return ChangesOut(changes=[_change_out(row) for row in page.rows], after=page.following)


def _change_out(row: Change) -> ChangeOut:
    return ChangeOut.model_validate(row, from_attributes=True)


@router.post("/base/rows/{kind}/{code}/change", response=RowOut, url_name="base_change")
def post_change(request: ActorRequest, kind: str, code: str, body: ChangeBody) -> RowOut:
    """Set fields of a row."""
    row = actions.change(kind, code, by=request.actor, now=request.now, values=body.values, edit=body.edit())
    return row_out(get_kind(kind), row, whole=True)


@router.post("/base/rows/{kind}/{code}/move", auth=editing, response=RowOut, url_name="base_move")
def post_move(request: ActorRequest, kind: str, code: str, body: MoveBody) -> RowOut:
    """Put a row elsewhere; its cell follows."""
    row = actions.move(kind, code, by=request.actor, now=request.now, geometry=body.geometry, edit=body.edit())
    return row_out(get_kind(kind), row, whole=True)


@router.post("/base/rows/{kind}/{code}/retire", response=RowOut, url_name="base_retire")
def post_retire(request: ActorRequest, kind: str, code: str, body: EditBody) -> RowOut:
    """Take a row out of use; `on` is its last day. Its code never comes again."""
    row = actions.retire(kind, code, by=request.actor, now=request.now, edit=body.edit())
    return row_out(get_kind(kind), row, whole=True)


@router.post("/base/components", auth=editing, response={201: RowOut}, url_name="base_component_new")
def post_component(request: ActorRequest, body: ComponentBody) -> Status[RowOut]:
    """Register a component."""
    row = actions.create_component(
        body.minor_id,
        by=request.actor,
        now=request.now,
        geometry=body.geometry,
        values=body.values,
        valid_from=body.valid_from,
    )
    return Status(201, row_out(KINDS["component"], row, whole=True))


@router.post("/base/objects", auth=editing, response={201: RowOut}, url_name="base_object_new")
def post_object(request: ActorRequest, body: ObjectBody) -> Status[RowOut]:
    """Register a camera, a facility or another object."""
    row = actions.create_object(
        body.layer,
        body.code,
        by=request.actor,
        now=request.now,
        geometry=body.geometry,
        values=body.values,
        valid_from=body.valid_from,
    )
    return Status(201, row_out(KINDS["object"], row, whole=True))


@router.post("/base/work-grids", auth=composing, response={201: RowOut}, url_name="base_work_grid_new")
def post_work_grid(request: ActorRequest, body: WorkGridBody) -> Status[RowOut]:
    """Compose a new work grid of a unit."""
    unit = find_unit(body.unit)
    if unit is None:
        message = _("没有此单位：%(code)s") % {"code": body.unit}
        raise Refused("invalid", message, {"fields": {"unit": message}})
    row = actions.create_work_grid(
        body.code,
        by=request.actor,
        now=request.now,
        unit=unit,
        name=body.name,
        cells=list_cells(read_ranges(body.cells)),
        note_text=body.note,
        valid_from=body.valid_from,
    )
    return Status(201, row_out(KINDS["work_grid"], row, whole=True))


@router.post("/base/work-grids/{code}/cells", auth=composing, response=RowOut, url_name="base_work_grid_cells")
def post_work_grid_cells(request: ActorRequest, code: str, body: CellsBody) -> RowOut:
    """Give a work grid other cells."""
    cells = list_cells(read_ranges(body.cells))
    row = actions.compose(code, by=request.actor, now=request.now, cells=cells, edit=body.edit())
    return row_out(KINDS["work_grid"], row, whole=True)


@router.post("/base/area-classes", auth=editing, response=CountOut, url_name="base_area_classes")
def post_area_classes(request: ActorRequest, body: ClassBody) -> CountOut:
    """Let cells be of a class from a day on; filed cases keep theirs."""
    cells = list_cells(read_ranges(body.cells))
    changed = actions.set_area_class(
        cells, body.area_class, by=request.actor, now=request.now, on=body.on, reason=body.reason
    )
    return CountOut(changed=changed)


@router.post("/base/extra-fields", auth=editing, response=ExtraFieldOut, url_name="base_extra_fields")
def post_extra_field(request: ActorRequest, body: ExtraFieldBody) -> ExtraField:
    """Add an extra attribute of a category or a layer, or change its name and choices."""
    given = body.model_dump()
    minor_id, layer = given.pop("minor_id"), given.pop("layer")
    of: Minor | ObjectLayer | None = visible_layers(request.actor).filter(code=layer).first()
    if minor_id is not None:
        of = Minor.objects.filter(pk=minor_id, kind="component").first()
    if of is None:
        raise Refused("not_found", _("请先选择小类或图层"), {"rule": "subject"})
    return actions.set_extra_field(of, by=request.actor, now=request.now, **given)
