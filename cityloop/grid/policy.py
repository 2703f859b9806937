"""Who may see and change base data."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cityloop.base.errors import Refused
from cityloop.grid.models import Component, MapObject, ObjectLayer, WorkGrid
from cityloop.grid.subjects import Kind
from cityloop.org.actor import Actor
from cityloop.org.models import Unit
from cityloop.org.permissions import demand, has_permission, register
from cityloop.org.posts import POST_KINDS

# Whoever works at a desk; on the street a phone asks for what is near.
BROWSERS: Final = (
    "operator",
    "shift_leader",
    "dispatcher",
    "commander",
    "leader",
    "evaluator",
    "unit",
    "system_admin",
)


def visible_rows(kind: Kind, *, by: Actor) -> "QuerySet[Any]":
    """The rows of a kind that this actor may see: a unit its own work grids, nobody a layer closed to him."""
    demand(by, "grid.browse")
    rows: QuerySet[Any] = kind.model.objects.all()
    if kind.model is WorkGrid and is_unit_alone(by):
        return rows.filter(unit__in=own_units(by))
    if kind.model is MapObject:
        return rows.filter(layer__in=visible_layers(by))
    return rows


def access_row(kind: Kind, code: str, *, by: Actor, lock: bool = False) -> Any:
    """The row of that code; refused as `not_found` if it is not there or not to be seen."""
    rows = visible_rows(kind, by=by)
    if lock:
        rows = rows.select_for_update(of=("self",))
    elif kind.units:
        rows = rows.select_related(*kind.units)
    if kind.model in (Component, MapObject) and not lock:
        rows = rows.select_related("cell", "minor" if kind.model is Component else "layer")
    row = rows.filter(code=code).first()
    if row is None:
        raise Refused("not_found", gettext("没有找到"), {"rule": kind.name})
    return row


def may_edit(kind: Kind, row: Any, *, by: Actor) -> bool:
    """Whether this actor may change the row."""
    if not has_permission(by, kind.edited_by):
        return False
    return not (isinstance(row, WorkGrid) and is_unit_alone(by)) or row.unit_id in own_units(by)


def demand_edit(kind: Kind, row: Any, *, by: Actor) -> None:
    """Refuse as `not_yours` whoever may not change the row."""
    demand(by, kind.edited_by)
    if not may_edit(kind, row, by=by):
        raise Refused("not_yours", gettext("不是本单位的工作网格"), {"rule": "own_unit"})


def demand_compose(unit: Unit, *, by: Actor) -> None:
    """Refuse as `not_yours` whoever may not compose work grids of that unit."""
    demand(by, "grid.compose")
    if is_unit_alone(by) and unit.pk not in own_units(by):
        raise Refused("not_yours", gettext("不是本单位的工作网格"), {"rule": "own_unit"})


def is_unit_alone(by: Actor) -> bool:
    """Whether the actor works for a unit and has no post above units."""
    return not by.is_system and by.kinds <= {"unit", "inspector"}


def own_units(by: Actor) -> frozenset[int]:
    """The units this actor works for, and those below them."""
    return frozenset(unit for post in by.posts_as("unit") for unit in (post.unit_id, *post.below) if unit)


def visible_layers(by: Actor) -> "QuerySet[ObjectLayer]":
    """The layers of registered objects that this actor may see."""
    layers = ObjectLayer.objects.all()
    closed = [layer.pk for layer in layers if not has_permission(by, layer.permission)]
    return layers.exclude(pk__in=closed)


# Name, label, what it lets one do, who holds it as shipped.
PERMISSIONS: Final = (
    ("grid.view", _("查看基础地图"), _("查看区域、网格、部件和道路"), POST_KINDS),
    ("grid.browse", _("浏览基础数据"), _("查询、统计和导出区域、网格、部件、道路和登记对象及其变更"), BROWSERS),
    ("grid.manage", _("维护基础数据"), _("载入和修改区域、网格、责任网格、部件和道路"), ("system_admin",)),
    ("grid.edit", _("修改基础数据"), _("逐个修改、新增和停用网格、部件、道路和登记对象"), ("system_admin",)),
    ("grid.compose", _("划分工作网格"), _("用单元网格组成工作网格；单位只能划分本单位的"), ("system_admin", "unit")),
    ("grid.import", _("导入基础数据"), _("上传基础数据文件，查看检查报告"), ("system_admin",)),
    ("grid.approve", _("批准基础数据"), _("批准或退回导入和在线更新的基础数据"), ("system_admin",)),
    ("grid.pipes", _("查看地下管线"), _("在地图和列表中查看地下管线，属限制使用的数据"), ("system_admin", "commander")),
    ("grid.own", _("部件确权"), _("确认或争议本单位的部件，补填权属"), ("unit", "system_admin")),
    (
        "grid.propose",
        _("提出部件更新"),
        _("提出新增、变更、移位、废弃部件和核对无误的申请，查看并撤回自己的申请"),
        ("inspector", "operator", "shift_leader", "unit", "system_admin"),
    ),
    ("grid.assign", _("安排责任网格"), _("安排责任网格的监督员和班次"), ("system_admin", "shift_leader")),
)


def register_permissions() -> None:
    """This app's named permissions; called once by `GridConfig.ready`."""
    for name, label, sentence, posts in PERMISSIONS:
        register(name, label, group=_("基础数据"), sentence=sentence, posts=posts)
