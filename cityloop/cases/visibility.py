"""Which cases a person may see: one queryset, over the case's frozen columns and the participants."""

from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cityloop.org.actor import Actor, ActorPost
from cityloop.org.models import Unit

WATCHES_SUPERVISION = frozenset({"operator", "shift_leader", "evaluator", "leader", "video_inspector"})
WATCHES_COMMAND = frozenset({"dispatcher", "commander", "leader"})


def units_below(path: str) -> Any:
    """The ids of a unit and of all below it."""
    return Unit.objects.filter(path__startswith=path).values("pk")


def _seen_by(post: ActorPost) -> Q:
    seen = Q(pk__in=[])
    if post.kind in WATCHES_SUPERVISION:
        seen |= Q(supervising__in=units_below(post.unit_path))
    if post.kind in WATCHES_COMMAND:
        seen |= Q(commanding__in=units_below(post.unit_path), filed_at__isnull=False)
    return seen & Q(area_code__startswith=post.area_code) if post.area_code else seen


class CaseQuerySet(models.QuerySet[Any]):
    """Cases."""

    def visible_to(self, actor: Actor) -> Self:
        """The cases that one of the actor's posts watches over, or in which he or his unit has had a part."""
        if actor.is_system:
            return self
        parts: list[Q] = [_seen_by(post) for post in actor.posts if post.kind in WATCHES_SUPERVISION | WATCHES_COMMAND]
        participant = self.model._meta.get_field("participants").related_model
        if actor.person_id is None:
            return self.none()
        own = Q(person_id=actor.person_id)
        for post in actor.posts:
            if post.kind == "unit":
                part = Q(unit__in=units_below(post.unit_path))
                own |= part & Q(case__area_code__startswith=post.area_code) if post.area_code else part
        parts.append(Q(Exists(participant.objects.filter(own, case=OuterRef("pk")))))
        return self.filter(reduce(or_, parts))


CaseManager = models.Manager.from_queryset(CaseQuerySet)
