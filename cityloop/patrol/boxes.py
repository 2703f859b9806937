"""The inspector's boxes: what he is asked to verify, and what he is asked to check."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from cityloop.cases.boxes import Box, register

VERIFY: Final = "verify_tasks"
CHECK: Final = "check_tasks"
MINE: Final = (VERIFY, CHECK)


def register_all() -> None:
    """Make the boxes known; the combined desk of a person with more posts shows them too."""
    for name, label, kind in ((VERIFY, _("核实任务"), "verify"), (CHECK, _("核查任务"), "check")):
        register(
            Box(
                name=name,
                label=label,
                post="inspector",
                subject="task",
                owner="person",
                states=("assigned",),
                kinds=(kind,),
                due="due_at",
            )
        )
