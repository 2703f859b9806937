"""The calendars that the tests of the clock run on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cityloop.limits.clock import Calendar, Day, Pattern, weekly

SHANGHAI = ZoneInfo("Asia/Shanghai")
EIGHT_HOURS = weekly(["08:00-12:00", "14:00-18:00"])
SUMMER = weekly(["08:00-12:00", "15:00-18:00"])
EVERY_DAY = range(7)


def _closed(month: int, *days: int, name: str) -> list[Day]:
    return [Day(date(2026, month, day), name) for day in days]


def _made_up(month: int, day: int, name: str) -> list[Day]:
    return [Day(date(2026, month, day), name, like=0)]


# 2026 as the State Council announced it, from the Spring Festival on.
DAYS_2026 = (
    _made_up(2, 14, "春节")
    + _closed(2, *range(15, 24), name="春节")
    + _made_up(2, 28, "春节")
    + _made_up(9, 20, "国庆节")
    + _closed(9, 25, 26, 27, name="中秋节")
    + _closed(10, *range(1, 8), name="国庆节")
    + _made_up(10, 10, "国庆节")
)

ORDINARY = Calendar(
    zone="Asia/Shanghai",
    patterns=(Pattern(date(2020, 1, 1), EIGHT_HOURS),),
    days=tuple(DAYS_2026),
    known_until=date(2026, 12, 31),
)
# From 15 June (a Monday) to 31 August the afternoon begins at 15:00, and the day has seven hours.
SEASONS = Calendar(
    zone="Asia/Shanghai",
    patterns=(
        Pattern(date(2020, 1, 1), EIGHT_HOURS),
        Pattern(date(2026, 6, 15), SUMMER),
        Pattern(date(2026, 9, 1), EIGHT_HOURS),
    ),
    days=tuple(DAYS_2026),
    known_until=date(2026, 12, 31),
)
# A night shift, every night, over midnight.
NIGHTS = Calendar(
    zone="Asia/Shanghai",
    patterns=(Pattern(date(2020, 1, 1), weekly(["00:00-06:00", "18:00-24:00"], EVERY_DAY)),),
    known_until=date(2026, 12, 31),
)
# Open around the clock on weekdays: a day longer than the eight hours that a work day counts.
LONG = Calendar(
    zone="Asia/Shanghai",
    patterns=(Pattern(date(2020, 1, 1), weekly(["00:00-24:00"])),),
    known_until=date(2026, 12, 31),
)
# Zones that change their clocks: at 02:00, and at midnight.
BERLIN = Calendar(
    zone="Europe/Berlin",
    patterns=(Pattern(date(2020, 1, 1), weekly(["01:30-05:00", "08:00-12:00", "13:00-17:00"], EVERY_DAY)),),
    known_until=date(2030, 12, 31),
)
HAVANA = Calendar(
    zone="America/Havana",
    patterns=(Pattern(date(2020, 1, 1), weekly(["00:00-01:30", "08:00-16:00"], EVERY_DAY)),),
    known_until=date(2030, 12, 31),
)
ALL = {
    "ordinary": ORDINARY,
    "seasons": SEASONS,
    "nights": NIGHTS,
    "long": LONG,
    "berlin": BERLIN,
    "havana": HAVANA,
}


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment by the city's wall clock: `2026-10-09 17:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
