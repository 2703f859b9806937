"""When each clock of a calendar runs: office hours, office days, calendar days. Pure.

Office hours count real time. A day clock counts the same for every day, however long that day is: the ticks of a
day are spread over its pieces. `docs/decisions/0010-what-a-work-day-is.md` says why.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from cityloop.limits.calendar import MINUTES_OF_DAY, Calendar, Windows
from cityloop.limits.track import Piece, Track

HOUR: Final = 3_600_000_000
OFFICE_DAY: Final = 8 * HOUR
CIVIL_DAY: Final = 24 * HOUR
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NOON: Final = 12 * 60


def as_us(moment: datetime) -> int:
    """Microseconds since the Unix epoch. Raises `TypeError` for a moment without a zone."""
    return (moment - EPOCH) // _MICROSECOND


def as_moment(us: int) -> datetime:
    """The moment, in UTC."""
    return EPOCH + timedelta(microseconds=us)


def office_hours(calendar: Calendar) -> Track:
    """The clock of 工作时: it counts the time that offices are open."""
    return _track(calendar, _hour_pieces)


def office_days(calendar: Calendar) -> Track:
    """The clock of 工作日: it counts eight hours for each office day, half of them before noon."""
    return _track(calendar, _office_day_pieces)


def civil_days(calendar: Calendar) -> Track:
    """The clock of 自然日: it counts 24 hours for each calendar day of the city's zone."""
    return _track(calendar, _civil_day_pieces)


def _track(calendar: Calendar, pieces_on: Callable[[Calendar, date], list[Piece]]) -> Track:
    def pieces_of(year: int) -> list[Piece]:
        day, pieces = date(year, 1, 1), []
        while day.year == year:
            pieces += pieces_on(calendar, day)
            day += timedelta(days=1)
        return pieces

    return Track(pieces_of, lambda year: _wall_us(calendar, date(year, 1, 1), 0))


def _hour_pieces(calendar: Calendar, day: date) -> list[Piece]:
    return [Piece(begin, end, end - begin) for begin, end in _open_times(calendar, day, calendar.windows_on(day))]


def _office_day_pieces(calendar: Calendar, day: date) -> list[Piece]:
    """Morning and afternoon are half a day each, however long; a day with only one of them has it for the whole."""
    windows = calendar.windows_on(day)
    morning = _open_times(calendar, day, tuple(window for window in windows if window.begin < _NOON))
    afternoon = _open_times(calendar, day, tuple(window for window in windows if window.begin >= _NOON))
    if morning and afternoon:
        return _share(morning, OFFICE_DAY // 2) + _share(afternoon, OFFICE_DAY // 2)
    return _share(morning + afternoon, OFFICE_DAY)


def _share(times: list[tuple[int, int]], ticks: int) -> list[Piece]:
    """The ticks spread evenly over the open times."""
    total = sum(end - begin for begin, end in times)
    pieces, passed, given = [], 0, 0
    for begin, end in times:
        passed += end - begin
        until = ticks * passed // total
        pieces.append(Piece(begin, end, until - given))
        given = until
    return pieces


def _open_times(calendar: Calendar, day: date, windows: Windows) -> list[tuple[int, int]]:
    """The windows as moments. Where the zone's clock is put forward, windows shrink; they never overlap."""
    times: list[tuple[int, int]] = []
    for window in windows:
        begin, end = _wall_us(calendar, day, window.begin), _wall_us(calendar, day, window.end)
        if times:
            begin = max(begin, times[-1][1])
        if begin < end:
            times.append((begin, end))
    return times


def _civil_day_pieces(calendar: Calendar, day: date) -> list[Piece]:
    """A day follows the wall clock; on a day when that is changed, the hours until the change stretch or shrink."""
    begin, end = _wall_us(calendar, day, 0), _wall_us(calendar, day, MINUTES_OF_DAY)
    if begin == end:  # the zone leapt over this date
        return []
    change = CIVIL_DAY - (end - begin)
    knee = _last_change(calendar, begin, end) + max(-change, 0) if change else begin
    if not begin < knee < end:
        return [Piece(begin, end, CIVIL_DAY)]
    return [Piece(begin, knee, knee - begin + change), Piece(knee, end, end - knee)]


def _last_change(calendar: Calendar, begin: int, end: int) -> int:
    """The moment in a day at which the zone's offset becomes that of the day's end."""
    offset = as_moment(end).astimezone(calendar.tzinfo).utcoffset()
    while end - begin > 1:
        middle = (begin + end) // 2
        if as_moment(middle).astimezone(calendar.tzinfo).utcoffset() == offset:
            end = middle
        else:
            begin = middle
    return end


def _wall_us(calendar: Calendar, day: date, minute: int) -> int:
    """The moment at which the city's clock shows that minute of the day; of two such moments the first."""
    midnight = datetime.combine(day, time.min, tzinfo=calendar.tzinfo)
    # Wall-clock arithmetic within one zone: the offset is looked up for the resulting wall time.
    return as_us(midnight + timedelta(minutes=minute))
