"""The form of a proposal, at the desk and on the phone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.grid.forms import EXTRA, row_fields, values_of_form
from cityloop.grid.models import Component, ComponentState, Proposal, UpdateKind
from cityloop.grid.subjects import KINDS
from cityloop.grid.updates.actions import Proposed, propose
from cityloop.grid.updates.proposing import WITH_PLACE, WITH_VALUES
from cityloop.org.actor import Actor
from cityloop.org.forms import add_refusal

# What an inspector can see on the spot; duties of units are for the desk.
ON_THE_SPOT: Final = frozenset({"name", "place", "state", "note"})
BESIDE: Final = ("client_id", "stood")


class ProposalForm(forms.Form):
    """What somebody says of a component; `only` names the plain fields that are asked for, None for all."""

    client_id = forms.UUIDField(widget=forms.HiddenInput())
    photos = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput())

    def __init__(
        self, kind: str, row: Component, *args: Any, only: Collection[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.row = kind, row
        if kind in WITH_VALUES:
            found = row_fields(KINDS["component"], row)
            self.fields |= {name: one for name, one in found.items() if _is_asked(name, only)}
        if kind == UpdateKind.GONE:
            choices = [(one.value, one.label) for one in (ComponentState.REMOVED, ComponentState.DISCARDED)]
            self.fields["state"] = forms.ChoiceField(label=_("现状"), choices=choices)
        for name, label in (("lon", _("经度")), ("lat", _("纬度"))):
            widget = forms.NumberInput({"step": "any", f"data-{name}-field": ""})
            self.fields[name] = forms.FloatField(label=label, required=kind in WITH_PLACE, widget=widget)
        self.fields["reason"] = forms.CharField(
            label=_("说明"), max_length=200, required=kind == UpdateKind.GONE, widget=forms.Textarea({"rows": 2})
        )

    def proposed(self) -> Proposed:
        """What the action is to propose."""
        data = self.cleaned_data
        place = None if data["lon"] is None or data["lat"] is None else LonLat(data["lon"], data["lat"])
        given = {name: value for name, value in values_of_form(self).items() if name not in (*BESIDE, "photos")}
        return Proposed(
            kind=self.kind,
            code=self.row.code,
            minor_id=self.row.minor_id,
            values=given,
            geometry={"type": "Point", "coordinates": list(place)} if place and self.kind in WITH_PLACE else None,
            stood=place,
            photos=_ids(data["photos"]),
            reason=data["reason"],
        )


def _is_asked(name: str, only: Collection[str] | None) -> bool:
    if name in ("photos", "kept_photos"):
        return False
    return only is None or name in only or name.startswith(EXTRA)


def _ids(text: str) -> list[UUID]:
    try:
        return list(dict.fromkeys(UUID(word) for word in text.replace(" ", "").split(",") if word))
    except ValueError:
        raise Refused("invalid", gettext("照片编号不对"), {"fields": {"photos": gettext("照片编号不对")}}) from None


def kinds_for(row: Component) -> list[tuple[str, str]]:
    """What may be said of it: only points are moved on a map."""
    is_point = row.geom.geom_type == "Point"
    return [
        (one.value, str(one.label))
        for one in UpdateKind
        if one != UpdateKind.NEW and (is_point or one != UpdateKind.MOVED)
    ]


def send_form(form: ProposalForm, *, by: Actor, now: datetime) -> tuple[Proposal | None, int]:
    """Propose what the form says; None and a status, with what is wrong on the form."""
    if not form.is_valid():
        return None, 422
    try:
        return propose(form.proposed(), by=by, now=now, client_id=form.cleaned_data["client_id"]), 200
    except Refused as refusal:
        add_refusal(form, refusal)
        return None, refusal.status
