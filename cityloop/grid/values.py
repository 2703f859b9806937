"""Values of fields, as forms, the API and files give them, read into what rows hold. A refusal names its field."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.codes.selectors import find_entry
from cityloop.grid.models import ExtraField, ExtraKind
from cityloop.org.models import Unit

SOURCES: Final = "base_data_sources"  # the dictionary of `Component.source`
MOST_PHOTOS: Final = 9
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
PLAIN_CODE: Final = re.compile(r"[\w.:-]+")
Fields = dict[str, str]


def read_values(row: Model, given: Mapping[str, Any], allowed: Iterable[str], *, on: date) -> dict[str, Any]:
    """What to set on the row. References come as codes, `extension` and `photos` as JSON has them; absent stays.

    Refused as `invalid` with a sentence for every field that is wrong.
    """
    names, wrong, found = set(allowed), Fields(), dict[str, Any]()
    for name, value in given.items():
        if name not in names:
            wrong[name] = _("此项不能修改")
            continue
        try:
            found[name] = _read(row, name, value, on)
        except _Wrong as fault:
            wrong[fault.field or name] = str(fault)
    if wrong:
        raise Refused("invalid", "；".join(dict.fromkeys(wrong.values())), {"fields": wrong})
    return found


def read_code(text: str, longest: int) -> str:
    """A code that somebody gives: one word, fit for an address; refused as `invalid`."""
    code = text.strip()
    if not code or len(code) > longest or not PLAIN_CODE.fullmatch(code):
        message = _("编码为 1 至 %(limit)s 个字母、数字或 - _ . :") % {"limit": longest}
        raise Refused("invalid", message, {"fields": {"code": message}})
    return code


class _Wrong(ValueError):
    """A value cannot stand; the text is for the reader."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def _read(row: Any, name: str, value: Any, on: date) -> Any:
    if name == "extension":
        return read_extension(fields_of(row), row.extension, value)
    if name == "photos":
        return _read_photos(value)
    field: Any = row._meta.get_field(name)
    if isinstance(field, ForeignKey):
        return _read_unit(getattr(row, name), value, on)
    if name == "source":
        return _read_source(row.source, value, on)
    return _read_text(field, value)


def _read_text(field: "Field[Any, Any]", value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(_("应为文字"))
    text = value.strip()
    if CONTROL.search(text):
        raise _Wrong(_("含有不可用的字符"))
    if not text and not field.blank:
        raise _Wrong(_("必填"))
    if field.choices and text and text not in {choice for choice, _label in field.flatchoices}:
        raise _Wrong(_("不在可选范围内"))
    if field.max_length and len(text) > field.max_length:
        raise _Wrong(_("不超过 %(limit)s 字") % {"limit": field.max_length})
    return text


def _read_unit(before: Unit | None, value: Any, on: date) -> Unit | None:
    """A unit by its code; a retired one may stay where it is but not be chosen."""
    if value in ("", None):
        return None
    unit = Unit.objects.filter(code=value).first() if isinstance(value, str) else None
    if unit is None:
        raise _Wrong(_("没有此单位：%(code)s") % {"code": str(value)[:40]})
    if unit != before and not unit.is_active_on(on):
        raise _Wrong(_("该单位已停用：%(name)s") % {"name": unit.label})
    return unit


def _read_source(before: str, value: Any, on: date) -> str:
    entry = find_entry(SOURCES, str(value))
    if value not in ("", before) and not (entry and entry.is_in_force(on)):
        raise _Wrong(_("不在可选范围内"))
    return str(value)


def _read_photos(value: Any) -> list[UUID]:
    try:
        found = list(dict.fromkeys(UUID(str(one)) for one in value))
    except (ValueError, TypeError):
        raise _Wrong(_("照片编号不对")) from None
    if len(found) > MOST_PHOTOS:
        raise _Wrong(_("最多 %(count)s 张照片") % {"count": MOST_PHOTOS})
    return found


def fields_of(row: Any) -> list[ExtraField]:
    """The active extra attributes of the row's category or layer, in order."""
    of = {"minor_id": row.minor_id} if hasattr(row, "minor_id") else {"layer_id": row.layer_id}
    return list(ExtraField.objects.filter(is_active=True, **of))


def read_extension(fields: Iterable[ExtraField], before: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """The extra attributes after the change: keys not given stay, an empty value goes."""
    if not isinstance(given, Mapping):
        raise _Wrong(_("应为键和值"))
    known, found = {field.key: field for field in fields}, dict(before)
    for key, value in given.items():
        if key not in known:
            raise _Wrong(_("没有此扩展属性：%(key)s") % {"key": str(key)[:30]})
        try:
            made = READERS[known[key].kind](known[key], value) if value not in ("", None) else None
        except (ValueError, InvalidOperation) as fault:
            raise _Wrong(f"{known[key].label}：{fault}", f"extension.{key}") from None
        found.pop(key, None)
        if made is not None:
            found[key] = made
    return found


def _extra_text(field: ExtraField, value: Any) -> str:
    text = str(value).strip()
    if len(text) > 200 or CONTROL.search(text):
        raise ValueError(_("不超过 %(limit)s 字") % {"limit": 200})
    return text


def _extra_number(field: ExtraField, value: Any) -> float | int:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(_("应为数字")) from None
    if isinstance(value, bool) or not number.is_finite() or abs(number) >= 10**12:
        raise ValueError(_("应为数字"))
    return int(number) if number == number.to_integral_value() else float(number)


def _extra_date(field: ExtraField, value: Any) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise ValueError(_("日期应写作 2026-03-02")) from None


def _extra_choice(field: ExtraField, value: Any) -> str:
    if value not in field.choices:
        raise ValueError(_("不在可选范围内"))
    return str(value)


def _extra_yes_no(field: ExtraField, value: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, bool | str) or value not in known:
        raise ValueError(_("应为是或否"))
    return known[value]


READERS: Final[Mapping[str, Any]] = {
    ExtraKind.TEXT: _extra_text,
    ExtraKind.NUMBER: _extra_number,
    ExtraKind.DATE: _extra_date,
    ExtraKind.CHOICE: _extra_choice,
    ExtraKind.YES_NO: _extra_yes_no,
}
