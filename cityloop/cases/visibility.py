"""Which cases a person may see: one queryset, over the case's frozen columns and the participants."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cityloop.org.actor import Actor

if TYPE_CHECKING:
    from cityloop.cases.models import Case

SUPERVISING, COMMANDING = "supervising_id", "commanding_id"
FILED = Q(filed_at__isnull=False)
WATCHES_SUPERVISION = frozenset({"operator", "shift_leader", "evaluator", "leader", "video_inspector"})
WATCHES_COMMAND = frozenset({"dispatcher", "commander", "leader"})


@dataclass(frozen=True, slots=True)
class Watch:
    """What one post watches over on one axis: the cases of some centres, within an area."""

    column: str
    centres: tuple[int, ...]
    area_code: str

    def as_q(self, *, filed: Q = FILED) -> Q:
        """As a filter on cases, or on rows that say otherwise which are filed."""
        seen = Q(**{f"{self.column}__in": self.centres})
        if self.column == COMMANDING:
            seen &= filed
        return seen & Q(area_code__startswith=self.area_code) if self.area_code else seen

    def sees(self, case: "Case") -> bool:
        """The same for a case that is in hand."""
        if self.column == COMMANDING and case.filed_at is None:
            return False
        return getattr(case, self.column) in self.centres and case.area_code.startswith(self.area_code)


def watches(actor: Actor) -> list[Watch]:
    """What the actor's posts watch over."""
    axes = ((SUPERVISING, WATCHES_SUPERVISION), (COMMANDING, WATCHES_COMMAND))
    return [
        Watch(column, post.below, post.area_code)
        for post in actor.posts
        for column, kinds in axes
        if post.kind in kinds
    ]


def own_units(actor: Actor) -> list[int]:
    """The units as whose people the actor has a part in cases."""
    return sorted({pk for post in actor.posts if post.kind == "unit" for pk in post.below})


def own_parts(actor: Actor) -> list[Q] | None:
    """By which participants the actor sees cases, one filter for each person or unit; None if he watches over some."""
    if actor.person_id is None or watches(actor):
        return None
    parts = [Q(person_id=actor.person_id)]
    for post in actor.posts:
        if post.kind == "unit":
            within = Q(case__area_code__startswith=post.area_code) if post.area_code else Q()
            parts += [Q(unit_id=pk) & within for pk in post.below]
    return parts


def may_see(actor: Actor, case: "Case", parts: Collection[int]) -> bool:
    """What `visible_to` asks, of a case in hand; `parts` are its participants among `own_units`, and 0 for himself."""
    if 0 in parts or any(watch.sees(case) for watch in watches(actor)):
        return True
    units = [post for post in actor.posts if post.kind == "unit" and case.area_code.startswith(post.area_code)]
    return any(pk in parts for post in units for pk in post.below)


class CaseQuerySet(models.QuerySet[Any]):
    """Cases."""

    def visible_to(self, actor: Actor) -> Self:
        """The cases that one of the actor's posts watches over, or in which he or his unit has had a part."""
        if actor.is_system:
            return self
        if actor.person_id is None:
            return self.none()
        participant = self.model._meta.get_field("participants").related_model
        own = Q(person_id=actor.person_id)
        for post in actor.posts:
            if post.kind == "unit":
                part = Q(unit__in=post.below)
                own |= part & Q(case__area_code__startswith=post.area_code) if post.area_code else part
        parts = [watch.as_q() for watch in watches(actor)]
        parts.append(Q(Exists(participant.objects.filter(own, case=OuterRef("pk")))))
        return self.filter(reduce(or_, parts))


CaseManager = models.Manager.from_queryset(CaseQuerySet)
