"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.journal.words import register

ACTS = {
    "published": _("发布流程"),
}
DATA = {
    "options": _("选项"),
}


def register_all() -> None:
    """Make the words known."""
    register("workflow", _("流程"), ACTS, data=DATA)
