"""The layers of base data, as the map knows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityloop.base.addresses import address_of
from cityloop.base.maps import Found, Layer, Listing, Mark, Part, Wanted, register_layer
from cityloop.base.time import city_date
from cityloop.codes import version as codes_version
from cityloop.codes.models import Kind
from cityloop.codes.selectors import default_edition, snapshot
from cityloop.grid.models import (
    PIPES_LAYER,
    Area,
    AreaClass,
    Cell,
    Component,
    ComponentState,
    DutyGrid,
    ExtraField,
    Level,
    MapObject,
    ObjectState,
    WorkGrid,
)
from cityloop.grid.selectors import grid_version
from cityloop.grid.tiles import drawing, objects
from cityloop.grid.tiles.components import (
    POINTS_FROM,
    SHAPES_FROM,
    draw_components,
    is_category,
    minors_of,
)
from cityloop.org.actor import Actor

# One colour a major category of components, in the order of codes; told apart by people who see few colours too.
COLOURS: Final = ("#0072b2", "#009e73", "#e69f00", "#cc79a7", "#d55e00", "#56b4e9", "#7a5195", "#6b7280")
CLASS_COLOURS: Final = {AreaClass.A: "#c2410c", AreaClass.B: "#ca8a04", AreaClass.C: "#4d7c0f"}
LINE: Final = "#475569"


def stamp(now: datetime) -> str:
    """Base data as of this write, this city day (rows begin and end by days), and these codes."""
    return f"{grid_version()[0]}-{city_date(now)}-{codes_version.current()}"


def component_marks(actor: Actor) -> Iterable[Mark]:
    """The minor categories of components in the colours of their majors."""
    for place, major in enumerate(row for row in default_edition().majors if row.kind == Kind.COMPONENT):
        for minor in major.minors:
            yield Mark(minor.code, minor.label, COLOURS[place % len(COLOURS)], group=f"{major.code} {major.label}")


def class_marks(actor: Actor) -> Iterable[Mark]:
    """The classes of cells."""
    return [Mark(one.value, one.label, CLASS_COLOURS[one], "fill") for one in AreaClass]


def level_marks(actor: Actor) -> Iterable[Mark]:
    """The levels of areas."""
    return [Mark(level.value, level.label, LINE, "line") for level in Level]


def lasting(rows: Any, now: datetime) -> Any:
    """The dated rows that hold today."""
    today = city_date(now)
    held = rows.filter(valid_from__lte=today)
    return held.filter(valid_to=None) | held.filter(valid_to__gte=today)


def middle_of(row: Any) -> tuple[float, float]:
    """Where a row stands on a list."""
    middle = row.geom.point_on_surface
    return round(middle.x, 6), round(middle.y, 6)


def object_marks(actor: Actor) -> Iterable[Mark]:
    """The layers of registered objects that this person may see."""
    for place, layer in enumerate(objects.own_layers(actor)):
        yield Mark(layer.code, layer.label, COLOURS[place % len(COLOURS)], "square")


def page_of(kind: str, code: str) -> str:
    """The address of a row's own page."""
    return address_of("grid:row", kind, code)


def components_listed(wanted: Wanted) -> QuerySet[Component]:
    """Components in use, of the wanted categories."""
    rows = Component.objects.filter(valid_to=None)
    minors = minors_of(wanted.of)
    return rows if minors is None else rows.filter(minor_id__in=minors)


def component_found(row: Component) -> Found:
    """A component on a list."""
    minor = snapshot().minors.get(row.minor_id)
    label = minor.label if minor else row.name
    state = str(ComponentState(row.state).label)
    return Found(row.pk, row.code, label, row.place, middle_of(row), page_of("component", row.code), state)


def area_found(row: Area) -> Found:
    """An area on a list."""
    return Found(row.pk, row.code, row.name, str(Level(row.level).label), middle_of(row), page_of("area", row.code))


def cell_found(row: Cell) -> Found:
    """A cell on a list."""
    label = str(AreaClass(row.area_class).label)
    return Found(row.pk, row.code, row.code, label, middle_of(row), page_of("cell", row.code))


def duty_grid_found(row: DutyGrid) -> Found:
    """A duty grid on a list."""
    return Found(row.pk, row.code, row.name, row.code, middle_of(row), page_of("duty_grid", row.code))


def work_grid_found(row: WorkGrid) -> Found:
    """A work grid on a list."""
    return Found(row.pk, row.code, row.name, row.unit.label, middle_of(row), page_of("work_grid", row.code))


def objects_listed(wanted: Wanted) -> QuerySet[MapObject]:
    """Registered objects that hold today, of the layers that this person may see."""
    rows = MapObject.objects.filter(layer__in=objects.layers_of(wanted)).select_related("layer")
    found: QuerySet[MapObject] = lasting(rows, wanted.now)
    return found


def pipes_listed(wanted: Wanted) -> QuerySet[MapObject]:
    """Underground pipes and cables that hold today."""
    found: QuerySet[MapObject] = lasting(
        MapObject.objects.filter(layer__code=PIPES_LAYER).select_related("layer"), wanted.now
    )
    return found


def pipe_marks(actor: Actor) -> Iterable[Mark]:
    """The kinds of pipes that the city tells apart: the choices of their extra field."""
    field = ExtraField.objects.filter(layer__code=PIPES_LAYER, key="pipe_kind").first()
    kinds = field.choices if field else []
    return [Mark(kind, kind, COLOURS[place % len(COLOURS)], "line") for place, kind in enumerate(kinds)]


def object_found(row: MapObject) -> Found:
    """A registered object on a list."""
    detail = f"{row.layer.label} {row.place}".strip()
    state = str(ObjectState(row.state).label)
    return Found(row.pk, row.code, row.name, detail, middle_of(row), page_of("object", row.code), state)


GROUND: Final = Layer(
    name="ground",
    label=_("底图"),
    group="ground",
    permission="grid.view",
    position=10,
    parts=(
        Part("areas", _("行政区域"), "polygon", property="level", legend=level_marks),
        Part("streets", _("道路"), "line", min_zoom=10, property="class"),
        Part("area_labels", _("区域名称"), "point"),
    ),
    draw=drawing.drawer(drawing.GROUND),
    stamp=stamp,
    max_zoom=16,
    shown=True,
    list_page=("grid:list", "area"),
    list_permission="grid.browse",
    listing=Listing(lambda wanted: lasting(Area.objects.all(), wanted.now), area_found),
)
CELLS: Final = Layer(
    name="cells",
    label=_("单元网格"),
    group="grids",
    permission="grid.view",
    position=10,
    parts=(Part("cells", _("单元网格"), "polygon", min_zoom=13, property="class", legend=class_marks),),
    draw=drawing.drawer(drawing.CELLS),
    stamp=stamp,
    min_zoom=13,
    max_zoom=16,
    list_page=("grid:list", "cell"),
    list_permission="grid.browse",
    listing=Listing(lambda wanted: lasting(Cell.objects.all(), wanted.now), cell_found),
)
DUTY_GRIDS: Final = Layer(
    name="duty_grids",
    label=_("责任网格"),
    group="grids",
    permission="grid.view",
    position=20,
    parts=(
        Part("duty_grids", _("责任网格"), "polygon", min_zoom=10),
        Part("duty_grid_labels", _("责任网格名称"), "point", min_zoom=13),
    ),
    draw=drawing.drawer(drawing.DUTY_GRIDS),
    stamp=stamp,
    min_zoom=10,
    max_zoom=16,
    list_page=("grid:list", "duty_grid"),
    list_permission="grid.browse",
    listing=Listing(lambda wanted: lasting(DutyGrid.objects.all(), wanted.now), duty_grid_found),
)
WORK_GRIDS: Final = Layer(
    name="work_grids",
    label=_("工作网格"),
    group="grids",
    permission="grid.view",
    position=30,
    parts=(
        Part("work_grids", _("工作网格"), "polygon", min_zoom=10, property="unit"),
        Part("work_grid_labels", _("工作网格名称"), "point", min_zoom=13),
    ),
    draw=drawing.drawer(drawing.WORK_GRIDS),
    stamp=stamp,
    min_zoom=10,
    max_zoom=16,
    list_page=("grid:list", "work_grid"),
    list_permission="grid.browse",
    listing=Listing(lambda wanted: lasting(WorkGrid.objects.select_related("unit"), wanted.now), work_grid_found),
)
COMPONENTS: Final = Layer(
    name="components",
    label=_("部件"),
    group="objects",
    permission="grid.view",
    position=10,
    parts=(
        Part("component_clusters", _("部件聚合"), "point"),
        Part("components", _("部件"), "point", min_zoom=POINTS_FROM, property="minor", legend=component_marks),
        Part("component_shapes", _("部件轮廓"), "mixed", min_zoom=SHAPES_FROM, property="minor"),
    ),
    draw=draw_components,
    stamp=stamp,
    may_filter=is_category,
    list_page=("grid:list", "component"),
    list_permission="grid.browse",
    listing=Listing(components_listed, component_found),
)
OBJECTS: Final = Layer(
    name="objects",
    label=_("摄像头与设施"),
    group="objects",
    permission="grid.view",
    position=20,
    parts=(
        Part("object_clusters", _("设施聚合"), "point"),
        Part("objects", _("设施"), "point", min_zoom=objects.POINTS_FROM, property="layer", legend=object_marks),
    ),
    draw=objects.draw_objects,
    stamp=stamp,
    scope=objects.scope,
    max_zoom=16,
    may_filter=objects.is_object_layer,
    list_page=("grid:list", "object"),
    list_permission="grid.browse",
    listing=Listing(objects_listed, object_found),
)

PIPES: Final = Layer(
    name="pipes",
    label=_("地下管线"),
    group="objects",
    permission="grid.pipes",
    position=30,
    parts=(Part("pipes", _("地下管线"), "line", min_zoom=14, property="kind", legend=pipe_marks),),
    draw=drawing.drawer(drawing.PIPES),
    stamp=stamp,
    min_zoom=14,
    restricted=True,
    list_page=("grid:list", "object"),
    list_permission="grid.browse",
    listing=Listing(pipes_listed, object_found),
)


def register_layers() -> None:
    """Make them known; called once by `GridConfig.ready`."""
    for layer in (GROUND, CELLS, DUTY_GRIDS, WORK_GRIDS, COMPONENTS, OBJECTS, PIPES):
        register_layer(layer)
