"""What this app records in the journal, in words."""

from django.utils.translation import gettext_lazy as _

from cityloop.codes.changes import VERDICTS
from cityloop.codes.models import Kind, Verification
from cityloop.journal.words import register

ACTS = {
    "editions_loaded": _("载入分类标准"),
    "edition_chosen": _("选定新案件的分类标准"),
    "major_added": _("新增大类"),
    "minor_added": _("新增小类"),
    "minor_offered": _("启用小类"),
    "minor_retired": _("停用小类"),
    "standard_put": _("设置立案条件"),
    "standard_retired": _("停用立案条件"),
    "handbook_imported": _("导入指挥手册"),
    "dictionaries_loaded": _("载入字典"),
    "entry_added": _("新增字典项"),
    "entry_retired": _("停用字典项"),
    "source_verification": _("更改问题来源的核实方式"),
}
DATA = {
    "name": _("名称"),
    "was": _("原为"),
    "on": _("日期"),
    "standard": _("立案条件编号"),
    "standards": _("立案条件"),
    "label": _("名称"),
    "verification": _("核实方式"),
    "entries": _("字典项"),
    "sources": _("问题来源"),
    "source": _("依据"),
    **VERDICTS,
}
VALUES = {
    "subject": dict(Kind.choices),
    "was": dict(Verification.choices),
    "verification": dict(Verification.choices),
}


def register_all() -> None:
    """Make the words known."""
    register("codes", _("类别与字典"), ACTS, data=DATA, values=VALUES)
