"""Who somebody is to a case: the roles that the flow's `by` column names."""

from cityloop.cases.models import Case, Request, Task
from cityloop.org.actor import Actor, ActorPost
from cityloop.org.posts import powers_of

SUPERVISION = frozenset({"operator", "shift_leader"})
COMMAND = frozenset({"dispatcher", "commander"})


def serves(post: ActorPost, case: Case) -> bool:
    """Whether the post works at the centre that stands over this case: a watching centre above only sees."""
    if post.area_code and not case.area_code.startswith(post.area_code):
        return False
    if post.kind in SUPERVISION:
        return post.unit_id == case.supervising_id
    return post.kind in COMMAND and post.unit_id == case.commanding_id


def assigned_post(actor: Actor, task: Task) -> ActorPost | None:
    """The post in which the actor owes this task, or None."""
    for post in actor.posts:
        if task.person_id is not None and task.person_id == actor.person_id and post.kind == "inspector":
            return post
        if task.unit_id is not None and post.kind == "unit" and post.unit_id == task.unit_id:
            return post
    return None


def roles_in(actor: Actor, case: Case, subject: Case | Task | Request) -> dict[str, ActorPost | None]:
    """The actor's roles towards the subject, each with the post in which he would act."""
    if actor.is_system:
        return {"system": None}
    roles: dict[str, ActorPost | None] = {}
    for post in actor.posts:
        if serves(post, case):
            for power in powers_of(post.kind):
                roles.setdefault(power, post)
    first = next(iter(actor.posts), None)
    if isinstance(subject, Task) and (post_of_task := assigned_post(actor, subject)):
        roles["assignee"] = post_of_task
    if isinstance(subject, Request) and subject.person_id == actor.person_id:
        roles["requester"] = first
    if isinstance(subject, Case) and case.last_actor_id == actor.person_id:
        roles["sender"] = next((post for post in roles.values() if post), first)
    return roles
