"""The boxes of supervision: what waits for the operators and the shift leader, from report to closing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.cases.boxes import Box, register

OPERATOR, SHIFT_LEADER = "operator", "shift_leader"


def _for_operator(name: str, label: str | Promise, *, waits: bool = True, batch: tuple[str, ...] = ()) -> Box:
    return Box(
        name=name,
        label=label,
        post=OPERATOR,
        subject="case",
        owner="supervising",
        states=(name,),
        waits=waits,
        batch=batch,
    )


def register_all() -> None:
    """Make the boxes known, in their order on the desk."""
    register(
        Box("escalated", _("待值班长裁定"), SHIFT_LEADER, "case", "supervising", ("escalated",)),
        Box("void_requests", _("作废审批"), SHIFT_LEADER, "request", "supervising", ("open",), ("void",), "due_at"),
        _for_operator("reported", _("待受理")),
        _for_operator("self_done", _("自处理待审核")),
        _for_operator("verifying", _("核实中"), waits=False),
        _for_operator("verified", _("待立案"), batch=("file",)),
        _for_operator("to_check", _("待发核查"), batch=("send_check",)),
        _for_operator("checking", _("核查中"), waits=False),
        _for_operator("to_close", _("待结案")),
    )
