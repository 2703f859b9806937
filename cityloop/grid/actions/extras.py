"""Which extra attributes (扩展属性) a component category or a layer has."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.codes.models import Minor
from cityloop.grid.models import ExtraField, ExtraKind, ObjectLayer
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand


@transaction.atomic
def set_extra_field(
    of: Minor | ObjectLayer,
    key: str,
    *,
    by: Actor,
    now: datetime,
    name: str,
    kind: str = ExtraKind.TEXT,
    choices: Sequence[str] = (),
    name_en: str = "",
    is_active: bool = True,
) -> ExtraField:
    """Add an extra attribute, or change its name and choices. What it holds (its kind) never changes."""
    demand(by, "grid.edit")
    owner: dict[str, Any] = {"minor": of} if isinstance(of, Minor) else {"layer": of}
    found = ExtraField.objects.filter(key=key, **owner).first()
    _check(key, name, kind, choices, found)
    row = found or ExtraField(key=key, kind=kind, position=ExtraField.objects.filter(**owner).count() * 10, **owner)
    row.name, row.name_en, row.choices, row.is_active = name.strip(), name_en.strip(), list(choices), is_active
    row.save()
    values = {"kind": kind, "name": row.name, "active": is_active, "choices": row.choices}
    note("extra_field_set", f"{of.code} {key}", by=by, now=now, **values)
    return row


def _check(key: str, name: str, kind: str, choices: Sequence[str], found: ExtraField | None) -> None:
    wrong: dict[str, str] = {}
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", key):
        wrong["key"] = _("键以小写字母开头，只含小写字母、数字和下划线，最多 30 个")
    if not name.strip() or len(name) > 60:
        wrong["name"] = _("名称为 1 至 60 个字")
    if kind not in ExtraKind.values or (found and found.kind != kind):
        wrong["kind"] = _("类型一经设定不能改变；请另设一个属性")
    if (kind == ExtraKind.CHOICE) != bool(choices) or any(len(one) > 60 for one in choices):
        wrong["choices"] = _("选项类属性须列出选项，其他类型没有选项")
    if wrong:
        raise Refused("invalid", "；".join(wrong.values()), {"fields": wrong})
