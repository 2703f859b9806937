"""What was registered just now, and what may be done with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from cityloop.cases.models import Case
from cityloop.cases.shown.lines import TAIL
from cityloop.cases.shown.offering import KEYS
from cityloop.cases.shown.present import label_of, open_offers, state_of
from cityloop.cases.steps.forms_of import get_form
from cityloop.org.actor import Actor

# What a seat does right after registering, the likeliest first; the rest is on the case's page.
AT_ONCE: Final = ("direct_file", "send_verify", "file", "escalate")


@dataclass(frozen=True, slots=True)
class NextStep:
    """One button. `missing` says why it cannot be pressed; a leader's word asks for his name and words."""

    do: str
    label: str
    key: str
    missing: str = ""
    asks: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may be taken now."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Saved:
    """The card of a case just registered."""

    case: Case
    state: str
    steps: tuple[NextStep, ...]
    attached: bool = False  # the report went to a case that was there already

    @property
    def head(self) -> str:
        """The number but for its last digits."""
        return self.case.number[:-TAIL]

    @property
    def tail(self) -> str:
        """The digits that people quote."""
        return self.case.number[-TAIL:]

    @property
    def main(self) -> str:
        """The likeliest step."""
        return next((step.do for step in self.steps if step.is_open), "")


def saved_of(case: Case, by: Actor, now: datetime, *, attached: bool = False) -> Saved:
    """The card; needs the case with its source. A report attached to a case offers nothing here."""
    steps = () if attached else tuple(_steps(case, by, now))
    return Saved(case, label_of(state_of(case).labels), steps, attached)


def _steps(case: Case, by: Actor, now: datetime) -> Iterator[NextStep]:
    offers = {offer.line.do: offer for offer in open_offers(case, case, by, now, tasks=(), requests=())}
    for do in AT_ONCE:
        offer = offers.get(do)
        # Filing on a leader's word is for what a leader said.
        if offer is None or (do == "direct_file" and case.source.kind != "leader"):
            continue
        missing = _(offer.missing.otherwise) if offer.missing else ""
        asks = any(field.required for field in get_form(case.flow_id, offer.line.form))
        yield NextStep(do, label_of(offer.line.labels), KEYS.get(do, ""), missing, asks)
