"""The named permissions of evaluation."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register

READERS: Final = ("evaluator", "leader", "shift_leader", "commander", "dispatcher")


def register_all() -> None:
    """Make the permissions known."""
    group = _("综合评价")
    register(
        "evaluation.view",
        _("查看月报"),
        group=group,
        sentence=_("查看月报、每个数字的案件清单，导出 Excel"),
        posts=READERS,
    )
    register(
        "evaluation.own_unit",
        _("查看本单位本月数字"),
        group=group,
        sentence=_("在工作台上查看本单位本月的接收、结案和按时情况，看不到其他单位的"),
        posts=("unit",),
    )
    register(
        "evaluation.publish",
        _("发布月报"),
        group=group,
        sentence=_("把月报连同口径和截至时间存档"),
        posts=("evaluator",),
    )
