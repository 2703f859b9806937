"""The layers of cases, as the map knows them."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from cityloop.base.addresses import address_of
from cityloop.base.geometry import as_lonlat
from cityloop.base.maps import Found, Layer, Listing, Mark, Part, Wanted, register_layer
from cityloop.base.time import city_date
from cityloop.base.words import label_of
from cityloop.cases.models import Case
from cityloop.cases.shown.present import minor_of, state_of
from cityloop.cases.tiles.drawing import POINTS_FROM, draw_cases, is_phase, open_cases
from cityloop.cases.tiles.heat import draw_heat, find_breaks, heat_marks, is_heat_phase
from cityloop.cases.tiles.scope import feed_position, scope_of
from cityloop.codes import version as codes_version
from cityloop.grid.selectors import grid_version
from cityloop.limits import version as limits_version
from cityloop.limits.lamp import Lamp
from cityloop.limits.words import lamp_words

REMEMBERED_SECONDS: Final = 5.0  # how old the known position of the feed may be
UNSETTLED_SECONDS: Final = 10  # for how long a tile stands while events are still being written
LAMP_COLOURS: Final = {
    Lamp.IN_TIME: "#15803d",
    Lamp.SOON: "#d97706",
    Lamp.LATE: "#dc2626",
    Lamp.PAUSED: "#2563eb",
    Lamp.NONE: "#64748b",
}
PHASES: Final = {
    "received": (_("待立案"), "#7c3aed"),
    "filed": (_("待派遣"), "#0891b2"),
    "coordinating": (_("协调中"), "#be185d"),
    "handling": (_("处置中"), "#2563eb"),
    "suspended": (_("暂停"), "#64748b"),
    "feedback": (_("已反馈"), "#0d9488"),
    "checking": (_("核查中"), "#65a30d"),
}


class _Position:
    """The feed's position, looked up once in a while: a burst of tiles asks the database once."""

    def __init__(self) -> None:
        self._known: tuple[tuple[Any, ...], float] | None = None

    def forget(self) -> None:
        """Look again at the next use."""
        self._known = None

    def current(self) -> tuple[Any, ...]:
        """At most `REMEMBERED_SECONDS` old."""
        known, clock = self._known, time.monotonic()
        if known is None or clock - known[1] >= REMEMBERED_SECONDS:
            known = self._known = (feed_position(), clock)
        return known[0]


POSITION: Final = _Position()


def stamp(now: datetime) -> str:
    """Cases as of this position of the feed, with the codes and limits by which they are shown.

    While a long transaction holds the feed back, what others have written meanwhile shows every few seconds.
    """
    xid, event_id, unsettled, *counted = POSITION.current()
    moment = int(now.timestamp()) // UNSETTLED_SECONDS if unsettled else ""
    shown = (city_date(now), codes_version.current(), limits_version.current())
    return f"{xid}.{event_id}.{moment}-{counted}-{shown}"


def lamp_marks(actor: object) -> Iterable[Mark]:
    """The lamps of cases in their colours and shapes."""
    return [Mark(lamp.value, lamp_words(lamp), colour, lamp.shape) for lamp, colour in LAMP_COLOURS.items()]


def phase_marks(actor: object) -> Iterable[Mark]:
    """The phases of open cases."""
    return [Mark(phase, label, colour) for phase, (label, colour) in PHASES.items()]


def case_found(row: Case) -> Found:
    """A case on a list."""
    minor, place = minor_of(row), as_lonlat(row.point)
    assert place is not None, row.number
    title = minor.label if minor else str(_("未分类"))
    url = address_of("cases:case", row.number)
    return Found(row.pk, row.number, title, row.address, (place.lon, place.lat), url, label_of(state_of(row).labels))


CASES: Final = Layer(
    name="cases",
    label=_("案件"),
    group="cases",
    permission="cases.view",
    position=10,
    parts=(
        Part("case_clusters", _("案件数"), "point", property="phase", legend=phase_marks),
        Part("cases", _("案件"), "point", min_zoom=POINTS_FROM, property="lamp", legend=lamp_marks),
    ),
    draw=draw_cases,
    stamp=stamp,
    scope=scope_of,
    shown=True,
    follows=True,
    may_filter=is_phase,
    list_page=("cases:search",),
    listing=Listing(open_cases, case_found, column="point", order=("number",)),
)


def key_of(wanted: Wanted) -> str:
    """All that numbers of cases depend on besides zoom and filter."""
    return f"{stamp(wanted.now)} {scope_of(wanted.actor)}"


HEAT: Final = Layer(
    name="case_heat",
    label=_("案件热力"),
    group="cases",
    permission="cases.view",
    position=20,
    parts=(Part("case_heat", _("案件热力"), "polygon", property="class", legend=heat_marks),),
    draw=lambda wanted: draw_heat(wanted, find_breaks(wanted, key_of(wanted))[0]),
    stamp=lambda now: f"{stamp(now)}-{grid_version()[0]}",
    scope=scope_of,
    max_zoom=16,
    follows=True,
    may_filter=is_heat_phase,
)


def register_layers() -> None:
    """Make them known; called once by `CasesConfig.ready`."""
    for layer in (CASES, HEAT):
        register_layer(layer)
