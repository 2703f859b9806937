"""Time as the city reads it. Stored moments are UTC; these turn them into the city's days and words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def city_zone() -> ZoneInfo:
    """The city's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def city_time(moment: datetime) -> datetime:
    """The same moment on the city's clock."""
    return moment.astimezone(city_zone())


def city_date(moment: datetime) -> date:
    """The city's day at that moment."""
    return city_time(moment).date()


def city_midnight(day: date) -> datetime:
    """The moment at which that day begins in the city."""
    return datetime.combine(day, time.min, tzinfo=city_zone())


def microseconds(span: timedelta) -> int:
    """A span as whole microseconds, the unit of stored durations."""
    return span // timedelta(microseconds=1)
