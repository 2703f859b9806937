"""The whole atlas in one call, for the page and the command."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from cityloop.grid.atlas.drawing import draw_atlas
from cityloop.grid.atlas.plates import box_of, read_plates, read_streets
from cityloop.grid.selectors import area_names, grid_version


def make_atlas(*, area: str = "", codes: Sequence[str] = (), on: date) -> bytes:
    """The duty grids below an area code, or those of these codes, as a PDF on A4.

    Refused as `not_found` where there is none, `too_large` where there are too many for one volume, `unavailable`
    without a Chinese font.
    """
    plates = read_plates(area=area, codes=codes, on=on)
    name = "".join(filter(None, area_names([area[:length] for length in (6, 9, 12) if len(area) >= length]).values()))
    title = _("%(area)s单元网格图集") % {"area": name}
    return draw_atlas(plates, read_streets(box_of(plates)), title=title, on=on, attribution=grid_version()[1])
