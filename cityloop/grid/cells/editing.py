"""Cells changed by hand: split by a line, merged with neighbours, a border drawn anew. Every edit can be tried first.

An edit is judged by the same checks as a generated set: whatever the community's cells had no fault in before must have
none after. Cells that change end; their successors get numbers that were never given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.base.words import mark, speak
from cityloop.grid.cells.engine import drawing
from cityloop.grid.cells.engine.checks import CellShape, Problem, check, square_metres
from cityloop.grid.cells.engine.numbering import NumbersExhausted, number_cells, row_of
from cityloop.grid.cells.engine.report import line_of
from cityloop.grid.cells.inputs import list_cells, numbers_used, outlines_of, to_geom, to_shape
from cityloop.grid.cells.replacing import NewCell, Occasion, Replaced, replace_cells
from cityloop.grid.models import Area, Cell
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

REASONS: Final = {
    "misses": mark("线没有把网格分成两部分，两端都要越过边界"),
    "crumb": mark("切出的部分不足一平方米"),
    "apart": mark("所选网格不相邻"),
    "hole": mark("合并后会包住别的网格"),
    "unlike": mark("新边界要把两个网格分开，并各留下一部分"),
}
Places = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit would do: cells that end, cells that begin, and what is worth a look."""

    ended: tuple[Cell, ...]
    made: tuple[NewCell, ...]
    notices: tuple[Problem, ...]


def plan_split(code: str, line: Places, *, now: datetime) -> Edit:
    """Split a cell by a line (degrees) that crosses its border twice."""
    (cell,) = _cells([code], now)
    parts = _drawn(lambda: drawing.split(to_shape(cell.geom), _line(line)))
    return _plan([cell], [(part, cell) for part in parts], now)


def plan_merge(codes: Sequence[str], *, now: datetime) -> Edit:
    """Make one cell of neighbours in one community; it has the class of the largest."""
    if len(set(codes)) < 2:
        raise _refused("codes", _("至少选择两个单元网格"))
    cells = _cells(codes, now)
    _refuse_crossing(cells)
    whole = _drawn(lambda: drawing.merge([to_shape(cell.geom) for cell in cells]))
    largest = max(cells, key=lambda cell: (cell.area_m2, cell.code))
    return _plan(cells, [(whole, largest)], now)


def plan_border(codes: Sequence[str], line: Places, *, now: datetime) -> Edit:
    """Draw the border between two cells of one community anew: the line (degrees) becomes the border."""
    if len(set(codes)) != 2:
        raise _refused("codes", _("请选择两个相邻的单元网格"))
    one, other = _cells(codes, now)
    _refuse_crossing([one, other])
    shapes = _drawn(lambda: drawing.redraw(to_shape(one.geom), to_shape(other.geom), _line(line)))
    return _plan([one, other], list(zip(shapes, (one, other), strict=True)), now)


def plan_edit(act: str, codes: Sequence[str], line: Places, *, now: datetime) -> Edit:
    """The edit that these words mean: `split`, `merge` or `border`."""
    if act == "merge":
        return plan_merge(codes, now=now)
    if act == "border":
        return plan_border(codes, line, now=now)
    if len(codes) != 1:
        raise _refused("codes", _("请选择一个单元网格"))
    return plan_split(codes[0], line, now=now)


@transaction.atomic
def apply_edit(edit: Edit, *, by: Actor, now: datetime, on: date, reason: str) -> Replaced:
    """Carry a planned edit out from that day."""
    demand(by, "grid.edit")
    if not reason.strip():
        raise _refused("reason", _("请填写修改原因"))
    return replace_cells(edit.ended, edit.made, Occasion(by, now, on, reason.strip()))


def shared_border(one: Cell, other: Cell) -> list[list[float]]:
    """The longest piece of border that two cells share, as a line to be dragged."""
    common = shapely.intersection(shapely.boundary(to_shape(one.geom)), shapely.boundary(to_shape(other.geom)))
    lines = shapely.get_parts(shapely.line_merge(common)) if common.geom_type != "LineString" else np.array([common])
    found = [line for line in lines if line.geom_type == "LineString" and line.length > 0]
    if not found:
        raise _refused("codes", speak(REASONS["apart"]))
    return [[float(x), float(y)] for x, y in shapely.get_coordinates(max(found, key=lambda line: line.length))]


def get_cells(codes: Sequence[str], *, on: date) -> list[Cell]:
    """The cells of these codes in force on that day, in this order; refused as `not_found`."""
    wanted = list(dict.fromkeys(codes))
    found = {cell.code: cell for cell in list_cells("", on=on).filter(code__in=wanted)}
    missing = [code for code in wanted if code not in found]
    if missing:
        raise Refused("not_found", _("没有此单元网格：%(code)s") % {"code": missing[0]})
    return [found[code] for code in wanted]


def _cells(codes: Sequence[str], now: datetime) -> list[Cell]:
    return get_cells(codes, on=city_date(now))


def _line(places: Places) -> Any:
    try:
        points = [(float(lon), float(lat)) for lon, lat in places]
    except (TypeError, ValueError):
        points = []
    if len(points) < 2 or not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points):
        raise _refused("line", _("线至少有两个点 [经度, 纬度]"))
    return shapely.LineString(points)


def _drawn(draw: Any) -> Any:
    try:
        return draw()
    except drawing.NotDrawable as no:
        raise _refused("line", speak(REASONS[no.reason])) from None


def _refuse_crossing(cells: Sequence[Cell]) -> None:
    if len({cell.community_id for cell in cells}) > 1:
        raise _refused("codes", _("单元网格不能跨社区"))


def _plan(ended: Sequence[Cell], drawn: Sequence[tuple[Any, Cell]], now: datetime) -> Edit:
    """Number the new shapes, and refuse what brings a fault that was not there."""
    community = ended[0].community_id
    used = numbers_used([community]).get(community, 0)
    middles = [shape.centroid for shape, _like in drawn]
    places = [(at.x * 95_000.0, at.y * 111_000.0) for at in middles]
    try:
        codes = number_cells(community, places, after=used, row=row_of(10_000.0))
    except NumbersExhausted:
        raise _refused("codes", _("此社区的网格编号已用完")) from None
    areas = square_metres(np.array([*(shape for shape, _like in drawn), None], dtype=object)[:-1])
    made = [
        NewCell(code, like.area_class, round(float(area)), to_geom(shape), like.invented)
        for code, (shape, like), area in zip(codes, drawn, areas, strict=True)
    ]
    problems = _judge(community, ended, made, now)
    faults = [problem for problem in problems if problem.is_fault]
    if faults:
        raise Refused("invalid", line_of(faults[0]), {"problems": [line_of(problem) for problem in faults[:10]]})
    return Edit(tuple(ended), tuple(made), tuple(problems))


def _judge(community: str, ended: Sequence[Cell], made: Sequence[NewCell], now: datetime) -> list[Problem]:
    """The problems of the community's cells after the edit that were not there before it."""
    on = city_date(now)
    outlines = [*outlines_of(Area.objects.filter(code=community))]
    before = [CellShape(cell.code, to_shape(cell.geom)) for cell in list_cells(community, on=on)]
    gone = {cell.code for cell in ended}
    after = [cell for cell in before if cell.code not in gone]
    after += [CellShape(cell.code, to_shape(cell.geom)) for cell in made]
    known = {_same(problem) for problem in check(before, outlines)}
    return [problem for problem in check(after, outlines) if problem.kind != "order" and _same(problem) not in known]


def _same(problem: Problem) -> tuple[Any, ...]:
    """What tells two problems apart whatever the cells are called: kind, place to a few metres, size."""
    code = problem.code if not problem.is_fault else ""
    return problem.kind, code, tuple(round(at, 4) for at in problem.place or ())


def _refused(field: str, message: str) -> Refused:
    return Refused("invalid", message, {"rule": field})
