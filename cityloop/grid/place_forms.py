"""Forms of places and their names. They read; the actions judge and write."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cityloop.base.geometry import LonLat
from cityloop.grid.geocoding.parse import level_inner
from cityloop.grid.models import NameKind, PlaceKind
from cityloop.grid.place_actions import NewPlace

GIVEN: Final = [(kind.value, kind.label) for kind in NameKind if kind is not NameKind.STANDARD]


class PlaceForm(forms.Form):
    """One place: its kind, its name or its door, and where it is."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=PlaceKind.choices)
    name = forms.CharField(
        label=_("标准名称"), max_length=120, required=False, help_text=_("门牌可留空，由道路和门牌号组成")
    )
    category = forms.CharField(label=_("细类"), max_length=40, required=False)
    street = forms.CharField(label=_("所在道路或院落"), max_length=60, required=False)
    number = forms.IntegerField(label=_("门牌号"), required=False, min_value=1, max_value=99_999)
    inner = forms.CharField(label=_("号后"), max_length=40, required=False, help_text=_("如 弄5号、甲"))
    aliases = forms.CharField(label=_("别名"), max_length=400, required=False, help_text=_("多个用顿号或分号隔开"))
    lon = forms.FloatField(label=_("经度"), widget=forms.NumberInput({"step": "any", "data-lon-field": ""}))
    lat = forms.FloatField(label=_("纬度"), widget=forms.NumberInput({"step": "any", "data-lat-field": ""}))
    source = forms.CharField(label=_("数据来源"), max_length=60, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if is_new else ("kind", "aliases"):
            del self.fields[name]

    def as_new(self, kind: str = "") -> NewPlace:
        """The place that the form describes."""
        data = self.cleaned_data
        names = data.get("aliases", "").replace("；", ";").replace("、", ";").split(";")
        return NewPlace(
            kind=data.get("kind") or kind,
            point=LonLat(data["lon"], data["lat"]),
            name=data["name"],
            category=data["category"],
            street=data["street"],
            number=data["number"],
            inner=level_inner(data["inner"]),
            aliases=tuple(name.strip() for name in names if name.strip()),
            source=data["source"],
            note=data["note"],
        )


class PlaceFilter(forms.Form):
    """What to look for among places."""

    q = forms.CharField(label=_("名称或地址"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *PlaceKind.choices])
    area = forms.ChoiceField(label=_("区域"), required=False)

    def __init__(self, areas: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["area"]
        field.choices = [("", _("全部")), *areas]


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("性质"), choices=GIVEN)


class RetirePlaceForm(forms.Form):
    """Why a place ends."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    reason = forms.CharField(label=_("停用原因"), max_length=200)


class BatchForm(forms.Form):
    """A table of addresses or places."""

    file = forms.FileField(
        label=_("Excel 或 CSV 文件"), help_text=_("首行为列名，地址列名为“地址”；反查时为“经度”和“纬度”")
    )
    reverse = forms.BooleanField(label=_("由坐标查地址"), required=False)
