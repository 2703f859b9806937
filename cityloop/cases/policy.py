"""Who somebody is to a case: the roles that the flow's `by` column names."""

from collections.abc import Mapping
from typing import Final

from cityloop.cases.models import Case, Request, Task
from cityloop.org.actor import Actor, ActorPost
from cityloop.org.permissions import PERMISSIONS
from cityloop.org.posts import powers_of

SUPERVISION = frozenset({"operator", "shift_leader"})
COMMAND = frozenset({"dispatcher", "commander"})
# Under which kinds of source a post reports. An operator registers whatever comes in by any way; for everybody else a
# source that needs no verification, or files at once, is not his to claim.
REPORTS_UNDER: Final[Mapping[str, frozenset[str]]] = {
    "inspector": frozenset({"inspector"}),
    "evaluator": frozenset({"inspector"}),
    "video_inspector": frozenset({"video"}),
    "leader": frozenset({"leader"}),
    "dispatcher": frozenset({"system"}),
    "commander": frozenset({"system"}),
    "unit": frozenset({"system"}),
}


def may_report_under(actor: Actor, source_kind: str) -> bool:
    """Whether one of the actor's posts reports under a kind of source."""
    return actor.is_system or any(_reports_under(post, source_kind) for post in actor.posts)


def reporting_post(actor: Actor, source_kind: str) -> ActorPost | None:
    """The post in which a person reports: the one whose own source it is, else any that registers it."""
    own = next((post for post in actor.posts if source_kind in REPORTS_UNDER.get(post.kind, ())), None)
    return own or next((post for post in actor.posts if _reports_under(post, source_kind)), None)


def _reports_under(post: ActorPost, source_kind: str) -> bool:
    return post.kind in SUPERVISION or source_kind in REPORTS_UNDER.get(post.kind, ())


def serves(post: ActorPost, case: Case) -> bool:
    """Whether the post works at the centre that stands over this case: a watching centre above only sees."""
    if post.area_code and not case.area_code.startswith(post.area_code):
        return False
    if post.kind in SUPERVISION:
        return post.unit_id == case.supervising_id
    return post.kind in COMMAND and post.unit_id == case.commanding_id


def sees_contacts(actor: Actor, case: Case) -> bool:
    """Whether a post of his that may see citizens' contacts is at a centre over this case.

    An operator of one district who is also a unit's handler sees none in the cases of another district.
    """
    return any(
        post.kind in PERMISSIONS["cases.contacts"].posts
        and post.covers(case.area_code)
        and (post.unit_id == case.supervising_id or case.supervising.path.startswith(post.unit_path))
        for post in actor.posts
    )


def works_on(actor: Actor, case: Case) -> bool:
    """Whether opening the case is the work of one of his posts; others only look at it."""
    doing = frozenset({"inspector", "video_inspector", "unit"})
    return any(post.kind in doing or serves(post, case) for post in actor.posts)


def assigned_post(actor: Actor, task: Task, case: Case) -> ActorPost | None:
    """The post in which the actor owes this task, or None."""
    for post in actor.posts:
        if task.person_id is not None and task.person_id == actor.person_id and post.kind == "inspector":
            return post
        theirs = task.unit_id is not None and post.kind == "unit" and post.unit_id == task.unit_id
        if theirs and post.covers(case.area_code):
            return post
    return None


def roles_in(actor: Actor, case: Case, subject: Case | Task | Request) -> dict[str, ActorPost | None]:
    """The actor's roles towards the subject, each with the post in which he would act."""
    if not actor.is_signed_in:
        return {"system": None} if actor.is_system else {}
    roles: dict[str, ActorPost | None] = {}
    for post in actor.posts:
        if serves(post, case):
            for power in powers_of(post.kind):
                roles.setdefault(power, post)
    first = next(iter(actor.posts), None)
    if isinstance(subject, Task) and (post_of_task := assigned_post(actor, subject, case)):
        roles["assignee"] = post_of_task
    if isinstance(subject, Request) and subject.person_id == actor.person_id:
        roles["requester"] = first
    if isinstance(subject, Case) and case.last_actor_id == actor.person_id:
        roles["sender"] = next((post for post in roles.values() if post), first)
    return roles
