"""Forms of base data. They read; the actions judge and write."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cityloop.codes.selectors import entries
from cityloop.grid.actions import Edit
from cityloop.grid.browsing import HOLDING
from cityloop.grid.models import AreaClass, ExtraField, ExtraKind, ObjectLayer
from cityloop.grid.subjects import Kind
from cityloop.grid.values import SOURCES, fields_of
from cityloop.org.models import Unit

EXTRA: Final = "extension."


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def unit_choices(*, chosen: Iterable[Unit | None] = (), only: Iterable[int] | None = None) -> list[tuple[str, str]]:
    """Units by code, those in use and the ones that are chosen already."""
    units = Unit.objects.filter(active_to=None).order_by("path")
    found = {unit.code: unit.label for unit in (units if only is None else units.filter(pk__in=only))}
    found |= {unit.code: unit.label for unit in chosen if unit}
    return list(found.items())


class EditForm(forms.Form):
    """The fields of one row, its extra attributes, and why and since when they are otherwise."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, kind: Kind, row: Any, revision: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["revision"].initial = revision
        self.fields |= row_fields(kind, row)
        self.fields["on"] = forms.DateField(
            label=_("变更日期"), required=False, widget=day_input(), help_text=_("留空为今天")
        )
        self.fields["reason"] = forms.CharField(label=_("变更原因"), max_length=200, required=False)

    def values(self) -> dict[str, Any]:
        """What the action is to set."""
        return values_of_form(self)

    def edit(self) -> Edit:
        """How it is edited."""
        data = self.cleaned_data
        return Edit(data["reason"], data["on"], data["revision"])


def row_fields(kind: Kind, row: Any) -> dict[str, forms.Field]:
    """A form field for each field of the kind, in its order, with the row's value."""
    found: dict[str, forms.Field] = {}
    units = unit_choices(chosen=[getattr(row, name) for name in kind.units]) if kind.units else []
    for name in kind.fields:
        if name == "extension":
            found |= {f"{EXTRA}{one.key}": _extra(one, row.extension.get(one.key)) for one in fields_of(row)}
        elif name == "photos":
            found |= _photo_fields(row.photos)
        else:
            found[name] = _field(row, name, units)
    return found


def _photo_fields(photos: Iterable[Any]) -> dict[str, forms.Field]:
    """The photos there are, to be kept or not, and the ids of new ones; the page draws both."""
    choices = [(str(one), str(one)) for one in photos]
    keep = forms.MultipleChoiceField(required=False, choices=choices, initial=[one for one, _label in choices])
    new = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput())
    return {"kept_photos": keep, "photos": new}


def values_of_form(form: forms.Form) -> dict[str, Any]:
    """The cleaned fields as the actions want them: extra attributes together."""
    extras = {name.removeprefix(EXTRA): value for name, value in form.cleaned_data.items() if name.startswith(EXTRA)}
    beside = {"revision", "on", "reason", "minor", "code", "valid_from", "lon", "lat", "geometry", "layer"}
    plain = {n: v for n, v in form.cleaned_data.items() if n not in beside and not n.startswith(EXTRA)}
    if "kept_photos" in plain:
        new = [one for one in plain["photos"].split(",") if one]
        plain["photos"] = [*plain.pop("kept_photos"), *new]
    return {**plain, **({"extension": extras} if extras else {})}


def _field(row: Any, name: str, units: list[tuple[str, str]]) -> forms.Field:
    column: Any = row._meta.get_field(name)
    label, value = column.verbose_name, getattr(row, name)
    if name == "source":
        sources = [(one.code, one.label) for one in entries(SOURCES, row.valid_from)]
        return forms.ChoiceField(label=label, choices=[("", "—"), *sources], initial=value, required=False)
    if column.is_relation:
        code = value.code if value else ""
        return forms.ChoiceField(label=label, choices=[("", "—"), *units], initial=code, required=False)
    if column.choices:
        choices = [*([("", "—")] if column.blank else []), *column.choices]
        return forms.ChoiceField(label=label, choices=choices, initial=value, required=not column.blank)
    return forms.CharField(label=label, max_length=column.max_length, required=not column.blank, initial=value)


def _extra(field: ExtraField, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": False, "initial": value}
    if field.kind == ExtraKind.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *((one, one) for one in field.choices)], **common)
    if field.kind == ExtraKind.YES_NO:
        common["initial"] = {True: "true", False: "false"}.get(value, "")
        return forms.ChoiceField(choices=[("", "—"), ("true", _("是")), ("false", _("否"))], **common)
    if field.kind == ExtraKind.DATE:
        return forms.CharField(widget=forms.DateInput({"type": "date"}), **common)
    widget = forms.TextInput({"inputmode": "decimal"} if field.kind == ExtraKind.NUMBER else {})
    return forms.CharField(max_length=200, widget=widget, **common)


class MoveForm(forms.Form):
    """Where a row is put: a place on the map, or an outline as WKT."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    lon = forms.FloatField(label=_("经度"), required=False, widget=forms.NumberInput({"step": "any"}))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.NumberInput({"step": "any"}))
    geometry = forms.CharField(
        label=_("图形（WKT）"), required=False, max_length=200_000, widget=forms.Textarea({"rows": 4})
    )
    reason = forms.CharField(label=_("移位原因"), max_length=200, required=False)

    def __init__(self, is_point: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("geometry",) if is_point else ("lon", "lat"):
            del self.fields[name]
        for name in ("lon", "lat") if is_point else ("geometry",):
            self.fields[name].required = True
        self.fields["lon" if is_point else "geometry"].widget.attrs |= {"data-lon-field": ""} if is_point else {}
        if is_point:
            self.fields["lat"].widget.attrs["data-lat-field"] = ""

    def edit(self) -> Edit:
        """How it is moved."""
        return Edit(self.cleaned_data["reason"], None, self.cleaned_data["revision"])


def geometry_of(form: forms.Form) -> Any:
    """The geometry of a form that has a place or an outline."""
    data = form.cleaned_data
    if data.get("geometry"):
        return data["geometry"]
    return {"type": "Point", "coordinates": [data["lon"], data["lat"]]}


class RetireForm(forms.Form):
    """The last day and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    on = forms.DateField(label=_("最后一天"), required=False, widget=day_input(), help_text=_("留空为今天"))
    reason = forms.CharField(label=_("停用原因"), max_length=200)

    def edit(self) -> Edit:
        """How it is retired."""
        return Edit(self.cleaned_data["reason"], self.cleaned_data["on"], self.cleaned_data["revision"])


class CellsForm(forms.Form):
    """Cells by code and range."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    cells = forms.CharField(
        label=_("单元网格"),
        max_length=40_000,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "class": "form-control cl-number"}),
        help_text=_("每行一个 15 位编码，或同一社区内的范围：310101002001001-020"),
    )


class ClassForm(CellsForm):
    """Cells and their class from a day on."""

    area_class = forms.ChoiceField(label=_("区域等级"), choices=AreaClass.choices)
    on = forms.DateField(label=_("生效日期"), required=False, widget=day_input(), help_text=_("留空为今天"))
    reason = forms.CharField(label=_("变更原因"), max_length=200, required=False)


class ComposeForm(CellsForm):
    """The cells of a work grid that there is."""

    reason = forms.CharField(label=_("变更原因"), max_length=200, required=False)


class WorkGridForm(CellsForm):
    """A new work grid."""

    code = forms.CharField(label=_("编码"), max_length=30)
    name = forms.CharField(label=_("名称"), max_length=60)
    unit = forms.ChoiceField(label=_("单位"))
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    valid_from = forms.DateField(label=_("起用日期"), required=False, widget=day_input(), help_text=_("留空为今天"))
    field_order = ("unit", "code", "name", "cells", "note", "valid_from")

    def __init__(self, units: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = units


class NewForm(forms.Form):
    """A new component or object: where it is, and its fields."""

    lon = forms.FloatField(label=_("经度"), widget=forms.NumberInput({"step": "any", "data-lon-field": ""}))
    lat = forms.FloatField(label=_("纬度"), widget=forms.NumberInput({"step": "any", "data-lat-field": ""}))

    def __init__(self, kind: Kind, row: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.name == "object":
            self.fields["code"] = forms.CharField(label=_("编码"), max_length=40)
        self.fields |= row_fields(kind, row)
        self.fields["place"].widget.attrs["data-locate"] = "address_hint"
        self.fields["valid_from"] = forms.DateField(
            label=_("初始日期"), required=False, widget=day_input(), help_text=_("留空为今天")
        )


class ExtraFieldForm(forms.Form):
    """An extra attribute of a category or a layer."""

    key = forms.CharField(label=_("键"), max_length=30, help_text=_("小写字母、数字和下划线，如 material"))
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=ExtraKind.choices)
    choices = forms.CharField(
        label=_("选项"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("每行一项，只用于选项类"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def clean_choices(self) -> list[str]:
        """One a line."""
        lines = self.cleaned_data["choices"].splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


class FilterForm(forms.Form):
    """What to look for in a list; a kind leaves out what it does not know."""

    q = forms.CharField(label=_("编码或文字"), max_length=60, required=False)
    area = forms.ChoiceField(label=_("区域"), required=False)
    minor = forms.TypedChoiceField(label=_("小类"), required=False, coerce=int, empty_value=None)
    layer = forms.ChoiceField(label=_("图层"), required=False)
    unit = forms.ChoiceField(label=_("单位"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    cell = forms.CharField(label=_("单元网格"), max_length=15, required=False)
    holding = forms.ChoiceField(label=_("范围"), required=False, choices=list(HOLDING.items()))

    def __init__(self, choices: dict[str, list[tuple[Any, Any]]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("area", "minor", "layer", "unit", "state"):
            if name not in choices:
                del self.fields[name]
                continue
            field: Any = self.fields[name]
            field.choices = [("", _("全部")), *choices[name]]
        if "cell" not in choices:
            del self.fields["cell"]


def layer_choices(layers: Iterable[ObjectLayer]) -> list[tuple[str, str]]:
    """Layers by code."""
    return [(layer.code, layer.label) for layer in layers]
