"""Notices about proposals."""

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityloop.base.telling import register_text, tell
from cityloop.grid.models import Proposal

TEXTS: Final[dict[str, str | Promise]] = {
    "grid.update_asked": _("请核对部件：{what}（案件 {case} 已结案）"),
    "grid.update_approved": _("您提出的部件更新已批准：{what}"),
    "grid.update_refused": _("您提出的部件更新被退回：{what}（{answer}）"),
}


def register_all() -> None:
    """Make the texts known."""
    for key, text in TEXTS.items():
        register_text(key, text)


def tell_of(proposal: Proposal, key: str, person_id: int | None, *, now: datetime) -> None:
    """Tell a person what became of a proposal, or that he is to look."""
    if person_id is None:
        return
    params = {
        "update": str(proposal.pk),
        "what": what_of(proposal),
        "case": proposal.case_number,
        "answer": proposal.answer,
    }
    tell(key, params, people=[person_id], url=reverse("grid:update", args=[proposal.pk]), now=now)


def what_of(proposal: Proposal) -> str:
    """The component in a few words; a new one before it has a code by its category."""
    row = proposal.component
    return f"{row.name} {row.code}" if row else proposal.minor.name
