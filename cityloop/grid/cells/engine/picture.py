"""Cells as a drawing that needs no map engine: SVG paths in a frame, north up, equal scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians
from typing import Any, Final

import shapely

from cityloop.base.words import speak
from cityloop.grid.cells.engine.report import Report, Spread, as_lines, line_of

WIDE: Final = 1000.0  # units of the drawing; its height follows from the ground


@dataclass(frozen=True, slots=True)
class Frame:
    """Where degrees lie in the drawing."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    height: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """A place in the drawing."""
        return round((lon - self.west) * self.scale_x, 1), round((self.north - lat) * self.scale_y, 1)

    def path(self, shape: Any) -> str:
        """A polygon's or line's path."""
        rings = shapely.get_parts(shapely.boundary(shape)) if shapely.get_dimensions(shape) == 2 else [shape]
        parts = []
        for ring in rings:
            points = [self.at(x, y) for x, y in shapely.get_coordinates(ring)]
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points))
        return "".join(parts)


def frame_of(shapes: Sequence[Any]) -> Frame:
    """The frame that holds all these shapes (degrees)."""
    west, south, east, north = (float(value) for value in shapely.total_bounds(list(shapes)))
    shrink = cos(radians((south + north) / 2))
    margin = 0.01 * max(east - west, 1e-6)
    scale = WIDE / (east - west + 2 * margin)
    height = (north - south + 2 * margin) * scale / shrink
    return Frame(west - margin, north + margin, scale, scale / shrink, round(height, 1))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One shape: its path, what is written where, its class, and what it says of itself."""

    code: str
    path: str
    at: tuple[float, float]
    look: str
    title: str

    @property
    def number(self) -> str:
        """The last three digits: what tells cells of a community apart."""
        return self.code[-3:]


def draw(frame: Frame, code: str, shape: Any, *, look: str = "", title: str = "") -> Drawn:
    """A cell in the frame."""
    inside = shape.representative_point()
    return Drawn(code, frame.path(shape), frame.at(inside.x, inside.y), look, title or code)


STYLE: Final = """body{font:14px/1.5 sans-serif;margin:1.5rem;color:#1b2733}table{border-collapse:collapse}
td,th{padding:.15rem .6rem;text-align:right;border-bottom:1px solid #d5dbe0}
td:first-child,th:first-child{text-align:left}
svg{max-width:100%;border:1px solid #d5dbe0;background:#f6f7f5}path{fill:#fff;stroke:#55606b;stroke-width:.8}
path.fault{fill:#f6b8b0}path.notice{fill:#f9dfa0}"""


def as_page(title: str, report: Report, cells: Sequence[tuple[str, Any]]) -> str:
    """The report as a page of HTML that stands alone: figures, map, communities, problems."""
    looks: dict[str, str] = {}
    for problem in sorted(report.problems, key=lambda problem: problem.is_fault):
        for code in (problem.code, problem.other):
            looks[code] = "fault" if problem.is_fault else "notice"
    frame = frame_of([shape for _code, shape in cells]) if cells else Frame(0, 0, 1, 1, 1)
    paths = "".join(
        f'<path class="{looks.get(code, "")}" d="{frame.path(shape)}"><title>{escape(code)}</title></path>'
        for code, shape in cells
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in as_lines(report, most=0))
    problems = "".join(f"<li>{escape(line_of(problem))}</li>" for problem in report.problems)
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
        f"<h1>{escape(title)}</h1>{lines}"
        f'<svg viewBox="0 0 {WIDE:g} {frame.height:g}" role="img" aria-label="{escape(title)}">{paths}</svg>'
        f"<table><tr>{_heads()}</tr>{''.join(_row(code, one) for code, one in report.communities.items())}</table>"
        f"<ul>{problems}</ul></html>"
    )


def _heads() -> str:
    heads = (speak("社区"), speak("个数"), speak("最小"), speak("中位"), speak("最大"), speak("在范围内"))
    return "".join(f"<th>{escape(head)}</th>" for head in heads)


def _row(code: str, spread: Spread) -> str:
    values = (code, spread.count, spread.least, spread.median, spread.most, f"{spread.fitting:.0%}")
    return "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in values) + "</tr>"
