"""The named permissions of the phone pages."""

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register


def register_all() -> None:
    """Make the permissions known."""
    group = _("城管通")
    register(
        "patrol.use",
        _("使用城管通"),
        group=group,
        sentence=_("打开手机页面，上报问题，查看自己上报的问题"),
        posts=("inspector", "video_inspector"),
    )
    register(
        "patrol.tasks",
        _("办理核实和核查任务"),
        group=group,
        sentence=_("在手机上查看并回复派给自己的核实、核查任务"),
        posts=("inspector",),
    )
