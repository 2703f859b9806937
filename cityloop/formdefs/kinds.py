"""The plain field kinds. Kinds that look something up are registered by the apps that own the tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cityloop.base.errors import Refused
from cityloop.base.geometry import read_lonlat
from cityloop.base.time import city_zone
from cityloop.base.words import mark, speak
from cityloop.formdefs.schema import Kind, register

Params = Mapping[str, Any]


def read_text(value: Any, params: Params) -> str:
    """Text, at most `max` characters (2000)."""
    limit = params.get("max", 2000)
    if not isinstance(value, str):
        raise ValueError(speak("应为文字"))
    if len(value) > limit:
        raise ValueError(speak("不超过 %(limit)s 字", limit=limit))
    return value


def read_choice(value: Any, params: Params) -> str:
    """One of the `choices`."""
    if value not in params["choices"]:
        raise ValueError(speak("不在可选范围内"))
    return str(value)


def read_yes(value: Any, params: Params) -> bool:
    """A tick."""
    if value in (True, "true", "on", "1", 1):
        return True
    if value in (False, "false", "off", "0", 0):
        return False
    raise ValueError(speak("应为是或否"))


def read_number(value: Any, params: Params) -> int:
    """A whole number within `min` and `max`."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ValueError(speak("应为整数")) from None
    if not params.get("min", number) <= number <= params.get("max", number):
        raise ValueError(speak("超出范围"))
    return number


def read_moment(value: Any, params: Params) -> str:
    """A moment as ISO 8601; without a zone it is city time. Kept as text, so that an event's data is JSON."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(speak("应为日期和时间")) from None
    if not 2000 <= moment.year <= 2100:
        raise ValueError(speak("超出范围"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=city_zone())
    return moment.isoformat()


def read_point(value: Any, params: Params) -> list[float]:
    """A place as `[lon, lat]`, or text `lon,lat` from a page."""
    if isinstance(value, str):
        value = value.split(",")
    try:
        return list(read_lonlat(value))
    except Refused as refusal:
        raise ValueError(refusal.message) from None


def read_uuids(value: Any, params: Params) -> list[str]:
    """Evidence ids: at least `min`, at most `max` (9)."""
    rows = value if isinstance(value, list) else str(value).split(",")
    try:
        ids = list(dict.fromkeys(str(UUID(str(row).strip())) for row in rows if str(row).strip()))
    except ValueError:
        raise ValueError(speak("附件编号有误")) from None
    if not params.get("min", 0) <= len(ids) <= params.get("max", 9):
        raise ValueError(
            speak("附件应为 %(least)s 至 %(most)s 个", least=params.get("min", 0), most=params.get("max", 9))
        )
    return ids


register(Kind("text", mark("文字"), read_text, lambda p: {"type": "string", "maxLength": p.get("max", 2000)}))
register(Kind("choice", mark("单选"), read_choice, lambda p: {"type": "string", "enum": list(p["choices"])}))
register(Kind("yes", mark("确认"), read_yes, lambda p: {"type": "boolean"}))
register(Kind("number", mark("整数"), read_number, lambda p: {"type": "integer"}))
register(Kind("moment", mark("时间"), read_moment, lambda p: {"type": "string", "format": "date-time"}))
register(
    Kind(
        "point",
        mark("位置"),
        read_point,
        lambda p: {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    )
)
register(
    Kind(
        "evidence",
        mark("附件"),
        read_uuids,
        lambda p: {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "minItems": p.get("min", 0),
            "maxItems": p.get("max", 9),
        },
    )
)
