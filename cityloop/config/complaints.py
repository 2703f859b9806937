"""What the framework finds wrong with a field, as a sentence in the reader's language.

Its own messages are English and for programmers. Here its stable types of error have sentences of ours; a type that has
none gets the general one, so that nothing foreign reaches a person.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.base.words import listed

GENERAL: Final = _("填写的内容不符合要求")
NUMBER, WHOLE, TEXT, YES_NO = _("应为数字"), _("应为整数"), _("应为文字"), _("应为是或否（true / false）")
DAY, MOMENT, CLOCK = _("应为日期，如 2026-03-02"), _("应为时间，如 2026-03-02T10:00:00+08:00"), _("应为钟点，如 08:30")
LIST, TABLE, CODE = _("应为列表"), _("应为一组名称与值"), _("应为 UUID")
DIGITS: Final = _("数字的位数过多")
# By the type of the error; the names in brackets are what pydantic gives with it.
SENTENCES: Final[Mapping[str, str | Promise]] = {
    "missing": _("必填"),
    "extra_forbidden": _("没有此项"),
    "json_invalid": _("不是有效的 JSON"),
    "json_type": _("不是有效的 JSON"),
    "none_required": _("应为空"),
    "greater_than": _("应大于 %(gt)s"),
    "greater_than_equal": _("不应小于 %(ge)s"),
    "less_than": _("应小于 %(lt)s"),
    "less_than_equal": _("不应大于 %(le)s"),
    "multiple_of": _("应为 %(multiple_of)s 的倍数"),
    "finite_number": NUMBER,
    "too_short": _("至少 %(min_length)s 项"),
    "too_long": _("最多 %(max_length)s 项"),
    "string_too_short": _("至少 %(min_length)s 个字符"),
    "string_too_long": _("最多 %(max_length)s 个字符"),
    "string_pattern_mismatch": _("格式不正确"),
    "string_type": TEXT,
    "string_unicode": TEXT,
    "bytes_type": TEXT,
    "literal_error": _("应为以下之一：%(expected)s"),
    "enum": _("应为以下之一：%(expected)s"),
    "bool_type": YES_NO,
    "bool_parsing": YES_NO,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": DIGITS,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "decimal_max_digits": DIGITS,
    "decimal_max_places": DIGITS,
    "decimal_whole_digits": DIGITS,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
    "time_type": CLOCK,
    "time_parsing": CLOCK,
    "list_type": LIST,
    "tuple_type": LIST,
    "set_type": LIST,
    "dict_type": TABLE,
    "mapping_type": TABLE,
    "model_type": TABLE,
    "model_attributes_type": TABLE,
    "uuid_type": CODE,
    "uuid_parsing": CODE,
    "uuid_version": CODE,
}


def complaint(problem: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's errors (`type` and `ctx`)."""
    sentence = str(SENTENCES.get(str(problem.get("type", "")), GENERAL))
    try:
        return sentence % _params(problem.get("ctx") or {})
    except KeyError:  # another version of pydantic gives other words with it
        return str(GENERAL)


def _params(given: Mapping[str, Any]) -> dict[str, str]:
    params = {name: _plain(value) for name, value in given.items()}
    # Choices come as English: 'a', 'b' or 'c'.
    if "expected" in params:
        params["expected"] = listed(re.findall(r"'([^']*)'", params["expected"])) or params["expected"]
    return params


def _plain(value: Any) -> str:
    """180 for 180.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
