"""The registration form: what a seat types while somebody speaks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, read_lonlat
from cityloop.base.secrets import normalise_phone
from cityloop.cases.models import Gender, ReplyBy
from cityloop.cases.steps.opening import NewReport, Reporter, demand_source
from cityloop.codes import selectors as codes

MOST_PHOTOS = 9
MOST_RECORDINGS = 3


class RegisterForm(forms.Form):
    """A report by telephone, from a leader, the media or another body. Only words and source are necessary at once."""

    client_id = forms.UUIDField(error_messages={"required": _("页面不完整，请刷新后重新登记")})
    source = forms.CharField(label=_("问题来源"), max_length=40)
    phone = forms.CharField(label=_("来电号码"), max_length=40, required=False)
    reporter_name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    external_number = forms.CharField(label=_("来源编号"), max_length=60, required=False)
    confidential = forms.BooleanField(label=_("要求保密"), required=False)
    gender = forms.ChoiceField(label=_("性别"), choices=[("", "—"), *Gender.choices], required=False)
    reply_by = forms.ChoiceField(
        label=_("回复方式"), choices=[("", _("有号码则电话")), *ReplyBy.choices], required=False
    )
    minor = forms.IntegerField(label=_("小类"), required=False)
    standard = forms.IntegerField(label=_("立案条件"), required=False)
    component = forms.IntegerField(label=_("部件"), required=False)
    lon = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    description = forms.CharField(label=_("问题描述"), max_length=2000, error_messages={"required": _("请写明问题")})
    urgent = forms.BooleanField(label=_("紧急"), required=False)
    into = forms.CharField(max_length=24, required=False)

    def clean_minor(self) -> int | None:
        """A category that exists; words that chose none are not passed over."""
        found = self._known("minor", _("没有这个小类"))
        if found is None and str(self.data.get("category", "")).strip():
            raise forms.ValidationError(_("还没有选定小类：请从列表中选一个"))
        return found

    def clean_standard(self) -> int | None:
        """A standard that exists."""
        return self._known("standard", _("没有这条立案条件"))

    def clean_phone(self) -> str:
        """A number that can be digested, or nothing."""
        phone: str = self.cleaned_data["phone"].strip()
        try:
            return phone and normalise_phone(phone)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.message)) from None

    def clean_reply_by(self) -> str:
        """A way that is possible: a call or a message needs a number."""
        way: str = self.cleaned_data["reply_by"]
        if way in {ReplyBy.PHONE, ReplyBy.SMS} and not str(self.data.get("phone", "")).strip():
            raise forms.ValidationError(_("电话或短信回复须有来电号码"))
        return way

    def clean(self) -> dict[str, Any]:
        """The place from its two coordinates; the standard must be of the category."""
        data: dict[str, Any] = super().clean() or {}
        data["place"] = self._place(data)
        minor, standard = data.get("minor"), data.get("standard")
        if standard and minor and codes.get_standard(standard).minor_id != minor:
            data["standard"] = None  # the category was changed after the standard was picked
        return data

    def _place(self, data: dict[str, Any]) -> LonLat | None:
        lon, lat = data.get("lon"), data.get("lat")
        if lon is None or lat is None:
            return None
        try:
            return read_lonlat([lon, lat])
        except Refused as refusal:
            self.add_error(None, str(refusal.message))
            return None

    def _known(self, name: str, message: Any) -> int | None:
        value: int | None = self.cleaned_data[name]
        known = codes.snapshot().minors if name == "minor" else codes.snapshot().standards
        if value is not None and value not in known:
            raise forms.ValidationError(message)
        return value

    @property
    def photos(self) -> list[str]:
        """The ids of the uploaded photos."""
        return self._ids("evidence")[:MOST_PHOTOS]

    @property
    def recordings(self) -> list[str]:
        """The ids of the uploaded recordings."""
        return self._ids("recordings")[:MOST_RECORDINGS]

    def _ids(self, name: str) -> list[str]:
        return [value for value in str(self.data.get(name, "")).split(",") if value]

    def as_report(self) -> NewReport:
        """The report that was typed; refused as `invalid` for an unknown source."""
        data = self.cleaned_data
        reporter = Reporter(
            name=data["reporter_name"].strip(),
            phone=data["phone"],
            confidential=data["confidential"],
            gender=data["gender"],
            reply_by=data["reply_by"],
        )
        place = data["place"]
        return NewReport(
            source=demand_source(data["source"]),
            description=data["description"].strip(),
            point=list(place) if place else None,
            address=data["address"].strip(),
            minor_id=data["minor"],
            standard_id=data["standard"],
            component_id=data["component"],
            urgent=data["urgent"],
            external_number=data["external_number"].strip(),
            evidence=self.photos,
            recordings=self.recordings,
            reporter=reporter if reporter.name or reporter.phone else None,
        )


class NumberForm(forms.Form):
    """A full telephone number or its last four digits."""

    number = forms.CharField(label=_("电话号码或后四位"), max_length=40)
