"""The boxes of command: the dispatchers', the commander's, and the responsible units'."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.cases.boxes import Box, register

DISPATCHER, COMMANDER, UNIT = "dispatcher", "commander", "unit"


def register_all() -> None:
    """Make the boxes known, in their order on the desk."""
    register(
        Box("filed", _("待派遣"), DISPATCHER, "case", "commanding", ("filed",)),
        Box("coordinating", _("协调中"), DISPATCHER, "case", "commanding", ("coordinating",)),
        Box("return_requests", _("回退审批"), DISPATCHER, "request", "commanding", ("open",), ("return",), "due_at"),
        Box("feedback", _("待审核反馈"), DISPATCHER, "case", "commanding", ("feedback",), batch=("pass_audit",)),
        # A case in handling has its handling deadline as the stage's too.
        Box(
            "overdue", _("超期处置中"), DISPATCHER, "case", "commanding", ("handling",), waits=False, overdue_only=True
        ),
        Box("handling", _("处置中"), DISPATCHER, "case", "commanding", ("handling",), waits=False),
        Box("to_coordinate", _("协调中"), COMMANDER, "case", "commanding", ("coordinating",), waits=False),
        _of_unit("to_acknowledge", _("待签收"), "assigned", batch=("acknowledge",)),
        _of_unit("accepted", _("处置中"), "accepted"),
        _of_unit("handed_on", _("已转派"), "handed_on"),
    )


def _of_unit(name: str, label: str | Promise, state: str, batch: tuple[str, ...] = ()) -> Box:
    """A unit's tasks; they are as urgent as the case's handling clock says."""
    return Box(
        name=name,
        label=label,
        post=UNIT,
        subject="task",
        owner="unit",
        states=(state,),
        kinds=("handle",),
        due="case__due_at",
        batch=batch,
    )
