"""What the report's pages are asked for, read from their addresses."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_midnight, city_time, city_zone
from cityloop.evaluation.counting import CONDITIONS, Asked
from cityloop.evaluation.report import ALL, GROUPS, KINDS, Report
from cityloop.evaluation.selectors import latest_month
from cityloop.evaluation.terms import Terms


def read_terms(asked: Mapping[str, str], *, now: datetime) -> Terms:
    """The terms of `?month=2008-10` or `?from=…&to=…` (the last day included), `as_of` and the options.

    Without any: the month of the latest dispatch, as of its end or of now. Refused as `invalid`.
    """
    begin, end = _period(asked, now)
    text = asked.get("as_of", "").strip()
    as_of = _moment(text) if text else min(end, now)
    if begin >= end:
        raise _invalid("to", _("统计期的结束早于开始"))
    return Terms(begin, end, as_of).with_options(asked)


def _period(asked: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    if asked.get("from") or asked.get("to"):
        first, last = _day(asked, "from"), _day(asked, "to")
        return city_midnight(first), city_midnight(date.fromordinal(last.toordinal() + 1))
    month = asked.get("month", "").strip() or latest_month(now)
    match = re.fullmatch(r"(\d{4})-(\d{2})", month)
    if match is None or not 1 <= int(match[2]) <= 12 or not 1990 <= int(match[1]) <= 2200:
        raise _invalid("month", _("月份应写作 2008-10"))
    year, number = int(match[1]), int(match[2])
    following = date(year + number // 12, number % 12 + 1, 1)
    return city_midnight(date(year, number, 1)), city_midnight(following)


def _day(asked: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        raise _invalid(name, _("日期应写作 2008-10-01")) from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid("as_of", _("时间应写作 2008-11-01T00:00")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=city_zone())


def _invalid(field: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {field: message}})


def query_of(terms: Terms, publication: int | None = None) -> dict[str, str]:
    """The terms as the words of an address; `read_terms` reads them back."""
    if publication is not None:
        return {"publication": str(publication)}
    begin, last = city_time(terms.begin).date(), city_time(terms.end).date()
    period = {"from": begin.isoformat(), "to": date.fromordinal(last.toordinal() - 1).isoformat()}
    if begin.day == last.day == 1 and (last.year - begin.year) * 12 + last.month - begin.month == 1:
        period = {"month": f"{begin:%Y-%m}"}
    as_of = city_time(terms.as_of).replace(tzinfo=None).isoformat()
    return {**period, "as_of": as_of, **{name: value for name, value in terms.options.items()}}


def address_of(path: str, *words: Mapping[str, str]) -> str:
    """An address with these words."""
    return f"{path}?{urlencode({name: value for part in words for name, value in part.items()})}"


def read_asked(asked: Mapping[str, str], report: Report) -> Asked:
    """Which number of the report; refused as `not_found` for one that it does not have."""
    label, column = asked.get("label", ALL), asked.get("column", "received")
    kind, major = asked.get("kind", ""), asked.get("major", "")
    labels = {ALL, *GROUPS, *(row.label for row in report.rows)}
    known = label in labels and column in CONDITIONS and kind in ("", *KINDS)
    if not known or (major and not major.isdecimal()):
        raise Refused("not_found", _("月报中没有这个数字"), {"rule": "number"})
    return Asked(label, column, kind, int(major) if major else None)
