"""Notices of a round of confirmation, by key."""

from django.utils.translation import gettext_lazy as _

from cityloop.base.telling import register_text

TEXTS = {
    "grid.ownership_opened": _("请在 {due} 前确认本单位部件：{name}"),
    "grid.ownership_reminded": _("部件确权尚未完成，截止 {due}：{name}"),
    "grid.ownership_named": _("有单位认为某部件属于贵单位，请关注：{name}"),
    "grid.ownership_decided": _("部件权属争议已裁定：{name}"),
}


def register_all() -> None:
    """Make the texts known."""
    for key, text in TEXTS.items():
        register_text(key, text)
