"""Work boxes: named, counted lists of what waits for a post. Stages register theirs when they are ready."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.pages import Page, get_page
from cityloop.cases.models import Case, Request, Task
from cityloop.org.actor import Actor


@dataclass(frozen=True, slots=True)
class Box:
    """What waits for one kind of post.

    `subject` is case, task or request. `owner` is the column by which a row is the actor's: a case's `supervising` or
    `commanding` centre or responsible `unit`, a task's `unit` or `person`, a request's case's centre.
    """

    name: str
    label: str | Promise
    post: str
    subject: str
    owner: str
    states: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    due: str = "stage_due_at"
    waits: bool = True  # for this post: counted as work, opening claims; false only shows what others work on
    overdue_only: bool = False
    batch: tuple[str, ...] = ()  # actions that may be taken on several rows at once: they ask nothing of each one


# Columns of a case that no list shows, and that cost to read.
UNSEEN: Final = ("point", "runs", "last_hash")
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
        raise Refused("not_found", _("没有这个工作箱"), {"box": name})
    return box


def rows(box: Box, actor: Actor, now: datetime) -> QuerySet[Any]:
    """The rows of a box, most urgent first, ties by id."""
    found = _base(box).filter(_owned(box, actor), state__in=box.states)
    if box.overdue_only:
        found = found.filter(**{f"{box.due}__lt": now})
    return found.order_by(box.due, "pk")  # without a deadline comes last


def page(box: Box, actor: Actor, now: datetime, *, after: str = "", size: int) -> Page[Any]:
    """A page of a box with what its rows show."""
    case = "" if box.subject == "case" else "case__"
    unseen = [f"{case}{column}" for column in UNSEEN]
    shown = rows(box, actor, now).select_related(f"{case}claim").defer(*unseen)
    return get_page(shown, order=(box.due, "pk"), after=after, size=size)


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
    """A box with how much is in it, how much of that is late or urgent, and when the newest came."""

    box: Box
    count: int = 0
    late: int = 0
    urgent: int = 0
    newest: datetime | None = None


def counts(actor: Actor, now: datetime) -> list[Counted]:
    """Every box of the actor, counted: one statement for each subject and owner, not for each box."""
    boxes = boxes_of(actor)
    found: dict[str, Counted] = {}
    for group in _groups(boxes, actor):
        found.update(_count(group, actor, now))
    return [found[box.name] for box in boxes]


def _groups(boxes: Iterable[Box], actor: Actor) -> Iterator[list[Box]]:
    """Boxes that one statement can count: the same rows but for their states."""
    groups: dict[tuple[Any, ...], list[Box]] = {}
    for box in boxes:
        scope = {(post.unit_id, post.area_code) for post in actor.posts_as(box.post)}
        key = (box.subject, box.owner, box.kinds, box.due, frozenset(scope))
        groups.setdefault(key, []).append(box)
    yield from groups.values()


def _count(group: list[Box], actor: Actor, now: datetime) -> Mapping[str, Counted]:
    first = group[0]
    states = {state for box in group for state in box.states}
    since, urgent = ("stage_began_at", "urgent") if first.subject == "case" else ("opened_at", "case__urgent")
    found = _base(first).filter(_owned(first, actor), state__in=states).order_by().values_list("state")
    rows = found.annotate(
        count=Count("pk"),
        late=Count("pk", filter=Q(**{f"{first.due}__lt": now})),
        urgent=Count("pk", filter=Q(**{urgent: True})),
        newest=Max(since),
    )
    table = {row[0]: row[1:] for row in rows}
    return {box.name: _sum(box, [table[state] for state in box.states if state in table]) for box in group}


def _sum(box: Box, rows: list[tuple[int, int, int, datetime]]) -> Counted:
    if not rows:
        return Counted(box)
    late = sum(row[1] for row in rows)
    count = late if box.overdue_only else sum(row[0] for row in rows)
    return Counted(box, count, late, sum(row[2] for row in rows), max(row[3] for row in rows))
