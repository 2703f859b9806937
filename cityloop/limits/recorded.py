"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.journal.words import register
from cityloop.limits.models import MINUTE_LABELS, UNIT_LABELS, AreaClass, Stage

ACTS = {
    "calendar_published": _("发布工作日历"),
    "limit_set": _("设置处置时限"),
    "stage_limit_set": _("设置环节时限"),
    "limits_added": _("补充处置时限"),
    "stage_limits_loaded": _("载入环节时限"),
}
DATA = {
    "known_until": _("节假日已公布至"),
    "on": _("日期"),
    "amount": _("时限"),
    "unit": _("单位"),
    "rows": _("行数"),
}
VALUES = {
    "subject": {**dict(Stage.choices), **dict(AreaClass.choices)},
    "unit": dict(UNIT_LABELS + MINUTE_LABELS),
}


def register_all() -> None:
    """Make the words known."""
    register("limits", _("时限与日历"), ACTS, data=DATA, values=VALUES)
