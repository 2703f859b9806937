"""Drafts and cells as pages show them: drawn, with the figures beside the drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from cityloop.grid.cells.duty import Shown, graph_of
from cityloop.grid.cells.engine.picture import Drawn, Frame, draw, frame_of
from cityloop.grid.cells.engine.report import SENTENCES
from cityloop.grid.cells.inputs import to_shape
from cityloop.grid.models import Cell, Draft, DraftCell, DraftDutyGrid

COLOURS: Final = 8  # of duty grids on a map; neighbours never share one
MOST_NUMBERED: Final = 60
MOST_DRAWN: Final = 4000  # more cells are a report without a map


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing of a page; empty where there would be too much to see."""

    frame: Frame | None
    drawn: tuple[Drawn, ...]

    @property
    def box(self) -> str:
        """The SVG's viewBox."""
        return f"0 0 1000 {self.frame.height:g}" if self.frame else "0 0 1000 1"

    @property
    def is_readable(self) -> bool:
        """Whether there is room for numbers."""
        return len(self.drawn) <= MOST_NUMBERED


EMPTY: Final = Picture(None, ())


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One proposed duty grid in the table."""

    code: str
    name: str
    cells: int
    load: float
    share: int  # percent of the mean
    pieces: int
    look: str


def picture_of_draft(draft: Draft) -> Picture:
    """The draft's cells: kept ones pale, those with a problem marked."""
    rows = list(draft.cells.all()[: MOST_DRAWN + 1])
    if not rows or len(rows) > MOST_DRAWN:
        return EMPTY
    looks: dict[str, str] = {row.code: "is-kept" for row in rows if row.kept}
    for problem in draft.report.get("problems", []):
        looks[problem["code"]] = looks[problem["other"]] = "is-marked"
    shapes = [to_shape(row.geom) for row in rows]
    frame = frame_of(shapes)
    return Picture(
        frame,
        tuple(
            draw(
                frame,
                row.code,
                shape,
                look=looks.get(row.code, ""),
                title=_title(row),
            )
            for row, shape in zip(rows, shapes, strict=True)
        ),
    )


def picture_of_cells(cells: Iterable[Cell], chosen: Iterable[str]) -> Picture:
    """Cells in force, the chosen ones marked."""
    rows, marked = list(cells), set(chosen)
    if not rows or len(rows) > MOST_DRAWN:
        return EMPTY
    shapes = [to_shape(row.geom) for row in rows]
    frame = frame_of([shape for row, shape in zip(rows, shapes, strict=True) if row.code in marked] or shapes)
    frame = frame_of([shape for shape in shapes if _near(frame, shape)]) if marked else frame
    return Picture(
        frame,
        tuple(
            draw(
                frame,
                row.code,
                shape,
                look="is-chosen" if row.code in marked else "",
                title=_title(row),
            )
            for row, shape in zip(rows, shapes, strict=True)
        ),
    )


def _near(frame: Frame, shape: Any) -> bool:
    x, y = frame.at(shape.centroid.x, shape.centroid.y)
    return -400 < x < 1400 and -400 < y < frame.height + 400


def _title(row: Cell | DraftCell) -> str:
    values = {"code": row.code, "area": row.area_m2, "area_class": row.area_class}
    return _("%(code)s，%(area)d 平方米，%(area_class)s 类") % values


def picture_of_duty(draft: Draft) -> tuple[Picture, list[DutyRow]]:
    """The draft's cells coloured by duty grid, and the table of loads."""
    shown = graph_of(draft)
    colours = _colours(shown)
    names = dict(DraftDutyGrid.objects.filter(draft=draft).values_list("code", "name"))
    mean = draft.report.get("mean") or 1
    rows = [
        DutyRow(
            code,
            names[code],
            one["cells"],
            one["load"],
            round(100 * one["load"] / mean),
            one["pieces"],
            f"is-group-{colours[code]}",
        )
        for code, one in draft.report.get("grids", {}).items()
        if code in names
    ]
    if len(shown.cells) > MOST_DRAWN or not shown.cells:
        return EMPTY, rows
    shapes = [to_shape(cell.geom) for cell in shown.cells]
    frame = frame_of(shapes)
    home = {at: code for code, group in shown.grids.items() for at in group}
    drawn = tuple(
        draw(frame, cell.code, shape, look=f"is-group-{colours[home[at]]}", title=f"{cell.code} {names[home[at]]}")
        for at, (cell, shape) in enumerate(zip(shown.cells, shapes, strict=True))
    )
    return Picture(frame, drawn), rows


def _colours(shown: Shown) -> dict[str, int]:
    """A colour for each duty grid that no neighbour has, as far as the colours reach."""
    home = {at: code for code, group in shown.grids.items() for at in group}
    found: dict[str, int] = {}
    for code, group in shown.grids.items():
        taken = {found.get(home[there]) for at in group for there in shown.graph[at] if home[there] != code}
        free = [colour for colour in range(COLOURS) if colour not in taken]
        found[code] = free[len(found) % len(free)] if free else len(found) % COLOURS
    return found


def problems_of(draft: Draft) -> list[dict[str, Any]]:
    """The draft's problems in words."""
    return [{**one, "words": _(SENTENCES[one["kind"]])} for one in draft.report.get("problems", [])]
