"""After a case about a component has closed, whoever patrols there is asked whether the register still holds."""

from typing import Final

from cityloop.cases.feed import beginning_anew, follow
from cityloop.cases.models import Case, FeedPosition
from cityloop.grid.models import Proposal
from cityloop.grid.updates.actions import ask
from cityloop.org.actor import SYSTEM

NAME: Final = "components"
OUTCOMES: Final = ("solved", "self_handled", "special")


def ask_about_components(*, below: int | None = None) -> int:
    """Follow the feed; how many events. What closed before the first look of all is not asked about."""
    if not FeedPosition.objects.filter(name=NAME).exists():
        with beginning_anew(NAME):
            return 0
    return follow(NAME, ask_about, below=below)


def ask_about(case_ids: set[int]) -> None:
    """Ask about the components of those of the cases that have closed; about each case once."""
    closed = Case.objects.filter(pk__in=case_ids, component__isnull=False, outcome__in=OUTCOMES)
    known = set(Proposal.objects.filter(case_number__in=closed.values("number")).values_list("case_number", flat=True))
    for case in closed.select_related("component").order_by("pk"):
        if case.number not in known and case.component:
            ask(case.component, case_number=case.number, by=SYSTEM, now=case.events.latest("seq").at)
