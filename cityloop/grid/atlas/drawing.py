"""The pages of the atlas, drawn. Pure but for the font: plates in, PDF out. Lengths are millimetres on A4 landscape."""

import math
import subprocess
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TextMode

from cityloop.base.errors import Refused
from cityloop.grid.atlas.plates import Box, Plate, Shape, StreetView, box_of

MAP: Final = (12.0, 22.0, 196.0, 166.0)  # left, top, width, height
SIDE: Final = 214.0
BOTTOM: Final = 196.0
ROUND_SCALES: Final = (500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 50000, 100000)
METRES_A_DEGREE: Final = 111_320.0
BARS: Final = (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10)  # metres
FONT: Final = "cjk"
Colour = tuple[int, int, int]
MAIN: Final = frozenset({"motorway", "trunk", "primary", "secondary"})
MAJORS: Final = {
    "01": (0, 91, 172),
    "02": (176, 74, 0),
    "03": (122, 59, 145),
    "04": (30, 120, 60),
    "05": (90, 90, 90),
}
CLASSES: Final = {"A": (253, 242, 214), "B": (233, 243, 232), "C": (236, 239, 245)}
INK, FAINT, LINE = (33, 37, 41), (108, 117, 125), (27, 94, 159)


class Font(NamedTuple):
    """A font file with Chinese letters, and which font of a collection."""

    path: str
    number: int


@lru_cache(maxsize=1)
def find_font() -> Font:
    """The machine's Chinese font; refused as `unavailable` where it has none."""
    try:
        words = ["fc-match", "-f", "%{file}|%{index}", "Noto Sans CJK SC:lang=zh-cn"]
        found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("|")
        chinese = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found, chinese = [], ""
    if not chinese.strip():
        words_ = _("服务器没有中文字体，无法输出图集：请安装 fonts-noto-cjk 和 fontconfig")
        raise Refused("unavailable", words_, {"rule": "chinese_font"})
    return Font(found[0], int(found[1]))


class Frame:
    """Where degrees fall on the sheet: the largest round scale at which a box fits into a rectangle."""

    def __init__(self, box: Box, rectangle: tuple[float, float, float, float] = MAP) -> None:
        left, top, wide, high = rectangle
        self.rectangle = rectangle
        self.middle = ((box.west + box.east) / 2, (box.south + box.north) / 2)
        self.metres = (METRES_A_DEGREE * math.cos(math.radians(self.middle[1])), METRES_A_DEGREE)
        across, up = (box.east - box.west) * self.metres[0], (box.north - box.south) * self.metres[1]
        needed = max(across / wide, up / high, 0.1) * 1000
        self.scale = next((scale for scale in ROUND_SCALES if scale >= needed), math.ceil(needed / 10000) * 10000)
        self.centre = (left + wide / 2, top + high / 2)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """The place on the sheet."""
        east, north = (lon - self.middle[0]) * self.metres[0], (lat - self.middle[1]) * self.metres[1]
        return self.centre[0] + east / self.scale * 1000, self.centre[1] - north / self.scale * 1000


class Atlas(FPDF):
    """A document with our font, colours and sheet."""

    def __init__(self, title: str, *, on: date, attribution: str) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        font = find_font()
        self.add_font(FONT, "", font.path, collection_font_number=font.number)
        self.set_auto_page_break(False)
        self.set_title(title)
        self.heading, self.on, self.attribution = title, on, attribution

    def words(self, left: float, top: float, text: str, *, size: float = 9, colour: Colour = INK) -> float:
        """One line of text with its upper edge there; how wide it is."""
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)
        self.text(left, top + size * 0.3, text)
        return float(self.get_string_width(text))

    def fitted(self, text: str, width: float, size: float) -> str:
        """The text, cut with … where it would be wider."""
        self.set_font(FONT, size=size)
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(text + "…") > width:
            text = text[:-1]
        return text + "…"

    def sheet(self, name: str, detail: str) -> None:
        """A new page with its head and foot."""
        self.add_page()
        self.words(12, 8, self.fitted(name, 150, 15), size=15)
        self.words(12, 15.5, self.fitted(detail, 190, 9), colour=FAINT)
        self.set_font(FONT, size=9)
        self.words(285 - self.get_string_width(self.heading), 9, self.heading, colour=FAINT)
        self.set_draw_color(*INK)
        self.set_line_width(0.3)
        self.rect(*MAP)
        foot = " · ".join(filter(None, [f"{self.on:%Y-%m-%d}", self.attribution]))
        self.words(12, BOTTOM, self.fitted(foot, 220, 7.5), size=7.5, colour=FAINT)
        page = _("第 %(page)s 页") % {"page": self.page_no()}
        self.set_font(FONT, size=7.5)
        self.words(285 - self.get_string_width(page), BOTTOM, page, size=7.5, colour=FAINT)

    def lines(self, frame: Frame, shape: Shape) -> None:
        """Open lines in the pen in hand."""
        for part in shape:
            self.polyline([frame.at(*place) for place in part])

    def areas(self, frame: Frame, shape: Shape, style: str) -> None:
        """Closed rings, outlined and filled as the style says."""
        for ring in shape:
            self.polygon([frame.at(*place) for place in ring], style=style)

    def scale_bar(self, frame: Frame) -> None:
        """A bar of a round length, the scale in figures, and north."""
        left, top, wide, high = frame.rectangle
        metres = next(
            step for step in (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20) if step / frame.scale * 1000 <= 45
        )
        length = metres / frame.scale * 1000
        base = top + high - 5
        with self.local_context(fill_opacity=0.85):
            self.set_fill_color(255, 255, 255)
            self.rect(left + 1.5, base - 7, length + 26, 10.5, style="F")
        self.set_draw_color(*INK)
        self.set_line_width(0.5)
        self.line(left + 4, base, left + 4 + length, base)
        for end in (left + 4, left + 4 + length):
            self.line(end, base - 1.2, end, base)
        self.words(left + 4, base - 5.5, _("%(metres)s 米") % {"metres": metres}, size=7.5)
        self.words(left + 6 + length, base - 2, f"1:{frame.scale:,}", size=7.5)
        self.set_fill_color(*INK)
        x, y = left + wide - 7, top + 5
        self.polygon([(x, y), (x - 2, y + 6), (x, y + 4.6), (x + 2, y + 6)], style="F")
        self.words(x - 1.1, y + 7, _("北"), size=7.5)


def draw_atlas(
    plates: Sequence[Plate], streets: Sequence[StreetView], *, title: str, on: date, attribution: str
) -> bytes:
    """The atlas as a PDF: the index with these streets, where there is more than one plate, then a page for each."""
    atlas = Atlas(title, on=on, attribution=attribution)
    if len(plates) > 1:
        _index(atlas, plates, streets)
    for plate in plates:
        _page(atlas, plate)
    return bytes(atlas.output())


def _index(atlas: Atlas, plates: Sequence[Plate], streets: Sequence[StreetView]) -> None:
    cells = sum(len(plate.cells) for plate in plates)
    said = {"grids": len(plates), "cells": cells}
    atlas.sheet(_("责任网格索引图"), _("责任网格 %(grids)s 个，单元网格 %(cells)s 个") % said)
    frame = Frame(box_of(plates))
    with atlas.rect_clip(*MAP):
        _draw_streets(atlas, frame, streets)
        atlas.set_draw_color(*LINE)
        atlas.set_line_width(0.4)
        for number, plate in enumerate(plates, start=1):
            atlas.areas(frame, plate.shape, "D")
            _halo(atlas, *frame.at(*plate.at), str(number), size=9, colour=LINE)
        atlas.scale_bar(frame)
    _index_list(atlas, plates)


def _index_list(atlas: Atlas, plates: Sequence[Plate]) -> None:
    """The duty grids by number: page n + 1 shows number n. One column, two where there are many."""
    rows, top, step = 40, 24.0, 4.1
    columns = 1 if len(plates) <= rows else 2
    width = 71 / columns
    for number, plate in enumerate(plates[: rows * columns], start=1):
        column, row = divmod(number - 1, rows)
        text = atlas.fitted(f"{number}  {plate.name}", width - 2, 8)
        atlas.words(SIDE + column * width, top + row * step, text, size=8)
    said = {"count": len(plates) - rows * columns}
    note = _("另有 %(count)s 个，见其后各页") % said if said["count"] > 0 else _("第 n 号见第 n+1 页")
    atlas.words(SIDE, top + rows * step, note, size=7.5, colour=FAINT)


def _page(atlas: Atlas, plate: Plate) -> None:
    atlas.sheet(plate.name, " · ".join(filter(None, [plate.code, plate.area])))
    frame = Frame(plate.box)
    with atlas.rect_clip(*MAP):
        _draw_cells(atlas, frame, plate)
        _draw_beside(atlas, frame, plate)
        _draw_streets(atlas, frame, plate.streets)
        _draw_components(atlas, frame, plate)
        atlas.set_draw_color(*LINE)
        atlas.set_line_width(0.8)
        atlas.areas(frame, plate.shape, "D")
        for cell in plate.cells:
            _halo(atlas, *frame.at(*cell.at), cell.code[-3:], size=8.5, colour=INK)
        atlas.scale_bar(frame)
        _legend(atlas, frame, plate)
    _side(atlas, plate)


def _draw_cells(atlas: Atlas, frame: Frame, plate: Plate) -> None:
    atlas.set_line_width(0.25)
    atlas.set_draw_color(130, 145, 160)
    for cell in plate.cells:
        atlas.set_fill_color(*CLASSES.get(cell.area_class, (245, 245, 245)))
        atlas.areas(frame, cell.shape, "DF")


def _draw_beside(atlas: Atlas, frame: Frame, plate: Plate) -> None:
    atlas.set_draw_color(160, 178, 200)
    atlas.set_line_width(0.4)
    for _name, shape in plate.beside:
        atlas.areas(frame, shape, "D")


def _draw_streets(atlas: Atlas, frame: Frame, streets: Sequence[StreetView]) -> None:
    for street in streets:
        atlas.set_draw_color(*((214, 168, 74) if street.road_class in MAIN else (176, 184, 192)))
        atlas.set_line_width(0.7 if street.road_class in MAIN else 0.35)
        atlas.lines(frame, street.parts)
    named: set[str] = set()
    for street in streets:
        if street.name and street.name not in named and _name_street(atlas, frame, street):
            named.add(street.name)


def _name_street(atlas: Atlas, frame: Frame, street: StreetView) -> bool:
    """The name along the street's longest straight piece, if that is long enough."""
    pieces = [
        (math.dist(frame.at(*one), frame.at(*two)), frame.at(*one), frame.at(*two))
        for part in street.parts
        for one, two in pairwise(part)
    ]
    if not pieces:
        return False
    length, one, two = max(pieces)
    atlas.set_font(FONT, size=7.5)
    width = atlas.get_string_width(street.name)
    if length < width + 2:
        return False
    if one[0] > two[0]:
        one, two = two, one
    middle = ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
    angle = math.degrees(math.atan2(one[1] - two[1], two[0] - one[0]))
    with atlas.rotation(angle, *middle):
        _halo(atlas, *middle, street.name, size=7.5, colour=(90, 70, 20))
    return True


def _draw_components(atlas: Atlas, frame: Frame, plate: Plate) -> None:
    for major, lon, lat in plate.points:
        atlas.set_fill_color(*MAJORS.get(major, FAINT))
        x, y = frame.at(lon, lat)
        atlas.circle(x, y, 0.45, style="F")


def _legend(atlas: Atlas, frame: Frame, plate: Plate) -> None:
    """What the colours mean: only those that the plate shows."""
    classes = [name for name in CLASSES if any(cell.area_class == name for cell in plate.cells)]
    labels = {name: _("%(area_class)s 类区域") % {"area_class": name} for name in classes}
    count = len(labels) + len(plate.majors)
    left, top, wide, high = frame.rectangle
    x, y = left + wide - 34, top + high - 3 - count * 4.2
    with atlas.local_context(fill_opacity=0.85):
        atlas.set_fill_color(255, 255, 255)
        atlas.rect(x - 2, y - 1.5, 34.5, count * 4.2 + 2.5, style="F")
    for name, label in labels.items():
        atlas.set_fill_color(*CLASSES[name])
        atlas.set_draw_color(*FAINT)
        atlas.set_line_width(0.15)
        atlas.rect(x, y + 0.4, 3, 2.4, style="DF")
        atlas.words(x + 4.5, y, label, size=7.5)
        y += 4.2
    for code, label in sorted(plate.majors.items()):
        atlas.set_fill_color(*MAJORS.get(code, FAINT))
        atlas.circle(x + 1.5, y + 1.6, 0.8, style="F")
        atlas.words(x + 4.5, y, atlas.fitted(label, 26, 7.5), size=7.5)
        y += 4.2


def _halo(atlas: Atlas, x: float, y: float, text: str, *, size: float, colour: Colour) -> None:
    """Text around a point, readable on whatever lies below."""
    atlas.set_font(FONT, size=size)
    left, base = x - atlas.get_string_width(text) / 2, y + size * 0.12
    with atlas.local_context(text_mode=TextMode.STROKE, line_width=0.7, draw_color=(255, 255, 255)):
        atlas.text(left, base, text)
    atlas.set_text_color(*colour)
    atlas.text(left, base, text)


def _side(atlas: Atlas, plate: Plate) -> None:
    """Beside the map: who patrols here, the cells, the components."""
    top = _block(atlas, 22.0, _("监督员"), plate.holders[:8] or [_("未指定")])
    hectares = sum(cell.area_m2 for cell in plate.cells) / 10_000
    said = {"count": len(plate.cells), "hectares": f"{hectares:.1f}"}
    title = _("单元网格 %(count)s 个，共 %(hectares)s 公顷") % said
    rows = [
        _("%(code)s　%(area)s ㎡　%(area_class)s 类　部件 %(count)s")
        % {"code": cell.code[-6:], "area": f"{cell.area_m2:,}", "area_class": cell.area_class, "count": cell.components}
        for cell in plate.cells
    ]
    room = int((BOTTOM - 62 - top) / 4.1)
    top = _block(atlas, top + 3, title, _cut(rows, max(room, 4)))
    kinds = [f"{name}　{count}" for name, count in plate.kinds.items()]
    total = _("部件 %(count)s 个") % {"count": sum(plate.kinds.values())}
    _block(atlas, top + 3, total, _cut(kinds, max(int((BOTTOM - 12 - top) / 4.1), 2)))


def _cut(rows: list[str], room: int) -> list[str]:
    if len(rows) <= room:
        return rows
    return [*rows[: room - 1], _("另有 %(count)s 项") % {"count": len(rows) - room + 1}]


def _block(atlas: Atlas, top: float, title: str, rows: Sequence[str]) -> float:
    """A title with its lines; where the next one may begin."""
    atlas.words(SIDE, top, atlas.fitted(title, 71, 9.5), size=9.5)
    top += 5
    for row in rows:
        atlas.words(SIDE, top, atlas.fitted(row, 71, 8), size=8)
        top += 4.1
    return top
