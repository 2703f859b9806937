"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.codes.models import Kind
from cityloop.journal.words import register

ACTS = {
    "duty_set": _("设置职责"),
    "duties_loaded": _("导入职责表"),
}
DATA = {
    "units": _("单位"),
    "new": _("新增"),
    "ended": _("结束"),
    "same": _("不变"),
}
VALUES = {
    "subject": dict(Kind.choices),
}


def register_all() -> None:
    """Make the words known."""
    register("dispatch", _("协同工作"), ACTS, data=DATA, values=VALUES)
