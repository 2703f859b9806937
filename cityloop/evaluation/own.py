"""What a unit sees of the month's report on its desk: its own row, as of now, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cityloop.base.time import city_time
from cityloop.evaluation.counting import count
from cityloop.evaluation.forms import read_terms
from cityloop.evaluation.making import unit_rows
from cityloop.evaluation.rates import rate_text
from cityloop.evaluation.report import Figures, UnitRow
from cityloop.evaluation.terms import Terms
from cityloop.org.actor import Actor, ActorPost
from cityloop.org.models import Unit


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A unit's figures of a month."""

    unit: str
    terms: Terms
    figures: Figures

    @property
    def closed_rate(self) -> str:
        """结案率: closed of received, as the report prints it."""
        return rate_text(self.figures.closed, self.figures.received, rounding=self.terms.rates)

    @property
    def on_time_rate(self) -> str:
        """On time of closed, as the report prints it."""
        return rate_text(self.figures.on_time, self.figures.closed, rounding=self.terms.rates)


def own_months(by: Actor, now: datetime) -> list[OwnMonth]:
    """This month of each unit for which the actor acts, from the facts as they have been followed."""
    terms = read_terms({"month": f"{city_time(now):%Y-%m}"}, now=now)
    posts = {post.unit_id: post for post in by.posts if post.kind == "unit" and post.unit_id is not None}
    rows = unit_rows(terms) if posts else []
    return [OwnMonth(post.unit_name, terms, _figures(terms, post, rows)) for post in posts.values()]


def _figures(terms: Terms, post: ActorPost, rows: Sequence[UnitRow]) -> Figures:
    """The counts of the report's row; a unit that has none there counts with all below it."""
    ids = next((row.unit_ids for row in rows if row.label == f"u{post.unit_id}"), ())
    ids = ids or tuple(Unit.objects.filter(path__startswith=post.unit_path).values_list("pk", flat=True))
    total = Figures()
    for group in count(terms, dict.fromkeys(ids, "own")):
        total = total.plus(Figures(group.received, group.given, group.on_time, group.closed))
    return total
