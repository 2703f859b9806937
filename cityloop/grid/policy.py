"""Who may see and change base data."""

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register
from cityloop.org.posts import POST_KINDS


def register_permissions() -> None:
    """This app's named permissions; called once by `GridConfig.ready`."""
    group = _("基础数据")
    register("grid.view", _("查看基础地图"), group=group, sentence=_("查看区域、网格、部件和道路"), posts=POST_KINDS)
    register(
        "grid.manage",
        _("维护基础数据"),
        group=group,
        sentence=_("载入和修改区域、网格、责任网格、部件和道路"),
        posts=("system_admin",),
    )
    register(
        "grid.assign",
        _("安排责任网格"),
        group=group,
        sentence=_("安排责任网格的监督员和班次"),
        posts=("system_admin", "shift_leader"),
    )
