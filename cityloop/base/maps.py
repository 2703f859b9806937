"""Layers of the map. Apps add theirs by name in `AppConfig.ready`; grid serves them, org says who may see what.

A layer is asked for tile by tile. What it draws depends on nothing but the tile, the filter, the stamp of its data and
the scope of whoever asks: these are the key under which a drawn tile is kept, so that nobody is given another's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.base.addresses import find_address
from cityloop.base.errors import Refused
from cityloop.base.words import speak

LEAST_ZOOM: Final = 8
MOST_ZOOM: Final = 18
# The panels in which layers are listed, in their order.
GROUPS: Final[dict[str, str | Promise]] = {
    "ground": _("底图"),
    "grids": _("网格"),
    "objects": _("部件与设施"),
    "cases": _("案件"),
}

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the usual pyramid (Web Mercator, y from the north)."""

    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw: a tile for somebody at a moment; `of` is the filter, sorted, empty for everything."""

    tile: Tile
    actor: Any
    now: datetime
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a legend: features whose `Part.property` has this value look so."""

    value: str | int
    label: Label
    colour: str
    shape: str = "circle"
    group: Label = ""


def _no_legend(actor: Any) -> tuple[Mark, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Part:
    """A source layer within the tiles of a layer, with what the legend says of it."""

    name: str
    label: Label
    geometry: str  # point, line, polygon or mixed
    min_zoom: int = LEAST_ZOOM
    max_zoom: int = MOST_ZOOM  # beyond it the browser enlarges
    property: str = ""
    legend: Callable[[Any], Iterable[Mark]] = _no_legend  # for an actor


@dataclass(frozen=True, slots=True)
class Found:
    """One object of a layer as a list shows it; `point` is where it stands."""

    id: int
    code: str
    title: str
    detail: str
    point: tuple[float, float]
    url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """How the objects of a layer are listed: the rows that somebody may see, and one of them in words.

    `rows` gives a queryset; `column` is its geometry; `order` a unique, lasting order.
    """

    rows: Callable[[Wanted], Any]
    tell: Callable[[Any], Found]
    column: str = "geom"
    order: tuple[str, ...] = ("code",)


def _for_everybody(actor: Any) -> str:
    return ""


@dataclass(frozen=True)
class Layer:
    """A layer: who may see it, from where to where it is drawn, and how.

    `scope` names what of the data somebody may see: two with the same answer see the same; "" where the permission
    alone decides. `stamp` changes whenever a tile may look otherwise. `of` says which filters are understood: prefixes
    of codes or names, checked by `may_filter`.
    """

    name: str
    label: Label
    group: str
    permission: str
    position: int
    parts: tuple[Part, ...]
    draw: Callable[[Wanted], bytes]
    stamp: Callable[[datetime], str]
    scope: Callable[[Any], str] = _for_everybody
    min_zoom: int = LEAST_ZOOM
    max_zoom: int = MOST_ZOOM
    shown: bool = False
    restricted: bool = False  # not for everybody: browsers keep its tiles for a while only
    follows: bool = False  # its data change all day: ask for the stamp again and again
    may_filter: Callable[[str], bool] | None = None
    list_page: tuple[str, ...] = ()  # URL name and arguments of the page that lists the same, for whoever has no map
    list_permission: str = ""  # of that page and of an object's own, where it is another than the layer's
    listing: Listing | None = None

    @property
    def list_url(self) -> str | None:
        """The address of the page that lists the same."""
        return find_address(*self.list_page) if self.list_page else None


_layers: dict[str, Layer] = {}


def register_layer(layer: Layer) -> None:
    """Add a layer. `ValueError` for a group that is not there or a name that is another's."""
    if layer.group not in GROUPS or _layers.setdefault(layer.name, layer) is not layer:
        raise ValueError(f"{layer.name}: unknown group, or registered already")


def list_layers(may_see: Callable[[str], bool]) -> list[Layer]:
    """The layers whose permission `may_see` grants, as panels show them."""
    places = list(GROUPS)
    found = [layer for layer in _layers.values() if may_see(layer.permission)]
    return sorted(found, key=lambda layer: (places.index(layer.group), layer.position))


def get_layer(name: str, may_see: Callable[[str], bool]) -> Layer:
    """The layer of that name; refused as `not_found` if there is none or it is not for this person."""
    layer = _layers.get(name)
    if layer is None or not may_see(layer.permission):
        raise Refused("not_found", speak("没有此图层"), {"layer": name[:40]})
    return layer
