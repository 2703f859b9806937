"""Pages that show base data: the overview, lists with filters and export, one row with its history."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cityloop.base.errors import Refused
from cityloop.base.pages import get_page
from cityloop.base.sheets import Column as SheetColumn
from cityloop.base.sheets import Sheet, write_book
from cityloop.base.time import city_date
from cityloop.grid.browsing import Wanted, list_changes, list_rows, summarise
from cityloop.grid.forms import FilterForm, layer_choices, unit_choices
from cityloop.grid.models import Area, Component, Level, MapObject, ObjectLayer
from cityloop.grid.policy import access_row, may_edit, visible_layers
from cityloop.grid.ranges import write_ranges
from cityloop.grid.selectors import revision_of
from cityloop.grid.showing import columns_of, facts_of, middle_of, stories
from cityloop.grid.subjects import KINDS, Kind, get_kind
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.permissions import has_permission
from cityloop.org.views.upload import download_book

MOST_EXPORTED: Final = 20_000
CHANGES: Final = 20  # on one page of a history
SHOWN: Final = ("component", "object", "cell", "work_grid", "duty_grid", "street", "area")


def tabs_of(request: ActorRequest, current: str = "") -> dict[str, Any]:
    """What the line of tabs needs."""
    return {
        "tabs": [(kind, KINDS[kind].model._meta.verbose_name) for kind in SHOWN],
        "current": current,
        "may_edit": has_permission(request.actor, "grid.edit"),
        "may_own": has_permission(request.actor, "grid.own"),
        "may_compose": has_permission(request.actor, "grid.compose"),
        "may_propose": has_permission(request.actor, "grid.propose"),
    }


@permission_required("grid.browse")
@require_GET
def overview(request: ActorRequest) -> HttpResponse:
    """How much there is of everything, and components by category, in an area."""
    area = request.GET.get("area", "")
    found = summarise(by=request.actor, now=request.now, area=area)
    layers = {layer.code: layer for layer in visible_layers(request.actor)}
    tabs = tabs_of(request, "overview")
    context = {
        **tabs,
        "area": area,
        "areas": area_choices(),
        "counts": [(name, label, found.layers[name]) for name, label in tabs["tabs"] if name != "object"],
        "objects": [(layer, found.layers.get(f"object:{code}", 0)) for code, layer in layers.items()],
        "categories": found.categories,
        "total": sum(one.count for one in found.categories),
    }
    return render(request, "grid/overview.html", context)


def area_choices() -> list[tuple[str, str]]:
    """Districts and their 街道, each under its own."""
    rows = Area.objects.filter(level__in=(Level.DISTRICT, Level.STREET), valid_to=None).order_by("code")
    return [
        (code, name if level == Level.DISTRICT else f"　{name}")
        for code, name, level in rows.values_list("code", "name", "level")
    ]


@permission_required("grid.browse")
@require_GET
def row_list(request: ActorRequest, kind: str) -> HttpResponse:
    """The rows of a kind under filters."""
    what = get_kind(kind)
    form = FilterForm(filter_choices(what, request), request.GET)
    context = {**tabs_of(request, kind), "kind": what, "title": what.model._meta.verbose_name, "form": form}
    if not form.is_valid():
        return render(request, "grid/list.html", context, status=422)
    rows = list_rows(what, wanted_of(form), by=request.actor, now=request.now)
    page = get_page(rows, order=("code",), after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    columns = columns_of(what, wide=False)
    lines = [(row, [column.words(row) for column in columns[1:]]) for row in page.rows]
    context |= {"page": page, "columns": columns, "lines": lines, "today": city_date(request.now)}
    return render(request, "grid/list.html", context | {"is_filtered": bool(wanted_of(form).as_query())})


def wanted_of(form: FilterForm) -> Wanted:
    """What a filter form asks for."""
    return Wanted(**form.cleaned_data)


def filter_choices(kind: Kind, request: ActorRequest) -> dict[str, list[tuple[Any, Any]]]:
    """The filters that a kind knows, with what may be chosen."""
    found: dict[str, list[tuple[Any, Any]]] = {"area": area_choices()} if kind.name != "street" else {}
    if kind.model is Component:
        counted = summarise(by=request.actor, now=request.now).categories
        found["minor"] = [(one.minor_id, f"{one.code} {one.name}") for one in counted]
    if kind.model is MapObject:
        found["layer"] = layer_choices(visible_layers(request.actor))
    if hasattr(kind.model, "state"):
        found["state"] = list(kind.model._meta.get_field("state").choices)
        found["cell"] = []
    if kind.units:
        found["unit"] = unit_choices()
    return found


@permission_required("grid.browse")
@require_GET
def row_export(request: ActorRequest, kind: str) -> HttpResponse:
    """The filtered list as a workbook."""
    what = get_kind(kind)
    form = FilterForm(filter_choices(what, request), request.GET)
    if not form.is_valid():
        raise Refused("invalid", _("筛选条件不对"), {"rule": "filters"})
    rows = list_rows(what, wanted_of(form), by=request.actor, now=request.now)
    found = list(rows.order_by("code")[: MOST_EXPORTED + 1])
    if len(found) > MOST_EXPORTED:
        message = _("超过 %(count)s 行，请先用条件缩小范围") % {"count": MOST_EXPORTED}
        raise Refused("too_large", message, {"rule": "rows"})
    columns, title = columns_of(what, wide=True), str(what.model._meta.verbose_name)
    sheet = Sheet(title, tuple(SheetColumn(str(column.heading)) for column in columns))
    lines = ([column.words(row) for column in columns] for row in found)
    return download_book(write_book([sheet], {title: lines}), title)


@permission_required("grid.browse")
@require_GET
def row_page(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """One row: its facts, where it is, what became of it."""
    return draw_row(request, get_kind(kind), code)


def draw_row(request: ActorRequest, kind: Kind, code: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a row, with forms that were refused if there are any."""
    row = access_row(kind, code, by=request.actor)
    page = get_page(
        list_changes(kind.name, code),
        order=("-id",),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=CHANGES,
    )
    lasting = row.valid_to is None
    context = {
        **tabs_of(request, kind.name),
        "kind": kind,
        "row": row,
        "title": kind.model._meta.verbose_name,
        "facts": facts_of(kind, row),
        "at": middle_of(row),
        "address": getattr(row, "place", "") or getattr(row, "name", "") or code,
        "page": page,
        "stories": stories(page.rows),
        "may_change": lasting and bool(kind.fields) and may_edit(kind, row, by=request.actor),
        "revision": revision_of(kind.name, code),
        **_beside(kind, row),
        **forms,
    }
    return render(request, "grid/row.html", context, status=status)


def _beside(kind: Kind, row: Any) -> dict[str, Any]:
    """What some kinds show beside their facts."""
    if kind.name in ("work_grid", "duty_grid"):
        codes = sorted(row.cells.values_list("code", flat=True))
        return {"cell_count": len(codes), "cell_ranges": write_ranges(codes)}
    if kind.name == "cell":
        return {"classes": row.classes.order_by("-valid_from")}
    return {}


def layer_of(code: str, request: ActorRequest) -> ObjectLayer:
    """A layer that this person may see; refused as `not_found`."""
    found = visible_layers(request.actor).filter(code=code).first()
    if found is None:
        raise Refused("not_found", _("没有此图层"), {"rule": "layer"})
    return found
