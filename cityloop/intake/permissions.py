"""The named permissions of intake's pages and API."""

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register


def register_all() -> None:
    """Make the permissions known. Contacts are `cases.contacts`."""
    group = _("监督受理")
    register(
        "intake.register",
        _("登记问题"),
        group=group,
        sentence=_("登记来电、领导批办、媒体和转交的问题，查找相似案件并补充上报"),
        posts=("operator",),
    )
    register(
        "intake.seats",
        _("坐席看板"),
        group=group,
        sentence=_("查看各坐席在办和完成的数量，接管他人认领的案件"),
        posts=("shift_leader",),
    )
