"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.journal.words import register

ACTS = {
    "contacts_searched": _("按电话查找来电人"),
}
DATA = {
    "found": _("查到的案件"),
}


def register_all() -> None:
    """Make the words known."""
    register("intake", _("监督受理"), ACTS, data=DATA)
