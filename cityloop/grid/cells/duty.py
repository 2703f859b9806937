"""Duty grids proposed by load as a draft, moved cell by cell, published from a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import union_of
from cityloop.base.time import city_date
from cityloop.grid.cells.drafting import lines_for, open_draft
from cityloop.grid.cells.engine.balance import Weights, balance_of, pieces_of, propose
from cityloop.grid.cells.engine.borders import Graph, border_graph
from cityloop.grid.cells.inputs import in_force, list_cells, to_shape
from cityloop.grid.cells.loads import count_loads
from cityloop.grid.cells.replacing import check_day
from cityloop.grid.models import (
    Area,
    Cell,
    Draft,
    DraftDutyGrid,
    DraftKind,
    DraftMember,
    DraftState,
    DutyGrid,
    DutyHolder,
    Subject,
    Verb,
)
from cityloop.grid.recording import Happened, write_history
from cityloop.grid.version import note
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

LEVELS: Final = (12, 9, 6)  # digits of the area that no duty grid leaves: community, 街道, district
AT_ONCE: Final = 5000  # cells that a page divides while one waits


@dataclass(frozen=True, slots=True)
class Wish:
    """How duty grids are wanted: so many, or of that load; by which weights; none across areas of so many digits."""

    groups: int = 0
    target: float = 0.0
    within: int = 9
    days: int = 365
    weights: Weights = field(default_factory=Weights)


@transaction.atomic
def draft_duty(area_code: str, wish: Wish, *, by: Actor, now: datetime, most: int = AT_ONCE) -> Draft:
    """Keep proposed duty grids for an area as a draft."""
    demand(by, "grid.edit")
    _refuse_wish(wish)
    on = city_date(now)
    cells = list(list_cells(area_code, on=on))
    if not cells:
        raise Refused("invalid", _("此区域没有单元网格"), {"fields": {"area_code": area_code}})
    if most and len(cells) > most:
        message = _("%(count)d 个网格，一次最多 %(most)d 个；请选择较小的区域，或使用命令 cityloop cells duty")
        raise Refused("too_large", message % {"count": len(cells), "most": most})
    loads, graph = _measured(area_code, cells, wish, on)
    places = [(cell.geom.centroid.x * 95_000.0, cell.geom.centroid.y * 111_000.0) for cell in cells]
    areas = [cell.code[: wish.within] for cell in cells]
    groups = propose(graph, places, loads, areas, groups=wish.groups, target=wish.target)
    draft = Draft.objects.create(
        kind=DraftKind.DUTY_GRIDS, area_code=area_code, made_at=now, made_by=by.name, settings=asdict(wish)
    )
    _keep(draft, [[(cells[at], loads[at]) for at in group] for group in groups], wish)
    write_report(draft, graph_of(draft))
    note("duty_drafted", area_code, by=by, now=now, draft=draft.pk, duty_grids=len(groups), cells=len(cells))
    return draft


def _refuse_wish(wish: Wish) -> None:
    if wish.within not in LEVELS or not 0 < wish.days <= 3660:
        raise Refused("invalid", _("参数不在范围内"), {"fields": {"within": str(wish.within)}})
    if wish.groups <= 0 and wish.target <= 0:
        message = _("请填写责任网格个数或目标工作量")
        raise Refused("invalid", message, {"rule": "groups"})
    if min(asdict(wish.weights).values()) < 0 or not any(asdict(wish.weights).values()):
        message = _("权重不能为负，也不能全为零")
        raise Refused("invalid", message, {"rule": "weights"})


def _measured(area_code: str, cells: Sequence[Cell], wish: Wish, on: date) -> tuple[list[float], Graph]:
    """The load of each cell, and which are neighbours."""
    shapes = [to_shape(cell.geom) for cell in cells]
    _outlines, lines = lines_for(area_code, on=on)
    streets = [line.shape for line in lines]
    counted = count_loads([cell.code for cell in cells], shapes, streets, since=on - timedelta(days=wish.days))
    loads = [wish.weights.load(one.street_m, one.components, one.cases) for one in counted]
    return loads, border_graph(shapes, [cell.community_id for cell in cells], streets)


def _keep(draft: Draft, groups: Sequence[Sequence[tuple[Cell, float]]], wish: Wish) -> None:
    """The groups as rows: numbered north to south in each area, after the numbers that were ever given."""
    prefixes = [group[0][0].code[: min(wish.within, 9)] for group in groups]
    used = _numbers_used(set(prefixes))
    names = dict(Area.objects.filter(code__in=set(prefixes)).values_list("code", "name"))
    ordered = sorted(range(len(groups)), key=lambda at: (prefixes[at], -_north(groups[at])))
    for at in ordered:
        prefix = prefixes[at]
        used[prefix] += 1
        name = _("%(area)s第%(number)d责任网格")
        grid = DraftDutyGrid.objects.create(
            draft=draft,
            code=f"{prefix}-{used[prefix]:02d}",
            name=name % {"area": names.get(prefix, prefix), "number": used[prefix]},
        )
        DraftMember.objects.bulk_create(
            DraftMember(duty_grid=grid, cell=cell, load=round(load, 4)) for cell, load in groups[at]
        )


def _north(group: Sequence[tuple[Cell, float]]) -> float:
    return max(float(cell.geom.centroid.y) for cell, _load in group)


def _numbers_used(prefixes: set[str]) -> dict[str, int]:
    """The highest number after each prefix that a duty grid's code ever had."""
    used: dict[str, int] = defaultdict(int)
    for code in DutyGrid.objects.filter(code__contains="-").values_list("code", flat=True):
        prefix, _dash, number = code.rpartition("-")
        if prefix in prefixes and number.isdigit():
            used[prefix] = max(used[prefix], int(number))
    return used


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells of a draft in a row, their neighbours, and which duty grid has which."""

    cells: list[Cell]
    loads: list[float]
    graph: Graph
    grids: dict[str, set[int]]


def graph_of(draft: Draft) -> Shown:
    """The draft as the engine sees it."""
    members = (
        DraftMember.objects.filter(duty_grid__draft=draft).select_related("cell", "duty_grid").order_by("cell__code")
    )
    rows = list(members)
    grids: dict[str, set[int]] = defaultdict(set)
    for at, row in enumerate(rows):
        grids[row.duty_grid.code].add(at)
    cells = [row.cell for row in rows]
    graph = border_graph([to_shape(cell.geom) for cell in cells], [cell.community_id for cell in cells])
    return Shown(cells, [row.load for row in rows], graph, dict(sorted(grids.items())))


def write_report(draft: Draft, shown: Shown) -> None:
    """Put the balance of the draft into its report."""
    groups = list(shown.grids.values())
    balance = balance_of(shown.graph, shown.loads, groups)
    draft.report = {
        **{name: round(value, 3) for name, value in asdict(balance).items()},
        "ratio": round(balance.ratio, 3),
        "faults": sum(len(pieces_of(shown.graph, group)) > 1 for group in groups),
        "grids": {
            code: {
                "cells": len(group),
                "load": round(sum(shown.loads[at] for at in group), 2),
                "pieces": len(pieces_of(shown.graph, group)),
                "communities": len({shown.cells[at].community_id for at in group}),
            }
            for code, group in shown.grids.items()
        },
    }
    draft.save(update_fields=["report"])


@transaction.atomic
def move_cell(pk: int, cell_code: str, to: str, *, by: Actor, now: datetime) -> Draft:
    """Give a cell of the draft to a neighbouring duty grid. Neither may fall apart or end up empty."""
    demand(by, "grid.edit")
    draft = open_draft(pk, DraftKind.DUTY_GRIDS)
    shown = graph_of(draft)
    at = next((at for at, cell in enumerate(shown.cells) if cell.code == cell_code), None)
    if at is None or to not in shown.grids:
        raise Refused("not_found", _("草案中没有此单元网格或责任网格"))
    home = next(code for code, group in shown.grids.items() if at in group)
    if to == home:
        return draft
    rest, joined = shown.grids[home] - {at}, shown.grids[to] | {at}
    if not rest:
        raise Refused("invalid", _("责任网格至少有一个单元网格"), {"fields": {"cell": cell_code}})
    for group, was in ((rest, shown.grids[home]), (joined, shown.grids[to])):
        if len(pieces_of(shown.graph, group)) > len(pieces_of(shown.graph, was)):
            raise Refused("invalid", _("移动后责任网格不再相连"), {"fields": {"cell": cell_code}})
    target = DraftDutyGrid.objects.get(draft=draft, code=to)
    DraftMember.objects.filter(duty_grid__draft=draft, cell=shown.cells[at]).update(duty_grid=target)
    shown.grids[home], shown.grids[to] = rest, joined
    write_report(draft, shown)
    return draft


@dataclass(frozen=True, slots=True)
class PublishedDuty:
    """What publishing did."""

    kept: int
    ended: int
    made: int
    vacant: int  # new ones without an inspector


@transaction.atomic
def publish_duty(pk: int, *, by: Actor, now: datetime, on: date, reason: str = "") -> PublishedDuty:
    """Put a draft of duty grids in force from that day.

    A duty grid whose cells are the same stays. Every other one of these cells ends the day before; its inspectors go on
    in the new one that has most of its load.
    """
    demand(by, "grid.edit")
    check_day(on, now=now)
    draft = open_draft(pk, DraftKind.DUTY_GRIDS)
    rows = {grid: list(grid.members.select_related("cell")) for grid in draft.duty_grids.all()}
    _refuse_stale(draft, rows, on)
    old = {
        grid: frozenset(grid.cells.values_list("id", flat=True))
        for grid in DutyGrid.objects.filter(
            in_force(on), valid_to=None, cells__in=[row.cell_id for own in rows.values() for row in own]
        ).distinct()
    }
    new = {grid: frozenset(row.cell_id for row in own) for grid, own in rows.items()}
    same = set(old.values()) & set(new.values())
    ended = [grid for grid, cells in old.items() if cells not in same]
    made = {
        grid: _begin(grid, [row.cell for row in rows[grid]], on) for grid, cells in new.items() if cells not in same
    }
    vacant = _hand_over(ended, {made[grid]: rows[grid] for grid in made}, old, on)
    _write(ended, list(made.values()), old, by=by, now=now, on=on, reason=reason, batch=f"draft-{draft.pk}")
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.PUBLISHED, published_on=on)
    done = PublishedDuty(len(same), len(ended), len(made), vacant)
    note("duty_published", draft.area_code, by=by, now=now, on=str(on), **asdict(done))
    return done


def _refuse_stale(draft: Draft, rows: dict[DraftDutyGrid, list[DraftMember]], on: date) -> None:
    cells = [row.cell for own in rows.values() for row in own]
    late = [cell for cell in cells if not cell.is_in_force(on) or cell.valid_to is not None]
    taken = DutyGrid.objects.filter(code__in=[grid.code for grid in rows]).exists()
    if late or taken or len(cells) != list_cells(draft.area_code, on=on).count():
        raise Refused("stale", _("草案生成后单元网格或责任网格已有变化，请重新生成"))
    if draft.report.get("faults"):
        raise Refused("invalid", _("有责任网格不相连，不能发布"), {"faults": draft.report["faults"]})


def _begin(proposed: DraftDutyGrid, cells: Sequence[Cell], on: date) -> DutyGrid:
    codes = [cell.community_id for cell in cells]
    area = next((codes[0][:size] for size in (12, 9, 6, 4) if len({code[:size] for code in codes}) == 1), "")
    made = DutyGrid.objects.create(
        code=proposed.code,
        name=proposed.name,
        area_code=area,
        geom=union_of(cell.geom for cell in cells),
        valid_from=on,
        invented=all(cell.invented for cell in cells),
    )
    made.cells.set(cells)
    return made


def _hand_over(
    ended: Sequence[DutyGrid],
    made: dict[DutyGrid, list[DraftMember]],
    old: dict[DutyGrid, frozenset[int]],
    on: date,
) -> int:
    """Let inspectors go on where most of their load went, one old duty grid to one new; how many new have nobody."""
    last = on - timedelta(days=1)
    common = [
        (sum(row.load for row in rows if row.cell_id in old[before]), before, after)
        for before in ended
        for after, rows in made.items()
    ]
    heirs: dict[DutyGrid, DutyGrid] = {}
    for load, before, after in sorted(common, key=lambda one: (-one[0], one[1].code, one[2].code)):
        if load > 0 and before not in heirs and after not in heirs.values():
            heirs[before] = after
    for before in ended:
        _move_holders(before, heirs.get(before), on)
        DutyGrid.objects.filter(pk=before.pk).update(valid_to=last)
    for before, after in heirs.items():
        DutyGrid.objects.filter(pk=after.pk).update(name=before.name)
    return sum(after not in heirs.values() for after in made)


def _move_holders(before: DutyGrid, after: DutyGrid | None, on: date) -> None:
    last = on - timedelta(days=1)
    holders = DutyHolder.objects.filter(duty_grid=before).exclude(valid_to__lt=on)
    lasting = list(holders.filter(valid_from__lt=on))
    if after is not None:
        DutyHolder.objects.bulk_create(
            DutyHolder(
                duty_grid=after,
                person_id=one.person_id,
                shift=one.shift,
                weekdays=one.weekdays,
                start_time=one.start_time,
                end_time=one.end_time,
                valid_from=on,
                valid_to=one.valid_to,
            )
            for one in lasting
        )
        holders.filter(valid_from__gte=on).update(duty_grid=after)
    holders.filter(valid_from__gte=on).update(valid_to=F("valid_from"))
    DutyHolder.objects.filter(pk__in=[one.pk for one in lasting]).update(valid_to=last)


def _write(
    ended: Sequence[DutyGrid], made: Sequence[DutyGrid], old: dict[DutyGrid, frozenset[int]], **occasion: Any
) -> None:
    codes = dict(Cell.objects.filter(pk__in={pk for cells in old.values() for pk in cells}).values_list("pk", "code"))
    rows = [
        Happened(Subject.DUTY_GRID, grid.code, Verb.RETIRED, {"cells": sorted(codes[pk] for pk in old[grid])}, {})
        for grid in ended
    ]
    rows += [
        Happened(
            Subject.DUTY_GRID,
            grid.code,
            Verb.CREATED,
            {},
            {"cells": sorted(grid.cells.values_list("code", flat=True))},
        )
        for grid in made
    ]
    write_history(rows, **occasion)
