"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.base.importing import LABELS
from cityloop.grid.models import ExtraKind, Subject, UpdateKind
from cityloop.journal.words import register

ACTS = {
    "geography_loaded": _("载入基础数据"),
    "duty_grid_set": _("设置责任网格"),
    "holder_assigned": _("安排责任网格监督员"),
    "holder_released": _("结束责任网格班次"),
    "ownership_opened": _("发起部件确权"),
    "ownership_confirmed": _("确认部件权属"),
    "ownership_disputed": _("提出权属争议"),
    "ownership_withdrawn": _("撤回权属争议"),
    "ownership_decided": _("裁定权属争议"),
    "ownership_filled": _("补填权属"),
    "ownership_reminded": _("提醒部件确权"),
    "ownership_closed": _("结束部件确权"),
    "imagery_added": _("加入影像"),
    "imagery_shown": _("显示影像"),
    "imagery_hidden": _("隐藏影像"),
    "imagery_removed": _("删除影像"),
    "duty_imported": _("导入责任网格与班次"),
    "cells_drafted": _("生成单元网格草案"),
    "cells_published": _("发布单元网格"),
    "cells_edited": _("修改单元网格"),
    "draft_discarded": _("放弃网格草案"),
    "duty_drafted": _("生成责任网格草案"),
    "duty_published": _("发布责任网格"),
    "place_created": _("新增地名地址"),
    "place_changed": _("修改地名地址"),
    "place_retired": _("停用地名地址"),
    "places_imported": _("导入地名地址"),
    "name_added": _("增加别名"),
    "name_ended": _("停用别名"),
    "imported": _("导入基础数据"),
    "row_created": _("新增基础数据"),
    "row_changed": _("修改基础数据"),
    "row_moved": _("移动基础数据"),
    "row_retired": _("停用基础数据"),
    "row_confirmed": _("核对基础数据"),
    "update_proposed": _("提出部件更新"),
    "update_asked": _("请求核对部件"),
    "update_recalled": _("撤回部件更新"),
    "update_approved": _("批准部件更新"),
    "update_refused": _("退回部件更新"),
    "area_class_set": _("设定区域等级"),
    "area_classes_settled": _("区域等级按日生效"),
    "extra_field_set": _("设定扩展属性"),
}
KINDS = {**dict(Subject.choices), **dict(ExtraKind.choices), **dict(UpdateKind.choices)}
DATA = {
    "made": _("新建"),
    "name": _("名称"),
    "areas": _("区域"),
    "cells": _("单元网格"),
    "duty_grids": _("责任网格"),
    "streets": _("道路"),
    "components": _("部件"),
    "kind": _("类别"),
    "fields": _("字段"),
    "reason": _("原因"),
    "update": _("更新申请"),
    "case": _("案件"),
    "area_class": _("区域等级"),
    "active": _("启用"),
    "choices": _("选项"),
    "person": _("监督员"),
    "shift": _("班次"),
    "start": _("起始日期"),
    "last_day": _("最后一天"),
    "counts": _("行数"),
    "layer": _("图层"),
    "batch": _("批次"),
    "rows": _("行数"),
    "unit": _("单位"),
    "size": _("字节数"),
    "draft": _("草案"),
    "on": _("起用日期"),
    "ended": _("终止"),
    "kept": _("沿用"),
    "vacant": _("没有监督员"),
    "grids": _("责任网格和工作网格"),
    **LABELS,
}


def register_all() -> None:
    """Make the words known."""
    register("grid", _("基础数据"), ACTS, data=DATA, values={"kind": KINDS})
