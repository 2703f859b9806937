"""Work boxes: named, counted lists of what waits for a post. Stages register theirs when they are ready."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, Request, Task
from cityloop.org.actor import Actor


@dataclass(frozen=True, slots=True)
class Box:
    """What waits for one kind of post.

    `subject` is case, task or request. `owner` is the column by which a row is the actor's: a case's `supervising` or
    `commanding` centre or responsible `unit`, a task's `unit` or `person`, a request's case's centre.
    `open_only` is false for boxes that only show what others work on.
    """

    name: str
    label: str | Promise
    post: str
    subject: str
    owner: str
    states: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    due: str = "stage_due_at"
    waits: bool = True  # for this post: counted as work, "next" goes through it
    overdue_only: bool = False


BOXES: Final[dict[str, Box]] = {}


def register(*boxes: Box) -> None:
    """Add boxes in their order on the desk."""
    for box in boxes:
        assert box.name not in BOXES, box.name
        BOXES[box.name] = box


def boxes_of(actor: Actor) -> list[Box]:
    """The boxes of all posts of one person: one combined desk."""
    return [box for box in BOXES.values() if actor.has(box.post)]


def get_box(actor: Actor, name: str) -> Box:
    """One of the actor's boxes; refused as `not_found` otherwise."""
    box = BOXES.get(name)
    if box is None or not actor.has(box.post):
        raise Refused("not_found", "没有这个工作箱", {"box": name})
    return box


def rows(box: Box, actor: Actor, now: datetime) -> QuerySet[Any]:
    """The rows of a box, most urgent first, ties by id."""
    found = _base(box).filter(_owned(box, actor), state__in=box.states)
    if box.overdue_only:
        found = found.filter(**{f"{box.due}__lt": now})
    return found.order_by(F(box.due).asc(nulls_last=True), "pk")


def _base(box: Box) -> QuerySet[Any]:
    if box.subject == "case":
        return Case.objects.all()
    found: QuerySet[Any] = (Task.objects if box.subject == "task" else Request.objects).filter(ended=False)
    return found.filter(kind__in=box.kinds)


def _owned(box: Box, actor: Actor) -> Q:
    if box.owner == "person":
        return Q(person_id=actor.person_id)
    prefix = "case__" if box.subject == "request" else ""
    area = "area_code" if box.subject == "case" else "case__area_code"
    owned = Q(pk__in=[])
    for post in actor.posts_as(box.post):
        mine = Q(**{f"{prefix}{box.owner}_id": post.unit_id})
        if post.area_code:
            mine &= Q(**{f"{area}__startswith": post.area_code})
        owned |= mine
    return owned


@dataclass(frozen=True, slots=True)
class Counted:
    """A box with how much is in it, and how much of that is late."""

    box: Box
    count: int
    late: int


def counts(actor: Actor, now: datetime) -> list[Counted]:
    """Every box of the actor, counted: one statement for each subject and owner, not for each box."""
    boxes = boxes_of(actor)
    found: dict[str, tuple[int, int]] = {}
    for group in _groups(boxes):
        found.update(_count(group, actor, now))
    return [Counted(box, *found[box.name]) for box in boxes]


def _groups(boxes: Iterable[Box]) -> Iterator[list[Box]]:
    groups: dict[tuple[Any, ...], list[Box]] = {}
    for box in boxes:
        groups.setdefault((box.subject, box.owner, box.post, box.kinds, box.due, box.overdue_only), []).append(box)
    yield from groups.values()


def _count(group: list[Box], actor: Actor, now: datetime) -> Mapping[str, tuple[int, int]]:
    first = group[0]
    states = {state for box in group for state in box.states}
    found = _base(first).filter(_owned(first, actor), state__in=states)
    late = Q(**{f"{first.due}__lt": now})
    if first.overdue_only:
        found = found.filter(late)
    table = {
        state: (count, overdue)
        for state, count, overdue in found.order_by()
        .values_list("state")
        .annotate(count=Count("pk"), overdue=Count("pk", filter=late))
    }
    return {
        box.name: (
            sum(table.get(state, (0, 0))[0] for state in box.states),
            sum(table.get(state, (0, 0))[1] for state in box.states),
        )
        for box in group
    }
