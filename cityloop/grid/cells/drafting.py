"""Cells proposed by the generator as a draft: read the ground, make, match with what is in force, check, keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.cells.engine.checks import CellShape, Limits, check
from cityloop.grid.cells.engine.generator import Generated, MadeCell, Settings, generate
from cityloop.grid.cells.engine.linework import MAIN, Line, Outline, plane_of
from cityloop.grid.cells.engine.numbering import NumbersExhausted, number_cells, row_of
from cityloop.grid.cells.engine.report import Report, as_json, report_of
from cityloop.grid.cells.inputs import (
    lines_around,
    list_around,
    list_cells,
    list_communities,
    numbers_used,
    outlines_of,
    to_geom,
    to_shape,
)
from cityloop.grid.cells.replacing import NewCell, Occasion, Replaced, replace_cells
from cityloop.grid.models import AreaClass, Cell, Draft, DraftCell, DraftKind, DraftState
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

BATCH: Final = 1000
SAME: Final = 0.001  # of its area may a cell differ from one in force and still be the same
AT_ONCE: Final = 3000  # cells that a page makes while one waits; more is for the command


@dataclass(frozen=True, slots=True)
class Proposal:
    """Generated cells, the codes among them that are in force already, the class of each, and the report."""

    cells: tuple[MadeCell, ...]
    kept: frozenset[str]
    classes: Mapping[str, str]
    report: Report


def limits_of(settings: Settings) -> Limits:
    """What is small and large where cells of that size are wanted."""
    return Limits(small=settings.aim_m2 / 2, large=settings.aim_m2 * 2)


def propose_cells(area_code: str, settings: Settings, *, on: date, most: int = 0) -> Proposal:
    """Cells for all communities within an area, nothing kept. Refused as `too_large` beyond `most`, if given."""
    outlines = outlines_of(list_communities(area_code, on=on))
    if not outlines:
        raise Refused("invalid", _("此区域没有社区边界，请先导入"), {"fields": {"area_code": area_code}})
    _refuse_too_many(outlines, settings, most)
    present = list(list_cells(area_code, on=on))
    used = numbers_used([outline.code for outline in outlines])
    try:
        around = outlines_of(list_around(area_code, outlines, on=on))
        made = generate(outlines, lines_around(outlines, on=on), settings, around=around)
        cells, kept = _matched(made, present, used, settings)
    except NumbersExhausted as no:
        message = _("社区 %(code)s 的网格编号不够用（需要 %(wanted)d 个），请加大目标面积")
        raise Refused("invalid", message % {"code": no.community, "wanted": no.wanted}) from None
    report = report_on(cells, outlines, made, settings, is_new=not kept)
    return Proposal(cells, kept, _classes(cells, present), report)


def _refuse_too_many(outlines: Sequence[Outline], settings: Settings, most: int) -> None:
    middle = shapely.total_bounds([outline.shape for outline in outlines])
    scale = 111_320.0**2 * float(np.cos(np.radians((middle[1] + middle[3]) / 2)))
    count = round(sum(outline.shape.area for outline in outlines) * scale / settings.aim_m2)
    if most and count > most:
        message = _("约 %(count)d 个网格，一次最多 %(most)d 个；请选择较小的区域，或使用命令 cityloop cells generate")
        raise Refused("too_large", message % {"count": count, "most": most})


def report_on(
    cells: Sequence[MadeCell], outlines: Sequence[Outline], made: Generated, settings: Settings, *, is_new: bool
) -> Report:
    """What the checks say of generated cells; the order of numbers only matters where all of them are new."""
    limits = limits_of(settings)
    problems = check([CellShape(cell.code, cell.shape) for cell in cells], outlines, limits)
    problems = [problem for problem in problems if is_new or problem.kind != "order"]
    return report_of(
        {cell.code: cell.area_m2 for cell in cells},
        problems,
        limits,
        plane=_planes(made.planes.values()),
        overlap_m2=made.overlap_m2,
        gap_m2=made.gap_m2,
    )


def _planes(names: Iterable[str]) -> str:
    """The planes of several communities, from the first to the last."""
    found = sorted(set(names))
    return found[0] if len(found) == 1 else " … ".join(found[:1] + found[-1:])


def _matched(
    made: Generated, present: Sequence[Cell], used: Mapping[str, int], settings: Settings
) -> tuple[tuple[MadeCell, ...], frozenset[str]]:
    """Cells that are in force already keep their codes; the others get numbers that were never given."""
    same = _same(made.cells, present)
    kept = {old for new, old in same.items() if old[:12] == new[:12]}
    found: list[MadeCell] = []
    for community in made.planes:
        own = [cell for cell in made.cells if cell.community == community]
        found += [replace(cell, code=same[cell.code]) for cell in own if same[cell.code] in kept]
        fresh = [cell for cell in own if same[cell.code] not in kept]
        places = [_place(cell.shape) for cell in fresh]
        row = row_of(made.coarse.get(community, settings.aim_m2))
        numbers = number_cells(community, places, after=used.get(community, 0), row=row)
        found += [replace(cell, code=code) for cell, code in zip(fresh, numbers, strict=True)]
    return tuple(sorted(found, key=lambda cell: cell.code)), frozenset(kept)


def _same(made: Sequence[MadeCell], present: Sequence[Cell]) -> dict[str, str]:
    """The code in force of each made cell whose ground it is; a neighbour's cut may have put corners on its border."""
    old = np.empty(len(present), dtype=object)
    old[:] = [to_shape(cell.geom) for cell in present]
    new = np.empty(len(made), dtype=object)
    new[:] = [cell.shape for cell in made]
    one, other = shapely.STRtree(old).query(shapely.point_on_surface(new), predicate="within")
    apart = shapely.area(shapely.symmetric_difference(new[one], old[other]))
    near = apart < SAME * shapely.area(new[one])
    found = {cell.code: "" for cell in made}
    found |= {made[int(at)].code: present[int(was)].code for at, was in zip(one[near], other[near], strict=True)}
    return found


def _place(shape: Any) -> tuple[float, float]:
    """The middle in metres, near enough to put cells in order."""
    at = shape.centroid
    return at.x * 111_320.0 * float(np.cos(np.radians(at.y))), at.y * 111_320.0


def _classes(cells: Sequence[MadeCell], present: Sequence[Cell]) -> dict[str, str]:
    """The class of the cell that had most of the ground; on new ground B along a main street, else C."""
    old = np.empty(len(present), dtype=object)
    old[:] = [to_shape(cell.geom) for cell in present]
    tree = shapely.STRtree(old)
    found = {}
    for cell in cells:
        near = tree.query(cell.shape, predicate="intersects")
        common = shapely.area(shapely.intersection(old[near], cell.shape)) if len(near) else np.zeros(0)
        if len(common) and common.max() > 0:
            found[cell.code] = present[int(near[common.argmax()])].area_class
        else:
            found[cell.code] = AreaClass.B.value if cell.strength >= MAIN else AreaClass.C.value
    return found


@transaction.atomic
def draft_cells(
    area_code: str,
    settings: Settings,
    *,
    by: Actor,
    now: datetime,
    most: int = AT_ONCE,
    proposal: Proposal | None = None,
) -> Draft:
    """Keep a proposal for the area as a draft; it is made if it is not at hand."""
    demand(by, "grid.edit")
    proposal = proposal or propose_cells(area_code, settings, on=city_date(now), most=most)
    draft = Draft.objects.create(
        kind=DraftKind.CELLS,
        area_code=area_code,
        made_at=now,
        made_by=by.name,
        settings=asdict(settings),
        report=as_json(proposal.report),
    )
    rows = [
        DraftCell(
            draft=draft,
            code=cell.code,
            area_class=proposal.classes[cell.code],
            area_m2=round(cell.area_m2),
            kept=cell.code in proposal.kept,
            geom=to_geom(cell.shape),
        )
        for cell in proposal.cells
    ]
    DraftCell.objects.bulk_create(rows, BATCH)
    note("cells_drafted", area_code, by=by, now=now, draft=draft.pk, cells=len(rows))
    return draft


def open_draft(pk: int, kind: str) -> Draft:
    """The draft, locked; refused as `not_found` or, where it was decided already, as `stale`."""
    found = Draft.objects.select_for_update().filter(pk=pk, kind=kind).first()
    if found is None:
        raise Refused("not_found", _("没有此草案"))
    if found.state != DraftState.OPEN:
        raise Refused("stale", _("此草案已发布或已放弃"))
    return found


@transaction.atomic
def publish_cells(pk: int, *, by: Actor, now: datetime, on: date, reason: str = "") -> Replaced:
    """Put a draft of cells in force from that day: what is not kept ends the day before."""
    demand(by, "grid.edit")
    draft = open_draft(pk, DraftKind.CELLS)
    if draft.report.get("faults"):
        raise Refused("invalid", _("草案的检查报告中有错误，不能发布"), {"counts": draft.report["counts"]})
    rows = list(draft.cells.order_by("code"))
    kept = {row.code for row in rows if row.kept}
    present = list(list_cells(draft.area_code, on=city_date(now)))
    _refuse_stale(present, rows, kept)
    made = [NewCell(row.code, row.area_class, row.area_m2, row.geom) for row in rows if not row.kept]
    ended = [cell for cell in present if cell.code not in kept]
    occasion = Occasion(by, now, on, reason, f"draft-{draft.pk}")
    replaced = replace_cells(ended, made, occasion)
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.PUBLISHED, published_on=on)
    return replaced


def _refuse_stale(present: Sequence[Cell], rows: Sequence[DraftCell], kept: set[str]) -> None:
    """Refuse a draft that others have overtaken: kept cells gone, or new codes given meanwhile."""
    taken = Cell.objects.filter(code__in=[row.code for row in rows if not row.kept]).exists()
    if taken or kept - {cell.code for cell in present}:
        raise Refused("stale", _("草案生成后单元网格已有变化，请重新生成"))


@transaction.atomic
def discard_draft(pk: int, kind: str, *, by: Actor, now: datetime) -> Draft:
    """Put a draft aside; it stays to be read."""
    demand(by, "grid.edit")
    draft = open_draft(pk, kind)
    draft.state = DraftState.DISCARDED
    draft.save(update_fields=["state"])
    note("draft_discarded", draft.area_code, by=by, now=now, draft=draft.pk)
    return draft


def check_in_force(area_code: str, *, on: date, limits: Limits | None = None) -> Report:
    """The report on the cells that are in force in an area."""
    outlines = outlines_of(list_communities(area_code, on=on))
    cells = list(list_cells(area_code, on=on))
    wanted = limits or Limits()
    problems = check([CellShape(cell.code, to_shape(cell.geom)) for cell in cells], outlines, wanted)
    areas = {cell.code: float(cell.area_m2) for cell in cells}
    return report_of(areas, problems, wanted, plane=_planes(plane_of(outline.shape).name for outline in outlines))


def lines_for(area_code: str, *, on: date) -> tuple[list[Outline], list[Line]]:
    """Communities and lines of an area."""
    outlines = outlines_of(list_communities(area_code, on=on))
    return outlines, lines_around(outlines, on=on)
