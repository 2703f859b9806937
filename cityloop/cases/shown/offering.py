"""The buttons of a case page: what is offered to this person on the case, its tasks and its requests, with keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from cityloop.cases.guards import SATISFIED_BY
from cityloop.cases.models import Case, Request, Task
from cityloop.cases.policy import roles_in
from cityloop.cases.shown.drawing import Choices, FieldView, draw
from cityloop.cases.shown.panels import panels_of
from cityloop.cases.shown.present import label_of, open_offers
from cityloop.cases.steps.forms_of import get_form
from cityloop.cases.steps.step import AnySubject
from cityloop.formdefs.schema import Form
from cityloop.org.actor import Actor
from cityloop.workflow.engine import Offer
from cityloop.workflow.selectors import get_flow

# The key of each shipped action: the first letter of its Chinese sound or English word, free of the desk's own keys
# (J K X U / ?). An action that a city adds takes the first free letter of its name, else a digit.
KEYS: Final[Mapping[str, str]] = {
    "file": "l",
    "file_denied": "l",
    "direct_file": "i",
    "send_verify": "h",
    "escalate": "z",
    "hand_back": "h",
    "reject": "b",
    "merge": "m",
    "unmerge": "m",
    "accept_self_handled": "t",
    "refuse_self_handled": "n",
    "dispatch": "p",
    "coordinate": "c",
    "send_back": "b",
    "take_back": "g",
    "pass_audit": "t",
    "fail_audit": "n",
    "send_check": "h",
    "close": "a",
    "close_special": "y",
    "rework": "f",
    "redispatch": "p",
    "amend": "e",
    "ask_void": "v",
    "recall": "r",
    "acknowledge": "s",
    "hand_on": "d",
    "feed_back": "f",
    "ask_return": "q",
    "release": "w",
    "grant": "t",
    "refuse": "n",
    "withdraw": "w",
    "reassign": "o",
}
SPARE: Final = "0123456789acdefghilmnopqrstvwyz"
REFUSING: Final = frozenset(
    {
        "reject",
        "fail_audit",
        "refuse",
        "refuse_self_handled",
        "send_back",
        "rework",
        "redispatch",
        "take_back",
        "ask_void",
    }
)
# What is mainly to be done, the first of these that is open; the filled button.
MAIN: Final = (
    "grant",
    "close",
    "rework",
    "accept_self_handled",
    "file",
    "file_denied",
    "send_verify",
    "dispatch",
    "pass_audit",
    "send_check",
    "acknowledge",
    "feed_back",
    "confirm",
    "pass",
)
# What will never be true of this subject, or hardly ever: its button would only stand in the way.
NEVER: Final = frozenset({"leads", "takes_part", "denied"})


@dataclass(slots=True)
class Action:
    """One button and its form."""

    do: str
    label: str
    key: str
    missing: str = ""
    hint: str = ""
    fields: list[FieldView] = field(default_factory=list)
    panels: list[str] = field(default_factory=list)
    look: str = "plain"  # primary, plain, refuse

    @property
    def is_open(self) -> bool:
        """Whether it may be taken now."""
        return not self.missing


@dataclass(slots=True)
class Group:
    """The actions on one subject."""

    kind: str  # case, task, request
    pk: str  # a case's number, or the id
    revision: int
    title: str
    actions: list[Action]


def subject_kind(subject: AnySubject) -> str:
    """The word for the subject in addresses: case, task or request."""
    if isinstance(subject, Case):
        return "case"
    return "task" if isinstance(subject, Task) else "request"


def subject_key(subject: AnySubject) -> str:
    """The subject's name in addresses."""
    return subject.number if isinstance(subject, Case) else str(subject.pk)


def groups_of(case: Case, tasks: Sequence[Task], requests: Sequence[Request], by: Actor, now: datetime) -> list[Group]:
    """The actions offered on a case page: requests first, then own tasks, then the case."""
    choices, taken = Choices(case, now), set[str]()
    subjects: list[AnySubject] = [
        *(row for row in requests if not row.ended),
        *(task for task in tasks if not task.ended),
        case,
    ]
    groups: list[Group] = []
    for subject in subjects:
        offers = open_offers(subject, case, by, now, tasks=tasks, requests=requests)
        shown = [offer for offer in offers if offer.missing is None or offer.missing.name not in NEVER]
        actions = [_action(subject, offer, choices, by, taken) for offer in shown]
        if actions:
            groups.append(
                Group(subject_kind(subject), subject_key(subject), subject.revision, title_of(subject), actions)
            )
    _mark_main(groups)
    return groups


def title_of(subject: AnySubject) -> str:
    """What the actions are about."""
    if isinstance(subject, Case):
        return _("案件")
    names = {
        "verify": _("核实任务"),
        "handle": _("处置任务"),
        "check": _("核查任务"),
        "return": _("回退申请"),
        "void": _("作废申请"),
    }
    who = subject.unit.label if subject.unit else (subject.person.name if subject.person else "")
    return f"{names.get(subject.kind, subject.kind)} · {who}" if who else names.get(subject.kind, subject.kind)


def _action(subject: AnySubject, offer: Offer, choices: Choices, by: Actor, taken: set[str]) -> Action:
    line = offer.line
    form = get_form(subject.flow_id, line.form)
    action = Action(line.do, label_of(line.labels), _key_of(line.do, taken))
    action.look = "refuse" if line.do in REFUSING else "plain"
    if offer.missing is not None:
        sentence = _(offer.missing.otherwise)
        if SATISFIED_BY.get(offer.missing.name) in {item.name for item in form}:
            action.hint = sentence
        else:
            action.missing = sentence
    if action.is_open:
        action.fields = draw(form, choices, line.do)
        action.panels = panels_of(choices.case, by, beside=line.do)
    return action


def _key_of(do: str, taken: set[str]) -> str:
    wanted = [KEYS.get(do, ""), *(letter for letter in do if letter.isalpha() and letter not in "jkxu"), *SPARE]
    key = next((letter for letter in wanted if letter and letter not in taken), "")
    taken.add(key)
    return key


def _mark_main(groups: Iterable[Group]) -> None:
    actions = [action for group in groups for action in group.actions if action.is_open and action.do in MAIN]
    if actions:
        min(actions, key=lambda action: MAIN.index(action.do)).look = "primary"


def form_of(subject: AnySubject, do: str, by: Actor) -> Form:
    """The form of an action: of this person's line here, or of any line of that name when the subject moved on."""
    flow = get_flow(subject.flow_id)
    roles = set(roles_in(by, subject if isinstance(subject, Case) else subject.case, subject))
    lines = [line for line in flow.lines if line.do == do]
    here = [line for line in lines if subject.state in line.at and not roles.isdisjoint(line.by)]
    line = next(iter(here or lines), None)
    return get_form(subject.flow_id, line.form) if line else ()


def label_of_action(subject: AnySubject, do: str) -> str:
    """What an action is called."""
    line = next((line for line in get_flow(subject.flow_id).lines if line.do == do), None)
    return label_of(line.labels) if line else do
