"""The form of a report, as it comes from the phone."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_PHOTOS = 9


class IdsField(forms.Field):
    """Ids of uploads, separated by commas."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> list[str]:
        """The ids, each once, in their order."""
        words = str(value or "").replace(" ", "").split(",")
        try:
            return list(dict.fromkeys(str(UUID(word)) for word in words if word))
        except ValueError:
            raise forms.ValidationError(_("照片编号有误，请重新拍照")) from None

    def run_validators(self, value: Any) -> None:
        """At most nine."""
        if len(value) > MOST_PHOTOS:
            raise forms.ValidationError(_("照片最多 %(most)s 张") % {"most": MOST_PHOTOS})


class ReportForm(forms.Form):
    """One report. Photos are uploaded before; without scripts they come with the form and are added to the ids."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(required=False)
    evidence = IdsField()
    evidence_after = IdsField()
    lon = forms.FloatField(label=gettext_lazy("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, min_value=-90, max_value=90)
    address = forms.CharField(label=gettext_lazy("地址"), required=False, max_length=200)
    standard = forms.IntegerField(required=False, widget=forms.HiddenInput)
    minor = forms.IntegerField(required=False, widget=forms.HiddenInput)
    component_code = forms.CharField(label=gettext_lazy("部件编码"), required=False, max_length=16)
    description = forms.CharField(label=gettext_lazy("问题描述"), required=False, max_length=2000)
    urgent = forms.BooleanField(label=gettext_lazy("紧急"), required=False)
    self_handled = forms.BooleanField(label=gettext_lazy("已自行处理"), required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], photos: int = 0, after: int = 0, **options: Any):
        super().__init__(*args, **options)
        self.sources, self.photos, self.after = sources, photos, after
        self.fields["source"].choices = sources  # type: ignore[attr-defined]

    def clean_source(self) -> str:
        """The only source of this person, if he has but one."""
        return str(self.cleaned_data["source"] or self.sources[0][0])

    def clean(self) -> dict[str, Any]:
        """What no single field can say."""
        data = super().clean() or {}
        if not data.get("evidence") and not self.photos and "evidence" not in self.errors:
            self.add_error("evidence", _("请至少拍一张现场照片"))
        if data.get("self_handled") and not data.get("evidence_after") and not self.after:
            self.add_error("evidence_after", _("自行处理的问题请再拍一张处理后的照片"))
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lon", _("经度和纬度要一起填写"))
        elif data.get("lon") is None and not data.get("address"):
            self.add_error("address", _("请定位，或者填写地址"))
        if not data.get("standard") and not data.get("minor"):
            self.add_error("standard", _("请选择问题类别"))
        return data
