"""The shift leader's view of his seats: who has what open, who has done how much, what is late."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from cityloop.base.time import city_date, city_midnight
from cityloop.cases.claims import IDLE
from cityloop.cases.models import CaseEvent, Claim
from cityloop.intake.policy import centres_of
from cityloop.org.actor import Actor
from cityloop.org.models import Person
from cityloop.org.selectors import list_posts


@dataclass(frozen=True, slots=True)
class Seat:
    """One operator: what he has open now, and what he has done today."""

    person: Person
    claims: tuple[Claim, ...]
    done: int
    late: int


def list_seats(*, by: Actor, now: datetime) -> list[Seat]:
    """The operators of the centres that the actor leads, by name. Four statements."""
    today = city_date(now)
    centres = centres_of(by, "shift_leader")
    posts = list_posts(on=today).filter(kind__in=("operator", "shift_leader"), unit_id__in=centres)
    people = list(Person.objects.filter(pk__in=posts.values("person_id")).order_by("name", "pk"))
    ids = [person.pk for person in people]
    done = _done_today(ids, city_midnight(today))
    held: dict[int, list[Claim]] = {}
    claims = Claim.objects.filter(person_id__in=ids, seen_at__gt=now - IDLE).select_related("case__minor")
    for claim in claims.order_by("since"):
        held.setdefault(claim.person_id, []).append(claim)
    return [Seat(person, tuple(held.get(person.pk, ())), *done.get(person.pk, (0, 0))) for person in people]


def _done_today(ids: list[int], midnight: datetime) -> dict[int, tuple[int, int]]:
    """Steps taken since midnight and how many of them ended a stage that was late, by person."""
    rows = CaseEvent.objects.filter(actor_id__in=ids, at__gte=midnight, post__in=("operator", "shift_leader"))
    counted = rows.order_by().values_list("actor_id").annotate(done=Count("pk"), late=Count("pk", filter=Q(late=True)))
    return {pk: (done, late) for pk, done, late in counted if pk is not None}
