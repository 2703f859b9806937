"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.journal.words import register

ACTS = {
    "contact_seen": _("查看要求保密的联系方式"),
    "root": _("固定全部案件历史的摘要"),
}
DATA = {
    "root": _("摘要"),
    "cases": _("案件数"),
    "report": _("问题编号"),
}


def register_all() -> None:
    """Make the words known."""
    register("cases", _("案件"), ACTS, data=DATA)
