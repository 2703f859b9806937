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
        "grid.edit",
        _("修改基础数据"),
        group=group,
        sentence=_("逐个修改、新增和停用网格、部件、道路和登记对象"),
        posts=("system_admin",),
    )
    register(
        "grid.compose",
        _("划分工作网格"),
        group=group,
        sentence=_("用单元网格组成工作网格；单位只能划分本单位的"),
        posts=("system_admin", "unit"),
    )
    register(
        "grid.import",
        _("导入基础数据"),
        group=group,
        sentence=_("上传基础数据文件，查看检查报告"),
        posts=("system_admin",),
    )
    register(
        "grid.approve",
        _("批准基础数据"),
        group=group,
        sentence=_("批准或退回导入和在线更新的基础数据"),
        posts=("system_admin",),
    )
    register(
        "grid.assign",
        _("安排责任网格"),
        group=group,
        sentence=_("安排责任网格的监督员和班次"),
        posts=("system_admin", "shift_leader"),
    )
