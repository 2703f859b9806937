"""The layers that can be imported: their fields, and which shapes they take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.grid.models import Accuracy, AreaClass, ComponentState, Level, ObjectLayer, ObjectState, StreetLevel

Kind = Literal["text", "choice", "date", "minor", "unit"]
Shape = Literal["any", "polygon", "multipolygon", "multiline"]
DAY: Final = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})|^(\d{4})(\d{2})(\d{2})$"
)  # the forms that surveys use


@dataclass(frozen=True)
class Target:
    """A field of ours. `choices` are value → label; `names` are usual headings of it in foreign files."""

    name: str
    label: str | Promise
    kind: Kind = "text"
    required: bool = False
    longest: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """Its column in the staging table."""
        return f"{self.name}_id" if self.kind in ("minor", "unit") else self.name

    @property
    def sql_type(self) -> str:
        """The type of that column."""
        return {"minor": "bigint", "unit": "bigint", "date": "date"}.get(self.kind, "text")


@dataclass(frozen=True)
class LayerSpec:
    """A layer of ours: its fields, its shape, and whether rows have `extension`."""

    name: str
    label: str | Promise
    targets: tuple[Target, ...]
    shape: Shape
    has_extension: bool = False

    def target(self, name: str) -> Target | None:
        """The field of that name."""
        return next((target for target in self.targets if target.name == name), None)


def _choices(choices: list[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), label) for value, label in choices)


CODE: Final = ("code", "objcode", "objid", "编码", "标识码", "bm")
NAME: Final = ("name", "名称", "objname", "mc", "部件名称")
MINOR_NAMES: Final = ("小类", "category", "类别", "type")
STATE: Final = ("objstate", "状态", "status")
ROAD_NAMES: Final = ("highway", "fclass", "道路等级")
NOTE: Final = Target("note", gettext_lazy("备注"), longest=200, names=("note", "remark", "备注", "notes", "comments"))
SINCE: Final = Target("since", gettext_lazy("起用日期"), "date", names=("since", "ordate", "初始日期", "startdate"))
PLACE: Final = Target(
    "place", gettext_lazy("所在位置"), longest=200, names=("place", "位置", "地址", "address", "location")
)
CELL: Final = Target(
    "cell", gettext_lazy("单元网格"), longest=30, names=("cell", "bgcode", "网格", "网格编码", "gridcode")
)

COMPONENTS: Final = LayerSpec(
    "components",
    gettext_lazy("部件"),
    (
        Target("minor", gettext_lazy("小类"), "minor", required=True, names=MINOR_NAMES),
        Target("code", gettext_lazy("标识码"), longest=16, names=CODE),
        Target("name", gettext_lazy("名称"), longest=60, names=NAME),
        PLACE,
        CELL,
        Target("manager", gettext_lazy("主管部门"), "unit", names=("deptname1", "主管部门", "manager")),
        Target("owner", gettext_lazy("权属单位"), "unit", names=("deptname2", "权属单位", "owner")),
        Target("maintainer", gettext_lazy("养护单位"), "unit", names=("deptname3", "养护单位", "maintainer")),
        Target("state", gettext_lazy("状态"), "choice", choices=_choices(ComponentState.choices), names=STATE),
        SINCE,
        Target("changed_on", gettext_lazy("变更日期"), "date", names=("chdate", "变更日期", "changed_on")),
        Target("source", gettext_lazy("数据来源"), longest=40, names=("datasource", "数据来源", "source")),
        Target("accuracy", gettext_lazy("定位精度"), "choice", choices=_choices(Accuracy.choices), names=("精度",)),
        NOTE,
    ),
    "any",
    has_extension=True,
)  # fmt: skip
CELLS: Final = LayerSpec(
    "cells",
    gettext_lazy("单元网格"),
    (
        Target("code", gettext_lazy("网格编码"), required=True, longest=15, names=("bgcode", *CODE)),
        Target("area_class", gettext_lazy("区域等级"), "choice", True, 0, _choices(AreaClass.choices), ("区域等级",)),
        SINCE,
        NOTE,
    ),
    "polygon",
)  # fmt: skip
AREAS: Final = LayerSpec(
    "areas",
    gettext_lazy("行政区域"),
    (
        Target("code", gettext_lazy("编码"), required=True, longest=12, names=CODE),
        Target("name", gettext_lazy("名称"), required=True, longest=60, names=NAME),
        SINCE,
    ),
    "multipolygon",
)
STREETS: Final = LayerSpec(
    "streets",
    gettext_lazy("道路"),
    (
        Target("code", gettext_lazy("编码"), longest=30, names=(*CODE, "osm_id")),
        Target("name", gettext_lazy("名称"), longest=60, names=NAME),
        Target("road_class", gettext_lazy("道路等级"), required=True, longest=20, names=ROAD_NAMES),
        Target("level", gettext_lazy("层面"), "choice", choices=_choices(StreetLevel.choices), names=("level",)),
        SINCE,
    ),
    "multiline",
)  # fmt: skip
BUILT_IN: Final = {spec.name: spec for spec in (COMPONENTS, CELLS, AREAS, STREETS)}
AREA_LEVELS: Final = {4: Level.CITY, 6: Level.DISTRICT, 9: Level.STREET, 12: Level.COMMUNITY}


def objects_spec(layer: ObjectLayer) -> LayerSpec:
    """A layer of registered objects."""
    return LayerSpec(layer.code, layer.label, OBJECT_TARGETS, "any", has_extension=True)


OBJECT_TARGETS: Final = (
    Target("code", gettext_lazy("编码"), longest=40, names=CODE),
    Target("name", gettext_lazy("名称"), required=True, longest=100, names=NAME),
    PLACE,
    CELL,
    Target("unit", gettext_lazy("管理单位"), "unit", names=("unit", "管理单位", "owner")),
    Target("state", gettext_lazy("状态"), "choice", choices=_choices(ObjectState.choices), names=("state", "状态")),
    SINCE,
    NOTE,
)


def list_specs() -> Mapping[str, LayerSpec]:
    """Every layer that can be imported, by name."""
    return {**BUILT_IN, **{layer.code: objects_spec(layer) for layer in ObjectLayer._default_manager.all()}}


def get_spec(name: str) -> LayerSpec:
    """The layer of that name; refused as `invalid`."""
    found = BUILT_IN.get(name) or list_specs().get(name)
    if found is None:
        raise Refused("invalid", _("没有此图层：%(name)s") % {"name": name}, {"fields": {"layer": name}})
    return found


@cache
def words_of(target: Target) -> Mapping[str, str]:
    """Values of a choice by themselves and by their labels, in small letters."""
    found = {value.lower(): value for value, _label in target.choices}
    return found | {str(label).lower(): value for value, label in target.choices}
