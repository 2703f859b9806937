"""Official holidays and make-up days of the mainland, from the library `chinese_calendar`. Pure.

The State Council announces a year in the November before it; the library ends with the last announced year it knows
and raises `NotImplementedError` beyond. What it does not know is left to the weekly pattern: provisional deadlines.
"""

from datetime import date, timedelta
from typing import Final

import chinese_calendar

from cityloop.limits.calendar import Day

FIRST_YEAR: Final = 2004
MONDAY: Final = 0
NAMES: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def is_announced(year: int) -> bool:
    """Whether the library knows that year."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def announced_until() -> date:
    """The last day of the last announced year."""
    year = FIRST_YEAR
    while is_announced(year + 1):
        year += 1
    return date(year, 12, 31)


def announced_days(first: date, last: date, *, like: int = MONDAY) -> tuple[Day, ...]:
    """Holidays and make-up days (working like that weekday) of the announced years between two dates, both included.

    Days that follow an ordinary week are left out.
    """
    day, found = max(first, date(FIRST_YEAR, 1, 1)), []
    end = min(last, announced_until())
    while day <= end:
        on_holiday, english = chinese_calendar.get_holiday_detail(day)
        name = NAMES.get(english, english) if english else ""
        if name and on_holiday:
            found.append(Day(day, name))
        elif chinese_calendar.is_workday(day) and day.weekday() >= 5:
            found.append(Day(day, name, like=like))
        day += timedelta(days=1)
    return tuple(found)
