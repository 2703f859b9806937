"""What the pages of cells ask for."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.grid.cells.duty import LEVELS, Wish
from cityloop.grid.cells.engine.balance import Weights
from cityloop.grid.cells.engine.generator import Settings

WITHIN = {12: gettext_lazy("社区"), 9: gettext_lazy("街道"), 6: gettext_lazy("区")}


class GenerateForm(forms.Form):
    """Cells for an area."""

    area_code = forms.CharField(label=gettext_lazy("范围"), max_length=12)
    aim_m2 = forms.FloatField(
        label=gettext_lazy("目标面积（平方米）"), min_value=1_000, max_value=1_000_000, initial=10_000
    )

    def settings(self) -> Settings:
        """The generator's settings."""
        return Settings(aim_m2=self.cleaned_data["aim_m2"])


class DutyForm(forms.Form):
    """Duty grids for an area."""

    area_code = forms.CharField(label=gettext_lazy("范围"), max_length=12)
    groups = forms.IntegerField(label=gettext_lazy("责任网格个数"), min_value=1, max_value=10_000, required=False)
    target = forms.FloatField(label=gettext_lazy("或每个的目标工作量"), min_value=0.01, required=False)
    within = forms.TypedChoiceField(
        label=gettext_lazy("不跨越"), coerce=int, initial=9, choices=[(digits, WITHIN[digits]) for digits in LEVELS]
    )
    street_km = forms.FloatField(label=gettext_lazy("每公里道路"), min_value=0, initial=1.0)
    components = forms.FloatField(label=gettext_lazy("每百个部件"), min_value=0, initial=1.0)
    cases = forms.FloatField(label=gettext_lazy("每百件案件（近一年）"), min_value=0, initial=1.0)
    cell = forms.FloatField(label=gettext_lazy("每个单元网格"), min_value=0, initial=0.1)

    def wish(self) -> Wish:
        """What is wanted."""
        found = self.cleaned_data
        weights = Weights(found["street_km"], found["components"], found["cases"], found["cell"])
        return Wish(found["groups"] or 0, found["target"] or 0.0, found["within"], weights=weights)


class PublishForm(forms.Form):
    """From when, and why."""

    on = forms.DateField(
        label=gettext_lazy("起用日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, required=False)


class EditForm(PublishForm):
    """An edit by hand: what is done, to which cells, along which line."""

    act = forms.ChoiceField(choices=[("split", ""), ("merge", ""), ("border", "")])
    codes = forms.CharField(max_length=1000)
    line = forms.CharField(max_length=20_000, required=False)

    def clean_codes(self) -> list[str]:
        """Codes separated by blanks or commas."""
        return str(self.cleaned_data["codes"]).replace(",", " ").split()

    def clean_line(self) -> list[Any]:
        """A JSON array of places, or nothing."""
        text = self.cleaned_data["line"].strip()
        try:
            found = json.loads(text) if text else []
        except ValueError:
            raise forms.ValidationError(_("线应为 [[经度, 纬度], …]")) from None
        if not isinstance(found, list):
            raise forms.ValidationError(_("线应为 [[经度, 纬度], …]"))
        return found
