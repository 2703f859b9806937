"""Pages that edit base data: change, move, retire, register, compose work grids, set area classes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes.models import Minor
from cityloop.codes.selectors import catalogue, default_edition
from cityloop.grid import actions
from cityloop.grid.forms import (
    ClassForm,
    ComposeForm,
    EditForm,
    ExtraFieldForm,
    MoveForm,
    NewForm,
    RetireForm,
    WorkGridForm,
    geometry_of,
    unit_choices,
    values_of_form,
)
from cityloop.grid.models import Component, ExtraField, MapObject, ObjectLayer
from cityloop.grid.policy import access_row, demand_edit, is_unit_alone, own_units, visible_layers
from cityloop.grid.ranges import read_ranges, write_ranges
from cityloop.grid.selectors import list_cells, middle_of_city, revision_of
from cityloop.grid.subjects import KINDS, get_kind
from cityloop.grid.views.browse import layer_of, tabs_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.forms import add_refusal
from cityloop.org.selectors import find_unit

GET_POST = ["GET", "HEAD", "POST"]


def answer(
    request: ActorRequest, form: forms.Form, act: Callable[[], str], template: str, context: dict[str, Any]
) -> HttpResponse:
    """Do what a sent form asks for and go to the page that `act` answers; else draw the form, with what is wrong."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return HttpResponseRedirect(act())
            except Refused as refusal:
                add_refusal(form, refusal)
                status = refusal.status
    return render(request, template, {**context, "form": form}, status=status)


def _row_url(kind: str, code: str) -> str:
    return reverse("grid:row", args=[kind, code])


@permission_required("grid.browse")
@require_http_methods(GET_POST)
def row_change(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """Change the fields of a row."""
    what = get_kind(kind)
    row = access_row(what, code, by=request.actor)
    demand_edit(what, row, by=request.actor)
    form = EditForm(what, row, revision_of(kind, code), request.POST or None)

    def act() -> str:
        actions.change(kind, code, by=request.actor, now=request.now, values=form.values(), edit=form.edit())
        messages.success(request, _("已保存"))
        return _row_url(kind, code)

    context = {**tabs_of(request, kind), "heading": _("修改"), "row": row, "kind": what, "submit": _("保存")}
    return answer(request, form, act, "grid/edit.html", context)


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def row_move(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """Put a row elsewhere."""
    what = get_kind(kind)
    row = access_row(what, code, by=request.actor)
    is_point = row.geom.geom_type == "Point"
    place = {"lon": round(row.geom.x, 6), "lat": round(row.geom.y, 6)} if is_point else {"geometry": row.geom.wkt}
    initial = {"revision": revision_of(kind, code), **place}
    form = MoveForm(is_point, request.POST or None, initial=initial)

    def act() -> str:
        actions.move(kind, code, by=request.actor, now=request.now, geometry=geometry_of(form), edit=form.edit())
        messages.success(request, _("已保存"))
        return _row_url(kind, code)

    context = {**tabs_of(request, kind), "heading": _("移位"), "row": row, "kind": what, "picks": is_point}
    return answer(request, form, act, "grid/edit.html", {**context, "submit": _("保存")})


@permission_required("grid.browse")
@require_http_methods(GET_POST)
def row_retire(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """Take a row out of use."""
    what = get_kind(kind)
    row = access_row(what, code, by=request.actor)
    demand_edit(what, row, by=request.actor)
    form = RetireForm(request.POST or None, initial={"revision": revision_of(kind, code)})

    def act() -> str:
        actions.retire(kind, code, by=request.actor, now=request.now, edit=form.edit())
        messages.success(request, _("已停用"))
        return _row_url(kind, code)

    context = {**tabs_of(request, kind), "heading": _("停用"), "row": row, "kind": what, "refuse": True}
    hint = _("编码停用后不再使用，记录与变更仍可查到。")
    return answer(request, form, act, "grid/edit.html", {**context, "submit": _("停用"), "hint": hint})


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def component_new(request: ActorRequest) -> HttpResponse:
    """Register a component: first its category, then the rest."""
    minor = Minor.objects.filter(pk=_number(request.GET.get("minor", "")), kind="component").first()
    context: dict[str, Any] = {**tabs_of(request, "component"), "heading": _("登记部件"), "submit": _("登记")}
    if minor is None:
        majors = catalogue(default_edition().id, city_date(request.now), fileable_only=False)
        context["majors"] = [major for major in majors if major.kind == "component"]
        return render(request, "grid/choose.html", context)
    row = Component(minor=minor, name=minor.name, valid_from=city_date(request.now))
    form = NewForm(KINDS["component"], row, request.POST or None)

    def act() -> str:
        made = actions.create_component(
            minor.pk,
            by=request.actor,
            now=request.now,
            geometry=geometry_of(form),
            values=values_of_form(form),
            valid_from=form.cleaned_data["valid_from"],
        )
        messages.success(request, _("已登记：%(code)s") % {"code": made.code})
        return _row_url("component", made.code)

    return answer(
        request,
        form,
        act,
        "grid/edit.html",
        {**context, "picks": True, "of": f"{minor.code} {minor.label}", "centre": middle_of_city()},
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def object_new(request: ActorRequest) -> HttpResponse:
    """Register an object of a layer: first the layer, then the rest."""
    context: dict[str, Any] = {**tabs_of(request, "object"), "heading": _("登记对象"), "submit": _("登记")}
    code = request.GET.get("layer", "")
    if not code:
        return render(request, "grid/choose.html", {**context, "layers": visible_layers(request.actor)})
    layer = layer_of(code, request)
    row = MapObject(layer=layer, valid_from=city_date(request.now))
    form = NewForm(KINDS["object"], row, request.POST or None)

    def act() -> str:
        made = actions.create_object(
            layer.code,
            form.cleaned_data["code"],
            by=request.actor,
            now=request.now,
            geometry=geometry_of(form),
            values=values_of_form(form),
            valid_from=form.cleaned_data["valid_from"],
        )
        messages.success(request, _("已登记：%(code)s") % {"code": made.code})
        return _row_url("object", made.code)

    return answer(
        request, form, act, "grid/edit.html", {**context, "picks": True, "of": layer.label, "centre": middle_of_city()}
    )


@permission_required("grid.compose")
@require_http_methods(GET_POST)
def work_grid_new(request: ActorRequest) -> HttpResponse:
    """Compose a new work grid."""
    own = own_units(request.actor) if is_unit_alone(request.actor) else None
    units = unit_choices(only=own)
    form = WorkGridForm(units, request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        unit = find_unit(data["unit"])
        assert unit is not None  # one of the choices
        made = actions.create_work_grid(
            data["code"],
            by=request.actor,
            now=request.now,
            unit=unit,
            name=data["name"],
            cells=list_cells(read_ranges(data["cells"])),
            note_text=data["note"],
            valid_from=data["valid_from"],
        )
        messages.success(request, _("已保存"))
        return _row_url("work_grid", made.code)

    context = {**tabs_of(request, "work_grid"), "heading": _("新建工作网格"), "submit": _("保存")}
    return answer(request, form, act, "grid/edit.html", context)


@permission_required("grid.compose")
@require_http_methods(GET_POST)
def work_grid_cells(request: ActorRequest, code: str) -> HttpResponse:
    """Give a work grid other cells."""
    what = KINDS["work_grid"]
    row = access_row(what, code, by=request.actor)
    demand_edit(what, row, by=request.actor)
    cells = write_ranges(list(row.cells.values_list("code", flat=True)))
    form = ComposeForm(request.POST or None, initial={"cells": cells, "revision": revision_of(what.name, code)})

    def act() -> str:
        data = form.cleaned_data
        edit = actions.Edit(data["reason"], None, data["revision"])
        actions.compose(
            code, by=request.actor, now=request.now, cells=list_cells(read_ranges(data["cells"])), edit=edit
        )
        messages.success(request, _("已保存"))
        return _row_url("work_grid", code)

    context = {**tabs_of(request, "work_grid"), "heading": _("调整单元网格"), "row": row, "kind": what}
    return answer(request, form, act, "grid/edit.html", {**context, "submit": _("保存")})


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def area_classes(request: ActorRequest) -> HttpResponse:
    """Set the class of many cells from a day on."""
    form = ClassForm(request.POST or None, initial={"cells": request.GET.get("cells", "")})

    def act() -> str:
        data = form.cleaned_data
        count = actions.set_area_class(
            list_cells(read_ranges(data["cells"])),
            data["area_class"],
            by=request.actor,
            now=request.now,
            on=data["on"],
            reason=data["reason"],
        )
        messages.success(request, _("已变更等级的网格：%(count)s 个") % {"count": count})
        return reverse("grid:list", args=["cell"])

    hint = _("只影响生效日期之后立案的案件；已立案的案件仍按立案时的等级。")
    context = {**tabs_of(request, "cell"), "heading": _("设定区域等级"), "submit": _("保存"), "hint": hint}
    return answer(request, form, act, "grid/edit.html", context)


@permission_required("grid.edit")
@require_http_methods(GET_POST)
def extra_fields(request: ActorRequest) -> HttpResponse:
    """The extra attributes of categories and layers, and a form for one more, or for a changed one."""
    minor = Minor.objects.filter(pk=_number(request.GET.get("minor", "")), kind="component").first()
    of: Minor | ObjectLayer | None = minor
    if of is None and request.GET.get("layer"):
        of = layer_of(request.GET["layer"], request)
    form = ExtraFieldForm(request.POST or None, initial=_initial(of, request.GET.get("key", "")))

    def act() -> str:
        assert of is not None
        actions.set_extra_field(of, by=request.actor, now=request.now, **form.cleaned_data)
        messages.success(request, _("已保存"))
        return request.get_full_path().partition("&key=")[0]

    rows = ExtraField.objects.select_related("minor", "layer").order_by("minor__code", "layer__code", "position", "key")
    majors = catalogue(default_edition().id, city_date(request.now), fileable_only=False)
    context = {
        **tabs_of(request, "extras"),
        "rows": rows,
        "of": of,
        "majors": [major for major in majors if major.kind == "component"],
        "layers": visible_layers(request.actor),
    }
    if of is None and request.method == "POST":
        raise Refused("not_found", _("请先选择小类或图层"), {"rule": "subject"})
    return answer(request, form, act, "grid/extras.html", context)


def _initial(of: Minor | ObjectLayer | None, key: str) -> dict[str, Any]:
    owner: dict[str, Any] = {"minor": of} if isinstance(of, Minor) else {"layer": of}
    found = ExtraField.objects.filter(key=key, **owner).first() if of and key else None
    if found is None:
        return {"is_active": True}
    shown = {name: getattr(found, name) for name in ("key", "name", "name_en", "kind", "is_active")}
    return {**shown, "choices": "\n".join(found.choices)}
