"""The named permissions of dispatch's pages and API."""

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register


def register_all() -> None:
    """Make the permissions known."""
    group = _("协同工作")
    register(
        "dispatch.recommend",
        _("查看推荐责任单位"),
        group=group,
        sentence=_("派遣时查看推荐的责任单位及其在办数量"),
        posts=("dispatcher", "commander"),
    )
    register(
        "dispatch.own_unit",
        _("本单位工作台"),
        group=group,
        sentence=_("查看本单位的在办任务、时限和经办人"),
        posts=("unit",),
    )
    register(
        "dispatch.manage_duties",
        _("维护职责"),
        group=group,
        sentence=_("导入导出哪类问题由哪个单位负责"),
        posts=("system_admin",),
    )
