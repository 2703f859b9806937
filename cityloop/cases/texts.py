"""The notices of the core, by key. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from cityloop.notify.texts import register

TEXTS = {
    "cases.reported": _("新问题 {number}: {address}"),
    "cases.task_verify": _("请核实 {number}: {address}"),
    "cases.task_check": _("请核查 {number}: {address}"),
    "cases.task_handle": _("请处置 {number}: {address}"),
    "cases.task_assist": _("请协办 {number}: {address}"),
    "cases.unit_below": _("{number} 已直接派给下属单位: {address}"),
    "cases.task_withdrawn": _("{number} 的任务已收回"),
    "cases.part_done": _("{number} 的协办或下属单位已反馈"),
    "cases.audit_failed": _("{number} 的反馈审核不通过, 请补办"),
    "cases.rework": _("{number} 核查不通过, 请返工"),
    "cases.request_return": _("{number} 有回退申请待审批"),
    "cases.request_void": _("{number} 有作废申请待审批"),
    "cases.request_decided": _("{number} 的申请已有结果"),
    "cases.for_operator": _("{number} 待受理员办理: {address}"),
    "cases.denied": _("{number} 核实回复不属实: {address}"),
    "cases.for_shift_leader": _("{number} 待值班长裁定: {address}"),
    "cases.for_dispatcher": _("{number} 待派遣员办理: {address}"),
    "cases.for_commander": _("{number} 需要协调: {address}"),
    "cases.overdue": _("{number} 处置已超期: {address}"),
    "cases.answer": _("您上报的 {number} 已有结果"),
}


def register_all() -> None:
    """Make the texts known."""
    for key, text in TEXTS.items():
        register(key, text)
