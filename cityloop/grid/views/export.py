"""The page on which base data are taken out as files."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cityloop.base.coordinates import list_crs
from cityloop.base.time import city_date
from cityloop.grid.exchange.exporting import FORMATS, export_layer
from cityloop.grid.exchange.layers import list_specs
from cityloop.grid.views.browse import tabs_of
from cityloop.org.access import ActorRequest, permission_required


class ExportForm(forms.Form):
    """What, in which format, in which system of coordinates."""

    layer = forms.ChoiceField(label=gettext_lazy("图层"))
    format = forms.ChoiceField(label=gettext_lazy("格式"), choices=list(FORMATS.items()))
    crs = forms.ChoiceField(label=gettext_lazy("坐标系"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        layer, crs = (self.fields[name] for name in ("layer", "crs"))
        layer.choices = [(spec.name, spec.label) for spec in list_specs().values()]  # type: ignore[attr-defined]
        crs.choices = [(one.name, one.label) for one in list_crs().values()]  # type: ignore[attr-defined]


@permission_required("grid.manage")
@require_safe
def export_page(request: ActorRequest) -> HttpResponseBase:
    """The form, or with its answer the file."""
    form = ExportForm(request.GET if "layer" in request.GET else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "grid/export.html", {**tabs_of(request, "export"), "form": form}, status=status)
    with tempfile.TemporaryDirectory() as folder:
        values = form.cleaned_data
        made = export_layer(
            values["layer"],
            values["format"],
            Path(folder),
            crs=values["crs"],
            by=request.actor,
            today=city_date(request.now),
        )
        # An open file outlives its folder.
        return FileResponse(made.open("rb"), as_attachment=True, filename=made.name)
