"""Who somebody is to a case: the roles that the flow's `by` column names, and what he may read of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cityloop.base.secrets import mask_text
from cityloop.cases.models import Case, CaseEvent, Request, Task
from cityloop.org.actor import Actor, ActorPost
from cityloop.org.permissions import PERMISSIONS
from cityloop.org.posts import powers_of
from cityloop.workflow.selectors import get_flow

SUPERVISION = frozenset({"operator", "shift_leader"})
COMMAND = frozenset({"dispatcher", "commander"})
# Photos of the handling: an inspector judges by what he sees himself.
OF_HANDLING = frozenset({"after"})
OF_CALLERS = frozenset({"call"})
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
        and case.supervising_id in post.below
        for post in actor.posts
    )


def opens_sealed_contacts(actor: Actor, case: Case) -> bool:
    """Whether he may ask for the contact of somebody who wants it kept secret: he answers him, at this very centre."""
    return any(post.kind in PERMISSIONS["cases.contacts"].posts and serves(post, case) for post in actor.posts)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may read of one case. Page, print, API and phone all ask this."""

    reporters: bool = True  # who reported it at all; responsible units never learn it
    contacts: bool = False  # names, numbers, and numbers in free text
    blind: bool = False  # he is to check it, and has not answered yet

    def text(self, words: str) -> str:
        """Free text: numbers of phones and papers are masked by the rule of contacts."""
        return words if self.contacts else mask_text(words)

    def shows(self, purpose: str) -> bool:
        """Whether uploads of this purpose are shown. A recorded call tells the caller's voice, name and number."""
        return not (self.blind and purpose in OF_HANDLING) and (self.contacts or purpose not in OF_CALLERS)

    def tells(self, event: CaseEvent) -> bool:
        """Whether what was said at a step is told: of the handling and its audit not before the check is answered."""
        return not (self.blind and _is_of_handling(event))

    def instruction(self, task: Task) -> str:
        """What whoever has the task was told."""
        return "" if self.blind and task.kind == "handle" else self.text(task.instruction)


def _is_of_handling(event: CaseEvent) -> bool:
    if event.subject == "handle":
        return True
    state = get_flow(event.flow_version).states.get(event.from_state) if event.subject == "case" else None
    return state is not None and state.phase == "feedback"


def is_blind(actor: Actor, tasks: Iterable[Task]) -> bool:
    """Whether one of these tasks of a case is a check that he has still to answer."""
    return any(
        task.kind == "check" and not task.ended and task.person_id is not None and task.person_id == actor.person_id
        for task in tasks
    )


def sight(actor: Actor, case: Case, *, sealed: bool, blind: bool) -> Sight:
    """What the actor may read of a case.

    `sealed`: somebody who reported it wants to stay unknown; then only the centre that answers him reads numbers in
    free text, and his own contact nobody without a journalled look. `blind`: he is to check it.
    """
    return Sight(
        reporters=not actor.kinds <= {"unit"},
        contacts=(opens_sealed_contacts if sealed else sees_contacts)(actor, case),
        blind=blind,
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
