"""How current the register is: the yearly update rate (年更新率) by category and district."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from cityloop.base.sheets import Column, Sheet, write_book
from cityloop.base.time import city_date
from cityloop.codes.models import Minor
from cityloop.grid.selectors import area_names, grid_version

COUNTS: Final = """
SELECT minor_id, left(code, 6) AS district, count(*) AS registered,
    count(*) FILTER (WHERE greatest(valid_from, changed_on, confirmed_on) > %(since)s) AS updated
FROM grid_component
WHERE valid_from <= %(today)s AND (valid_to IS NULL OR valid_to >= %(today)s)
GROUP BY minor_id, district"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Components in use of a category in a district, and how many of them are known to be as registered."""

    minor_id: int
    code: str
    name: str
    district: str
    district_name: str
    registered: int
    updated: int

    @property
    def percent(self) -> float:
        """Two decimals; there is no rate of nothing."""
        return percent_of(self.updated, self.registered)


def percent_of(updated: int, registered: int) -> float:
    """A share in per cent with two decimals, never rounded up to the whole."""
    return int(10_000 * updated / registered) / 100 if registered else 0.0


def a_year_before(day: date) -> date:
    """The same day a year ago; what happened after it counts."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def list_rates(now: datetime, *, area: str = "") -> list[Rate]:
    """Rates by category and district; `area` is the beginning of a district's code. By code of the category."""
    found = [row for row in _counts(grid_version()[0], city_date(now)) if row[1].startswith(area[:6])]
    minors = {row.pk: row for row in Minor.objects.filter(pk__in={minor for minor, *_rest in found})}
    names = area_names(district for _minor, district, *_rest in found)
    rates = [
        Rate(minor, minors[minor].code, minors[minor].label, district, names.get(district, district), *counts)
        for minor, district, *counts in found
    ]
    return sorted(rates, key=lambda rate: (rate.code, rate.district))


@lru_cache(maxsize=4)
def _counts(stamp: str, today: date) -> tuple[tuple[int, str, int, int], ...]:
    """The counts of the whole city; `stamp` and the day are the key under which a process remembers them."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"today": today, "since": a_year_before(today)})
        return tuple(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Total:
    """A line of sums: of a category, a district, or all."""

    key: str
    label: str
    registered: int
    updated: int

    @property
    def percent(self) -> float:
        """As `Rate.percent`."""
        return percent_of(self.updated, self.registered)


def totals(rates: Iterable[Rate], by: str) -> list[Total]:
    """Sums by `code` (category) or `district`, in the order of keys."""
    found: dict[str, Total] = {}
    for rate in rates:
        key = getattr(rate, by)
        label = rate.name if by == "code" else rate.district_name
        old = found.get(key, Total(key, label, 0, 0))
        found[key] = Total(key, label, old.registered + rate.registered, old.updated + rate.updated)
    return [found[key] for key in sorted(found)]


def definition() -> str:
    """What the rate is, for page and workbook."""
    return _("年更新率＝近 12 个月内登记、变更、移位或核对无误的在用部件数 ÷ 在用部件总数；停用的部件不计。")


def rate_book(rates: Iterable[Rate], today: date) -> bytes:
    """The rates as a workbook: a line for every category and district."""
    names = (_("小类编码"), _("小类"), _("区编码"), _("区"), _("登记数"), _("更新数"), _("年更新率（%）"))
    sheet = Sheet(_("年更新率"), tuple(Column(name) for name in names))
    lines = [
        (one.code, one.name, one.district, one.district_name, one.registered, one.updated, one.percent) for one in rates
    ]
    notes = ((_("年更新率"), definition()), (_("统计日期"), today.isoformat()))
    return write_book((sheet,), {sheet.title: lines}, notes)
