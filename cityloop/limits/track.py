"""A clock that runs only at times, read in both directions by bisection. Pure.

A track is a row of pieces of time. In each piece the clock advances evenly by a whole number of ticks; between pieces
it stands. Readings are prefix sums, so a span of ten years costs two bisections. Pieces are made per year, when first
asked for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

YEARS_AHEAD: Final = 100


class Piece(NamedTuple):
    """From one moment to another (microseconds of the Unix epoch) the clock advances by `ticks`."""

    begin: int
    end: int
    ticks: int


@dataclass(frozen=True)
class _Table:
    """The pieces of some neighbouring years; `marks[i]` is the reading at the end of piece i, from 0 at the first."""

    first: int
    last: int
    covers_from: int
    covers_to: int
    begins: list[int]
    ends: list[int]
    marks: list[int]

    @property
    def years(self) -> int:
        return self.last - self.first + 1

    @property
    def total(self) -> int:
        return self.marks[-1] if self.marks else 0

    def reading(self, moment: int) -> int:
        """Ticks from the beginning of the table; a broken tick counts as begun."""
        i = bisect_right(self.begins, moment) - 1
        if i < 0:
            return 0
        begin, end, mark = self.begins[i], self.ends[i], self.marks[i]
        if moment >= end:
            return mark
        before = self.marks[i - 1] if i else 0
        return before - (begin - moment) * (mark - before) // (end - begin)

    def last_moment(self, reading: int) -> int:
        """The last running moment whose reading is not above `reading`, which must be in (0, total]."""
        i = bisect_left(self.marks, reading)
        begin, before = self.begins[i], self.marks[i - 1] if i else 0
        return begin + (reading - before) * (self.ends[i] - begin) // (self.marks[i] - before)


class Track:
    """A clock from a function that gives a year's pieces and one that gives the moment at which a year begins.

    Safe among threads: what is known is one immutable table, replaced by a longer one.
    """

    def __init__(self, pieces_of: Callable[[int], list[Piece]], begin_of: Callable[[int], int]) -> None:
        self._pieces_of = pieces_of
        self._begin_of = begin_of
        self._years: dict[int, list[Piece]] = {}
        self._table: _Table | None = None

    def spent(self, start: int, end: int, year: int) -> int:
        """Ticks between two moments, negative if they are in the other order. `year` is about the start's."""
        table = self._covering(start, year)
        while end >= table.covers_to:
            table = self._extend_later(table, year)
        while end < table.covers_from:
            table = self._extend_earlier(table, year)
        return table.reading(end) - table.reading(start)

    def moment(self, start: int, ticks: int, year: int) -> int:
        """The last running moment by which no more than `ticks` have passed since the start.

        A span that ends with a piece ends there, not at the next piece. No deadline lies before its start, so that no
        ticks from a standing clock is the start itself; negative ticks go back. Raises `ValueError` beyond 100 years.
        """
        table = self._covering(start, year)
        target = table.reading(start) + ticks
        while target > table.total:
            table = self._extend_later(table, year)
        while target <= 0 and ticks < 0:
            table = self._extend_earlier(table, year)
            target = table.reading(start) + ticks
        if ticks < 0:
            return table.last_moment(target)
        return max(table.last_moment(target), start) if target > 0 else start

    def _covering(self, moment: int, year: int) -> _Table:
        table = self._table or self._build(year, year)
        if not table.covers_from <= moment < table.covers_to:
            # A year more on either side: the start's year may be that of another zone.
            table = self._build(min(table.first, year - 1), max(table.last, year + 1))
        return table

    def _extend_later(self, table: _Table, year: int) -> _Table:
        """Twice as many years, so that a far end is reached in few steps."""
        if table.last >= year + YEARS_AHEAD:
            raise ValueError(f"working time is counted over {YEARS_AHEAD} years at most")
        return self._build(table.first, min(table.last + table.years, year + YEARS_AHEAD))

    def _extend_earlier(self, table: _Table, year: int) -> _Table:
        if table.first <= year - YEARS_AHEAD:
            raise ValueError(f"working time is counted over {YEARS_AHEAD} years at most")
        return self._build(max(table.first - table.years, year - YEARS_AHEAD), table.last)

    def _build(self, first: int, last: int) -> _Table:
        begins: list[int] = []
        ends: list[int] = []
        marks: list[int] = []
        total = 0
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = self._pieces_of(year)
            for piece in self._years[year]:
                total += piece.ticks
                begins.append(piece.begin)
                ends.append(piece.end)
                marks.append(total)
        table = _Table(first, last, self._begin_of(first), self._begin_of(last + 1), begins, ends, marks)
        self._table = table
        return table
