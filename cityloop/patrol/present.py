"""Tasks, cases and answers as the phone pages show them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.geometry import as_lonlat
from cityloop.base.secrets import mask_text
from cityloop.base.time import city_time
from cityloop.cases.models import Case, CaseEvent, CaseEvidence, Task
from cityloop.cases.policy import Sight
from cityloop.cases.shown.present import ClockView, event_row, label_of, state_of, task_view
from cityloop.codes import selectors as codes
from cityloop.limits.lamp import Lamp
from cityloop.org.posts import POST_KINDS
from cityloop.patrol.selectors import Answer

KIND_LABELS: Final = {"verify": gettext_lazy("核实"), "check": gettext_lazy("核查")}
PURPOSE_LABELS: Final = {
    "report": gettext_lazy("上报"),
    "verify": gettext_lazy("核实"),
    "before": gettext_lazy("处置前"),
    "after": gettext_lazy("处置后"),
    "check": gettext_lazy("核查"),
    "other": gettext_lazy("其他"),
}
LAMPS: Final = {Lamp.LATE: "overdue"}  # as the shell draws them


def lamp_of(clock: ClockView) -> dict[str, str] | None:
    """The lamp and its words; None where nothing is limited."""
    if clock.lamp is Lamp.NONE:
        return None
    return {"state": LAMPS.get(clock.lamp, clock.lamp.value), "words": clock.words}


def category_of(case: Case) -> str:
    """The minor category in the reader's language."""
    return codes.get_minor(case.minor_id).label if case.minor_id else _("未分类")


def state_label(subject: Case | Task) -> str:
    """What the case or task waits for."""
    return label_of(state_of(subject).labels)


def metres_words(metres: float | None) -> str:
    """35 米, 1.2 公里."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("%(count)s 米") % {"count": round(metres)}
    return _("%(count)s 公里") % {"count": round(metres / 1000, 1)}


def moment(at: datetime) -> str:
    """03-02 10:00 in the city."""
    return f"{city_time(at):%m-%d %H:%M}"


def task_line(task: Task, now: datetime, metres: float | None = None) -> dict[str, Any]:
    """A task as one line of a list."""
    case = task.case
    return {
        "id": task.pk,
        "kind": task.kind,
        "kind_label": KIND_LABELS[task.kind],
        "category": category_of(case),
        "address": case.address or _("没有地址"),
        "urgent": case.urgent,
        "round": task.round,
        "number": case.number,
        "opened": moment(task.opened_at),
        "lamp": lamp_of(task_view(task, case, now)),
        "distance": metres_words(metres),
    }


def case_line(case: Case, answer: Answer | None, created_at: datetime) -> dict[str, Any]:
    """One of my reports as one line of a list."""
    return {
        "number": case.number,
        "category": category_of(case),
        "address": case.address or _("没有地址"),
        "state": state_label(case),
        "refused": case.outcome in {"rejected", "void"} or bool(answer and answer.do == "refuse_self_handled"),
        "ended": case.is_ended,
        "at": moment(created_at),
        "answer": answer,
    }


def case_facts(case: Case) -> dict[str, Any]:
    """What and where: shown above a task and on the page of a report."""
    place = as_lonlat(case.point)
    return {
        "number": case.number,
        "category": category_of(case),
        "condition": case.standard.condition if case.standard else "",
        "close_condition": case.standard.close_condition if case.standard else "",
        "address": case.address or _("没有地址"),
        "description": mask_text(case.description),
        "urgent": case.urgent,
        "source": codes.get_source(case.source_id).label,
        "reported": moment(case.created_at),
        "state": state_label(case),
        "lon": f"{place.lon:.6f}" if place else "",
        "lat": f"{place.lat:.6f}" if place else "",
        "cell": case.cell.code if case.cell else "",
        "duty_grid": case.duty_grid.name if case.duty_grid else "",
    }


def photo_groups(case: Case, links: Iterable[CaseEvidence], seen: Sight) -> list[dict[str, Any]]:
    """Photos by what they show, in the order in which they came."""
    groups: dict[str, list[dict[str, str]]] = {}
    for link in links:
        if not seen.shows(link.purpose):
            continue
        at = link.evidence.taken_at or link.evidence.uploaded_at
        address = f"/api/v1/cases/{case.number}/evidence/{link.evidence_id}"
        groups.setdefault(link.purpose, []).append(
            {"url": address, "thumbnail": f"{address}/thumbnail", "kind": link.evidence.kind, "taken": moment(at)}
        )
    return [{"label": PURPOSE_LABELS.get(name, name), "photos": photos} for name, photos in groups.items()]


def history_steps(case: Case, events: Iterable[CaseEvent], seen: Sight) -> list[dict[str, Any]]:
    """The history, newest first, as the timeline shows it, without the times that posts are judged by."""
    rows = [event_row(event, case, seen) for event in events]
    return [
        {
            "what": row["label"],
            "who": row["actor"],
            "unit": POST_KINDS.get(row["post"], ""),
            "at": moment(row["at"]),
            "note": row["note"],
        }
        for row in reversed(rows)
    ]


def notice_line(notice_id: int, text: str, at: datetime, read: bool) -> dict[str, Any]:
    """A notice as one line."""
    return {"url": reverse("patrol:notice", args=[notice_id]), "text": text, "at": moment(at), "read": read}


DRAWN: Final = frozenset({"text", "evidence", "point", "yes"})


def answerable(offers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The offers whose form this phone can draw; the others belong to a desk."""
    return [dict(offer) for offer in offers if {field["x-kind"] for field in properties(offer).values()} <= DRAWN]


def properties(offer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an offer's form by name, in order."""
    found: dict[str, Any] = offer["form"]["properties"]
    return found
