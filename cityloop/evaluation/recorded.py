"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.journal.words import register

ACTS = {
    "published": _("发布月报"),
    "replay_began": _("开始重演历史数据"),
    "replay_finished": _("重演历史数据完成"),
}
DATA = {
    "begin": _("起始时间"),
    "end": _("结束时间"),
    "as_of": _("截至时间"),
    "on_time": _("按期的判断"),
    "moved": _("转出的案件"),
    "rates": _("比率"),
    "month": _("月份"),
    "share": _("比例"),
    "seed": _("随机种子"),
    "seconds": _("用时（秒）"),
    "actions": _("操作数"),
}
VALUES = {
    "on_time": {"disposal": _("按处置完成时间"), "closing": _("按结案时间")},
    "moved": {"counted": _("计入接收"), "left_out": _("不计入")},
    "rates": {"truncate": _("截取两位"), "round": _("四舍五入")},
}


def register_all() -> None:
    """Make the words known."""
    register("evaluation", _("综合评价"), ACTS, data=DATA, values=VALUES)
