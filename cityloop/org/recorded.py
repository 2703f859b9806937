"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.base.importing import LABELS
from cityloop.journal.words import register
from cityloop.org.models import UnitLevel
from cityloop.org.posts import POST_KINDS

ACTS = {
    "unit_created": _("新建单位"),
    "unit_changed": _("修改单位"),
    "unit_moved": _("移动单位"),
    "unit_retired": _("停用单位"),
    "person_created": _("新建人员"),
    "person_changed": _("修改人员"),
    "person_deactivated": _("停用账号"),
    "person_reactivated": _("重新启用账号"),
    "handlers_changed": _("更改经办人"),
    "post_appointed": _("任命岗位"),
    "post_ended": _("结束岗位"),
    "password_reset": _("重置密码"),
    "password_changed": _("修改本人密码"),
    "sign_in": _("登录"),
    "sign_in_failed": _("登录失败"),
    "locked_out": _("连续登录失败，账号锁定"),
    "sign_out": _("退出登录"),
    "handler_chosen": _("选择经办人"),
    "token_issued": _("发放接口令牌"),
    "token_revoked": _("收回接口令牌"),
    "imported": _("导入机构"),
}
DATA = {
    "name": _("名称"),
    "short_name": _("简称"),
    "level": _("层级"),
    "parent": _("上级单位"),
    "after": _("上级单位"),
    "area_code": _("区域编码"),
    "position": _("序号"),
    "last_day": _("最后一天"),
    "unit_account": _("单位账号"),
    "handlers": _("经办人"),
    "fields": _("修改的内容"),
    "kind": _("岗位"),
    "unit": _("单位"),
    "valid_from": _("起始日期"),
    "valid_to": _("结束日期"),
    "removed": _("未生效即取消"),
    "failures": _("连续失败次数"),
    "address": _("网络地址"),
    "label": _("用途"),
    "person": _("人员"),
    "counts": _("行数"),
    **LABELS,
}
VALUES = {
    "kind": POST_KINDS,
    "level": dict(UnitLevel.choices),
    "fields": {"name": _("姓名"), "phone": _("电话"), "employee_no": _("工号"), "unit_account": _("单位账号")},
}


def register_all() -> None:
    """Make the words known."""
    register("org", _("机构与人员"), ACTS, data=DATA, values=VALUES)
