"""Everything that the case page and the printed case file show to one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from cityloop.base.geometry import as_lonlat
from cityloop.base.time import city_time
from cityloop.base.words import listed
from cityloop.cases import selectors
from cityloop.cases.models import Case, CaseEvidence, LateReply, Report, Request, Task
from cityloop.cases.policy import Sight, opens_sealed_contacts
from cityloop.cases.shown.lines import TAIL, lamp_of
from cityloop.cases.shown.present import (
    ClockView,
    clock_view,
    contact_row,
    handling_view,
    label_of,
    minor_of,
    request_view,
    source_of,
    state_of,
    task_view,
)
from cityloop.cases.shown.story import Photo, StepView, steps_of
from cityloop.cases.steps import clocks
from cityloop.codes import selectors as codes
from cityloop.evidence.models import Purpose
from cityloop.limits.words import limit_words
from cityloop.org.actor import Actor

BEFORE: Final = frozenset({"report", "verify", "before"})
AFTER: Final = frozenset({"after", "check", "recheck"})


@dataclass(slots=True)
class CaseFile:
    """A case with what hangs on it, as read for one person at one moment."""

    case: Case
    by: Actor
    now: datetime
    tasks: list[Task]
    requests: list[Request]
    reports: list[Report]
    seen: Sight
    photos: list[Photo]
    steps: list[StepView]
    late_replies: list[LateReply] = field(default_factory=list)

    def of_purposes(self, purposes: Iterable[str], kind: str = "photo") -> list[Photo]:
        """The photos that show it so, newest last."""
        wanted = set(purposes)
        return [photo for photo in self.photos if photo.kind == kind and photo.purpose in wanted]


def read_file(number: str, *, by: Actor, now: datetime) -> CaseFile:
    """A case that the actor may see, with everything; refused as `not_found` otherwise."""
    case = selectors.access_case(number, by=by)
    tasks, requests = selectors.subjects_of(case)
    reports = selectors.reports_of(case)
    seen = selectors.sight_of(case, by=by, tasks=tasks, reports=reports)
    photos = _photos(case, seen)
    by_seq: dict[int, list[Photo]] = {}
    for photo in photos:
        by_seq.setdefault(photo.seq, []).append(photo)
    return CaseFile(
        case=case,
        by=by,
        now=now,
        tasks=tasks,
        requests=requests,
        reports=reports,
        seen=seen,
        photos=photos,
        steps=steps_of(case, selectors.history(case), seen, by_seq),
        late_replies=list(case.late_replies.select_related("person").order_by("pk")) if by.has("operator") else [],
    )


def _photos(case: Case, seen: Sight) -> list[Photo]:
    links = case.evidence.select_related("evidence").order_by("seq", "evidence__uploaded_at", "pk")
    return [_photo(case, link) for link in links if seen.shows(link.purpose)]


def _photo(case: Case, link: CaseEvidence) -> Photo:
    row = link.evidence
    url = reverse("cases:evidence", args=[case.number, row.pk])
    taken = row.taken_at or row.uploaded_at
    return Photo(
        id=str(row.pk),
        kind=row.kind,
        purpose=link.purpose,
        url=url,
        thumbnail=reverse("cases:thumbnail", args=[case.number, row.pk]) if row.kind == "photo" else "",
        caption=str(Purpose(link.purpose).label) if link.purpose in Purpose.values else link.purpose,
        taken=f"{city_time(taken):%m-%d %H:%M}",
        seq=link.seq,
    )


def head_of(file: CaseFile) -> dict[str, Any]:
    """The head of the page: number, state, clock, marks."""
    case = file.case
    minor = minor_of(case)
    return {
        "number": case.number,
        "front": case.number[:-TAIL],
        "tail": case.number[-TAIL:],
        "state": label_of(state_of(case).labels),
        "category": minor.label if minor else _("未分类"),
        "lamp": lamp_of(clock_view(case, file.now)),
        "urgent": case.urgent,
        "denied": case.verification == "deny" and not case.is_ended,
        "rework": case.rework_count,
        "returns": case.return_count,
        "ended": case.is_ended,
    }


def facts_of(file: CaseFile) -> list[dict[str, Any]]:
    """The facts as lines of label and value; `wide` ones take a whole row, empty ones are left out."""
    case = file.case
    seen = file.seen
    said = [(_("描述"), seen.text(case.description) or "—", True), (_("地址"), seen.text(case.address) or "—", True)]
    rows: list[Line] = [*said, *_what(case), *_where(case), *_who(file), *_when(case)]
    return [{"label": label, "value": value, "wide": wide} for label, value, wide in rows if value not in ("", None)]


Line = tuple[str, Any, bool]


def _what(case: Case) -> list[Line]:
    minor = minor_of(case)
    major = codes.snapshot().majors.get(minor.major_id) if minor else None
    kinds = {"component": _("部件"), "event": _("事件")}
    words = " / ".join([kinds.get(minor.kind, minor.kind), major.label, minor.label]) if minor and major else ""
    return [
        (_("类别"), words or _("未分类"), True),
        (_("立案条件"), case.standard.condition if case.standard else "", True),
        (_("结案条件"), case.standard.close_condition if case.standard else "", True),
        (_("来源"), source_of(case).label, False),
        (_("处置时限"), limit_of(case), False),
    ]


def limit_of(case: Case) -> str:
    """The handling limit in words."""
    limit = clocks.case_limit(case)
    return limit_words(limit) if limit else ""


def _where(case: Case) -> list[Line]:
    return [
        (_("区域等级"), _("%(area_class)s 类") % {"area_class": case.area_class} if case.area_class else "", False),
        (_("单元网格"), case.cell.code if case.cell else "", False),
        (_("责任网格"), case.duty_grid.name if case.duty_grid else "", False),
    ]


def _who(file: CaseFile) -> list[Line]:
    case = file.case
    helpers = [task.unit.label for task in file.tasks if task.part == Task.ASSIST and task.unit and not task.ended]
    return [
        (_("责任单位"), case.unit.label if case.unit else "", False),
        (_("协办单位"), listed(helpers), False),
    ]


def _when(case: Case) -> list[Line]:
    due = moment(case.due_at)
    if due and case.provisional:
        due = _("%(due)s（暂定，节假日尚未公布）") % {"due": due}
    moved = case.original_due_at if case.original_due_at != case.due_at else None
    late = {None: "", True: _("超期"), False: _("按期")}[case.is_late]
    return [
        (_("上报时间"), moment(case.created_at), False),
        (_("立案时间"), moment(case.filed_at), False),
        (_("派遣时间"), moment(case.dispatched_at), False),
        (_("处置截止"), due, False),
        (_("原截止"), moment(moved), False),
        (_("处置完成"), f"{moment(case.handled_at)} {late}".strip() if case.handled_at else "", False),
        (_("结案时间"), moment(case.closed_at), False),
    ]


def moment(value: datetime | None) -> str:
    """A moment on the city's clock."""
    return f"{city_time(value):%Y-%m-%d %H:%M}" if value else ""


def reports_of(file: CaseFile) -> list[dict[str, Any]]:
    """The reports: who said it, with contacts as this person may see them; units never see reporters."""
    opens = opens_sealed_contacts(file.by, file.case)
    return [
        {
            "id": report.pk,
            "source": source_of(report).label,
            "number": report.external_number,
            "text": file.seen.text(report.text),
            "at": moment(report.created_at),
            "person": report.person.name if report.person and file.seen.reporters else "",
            "contact": contact_row(report.contact, file.seen),
            "may_look": opens and report.contact is not None and report.contact.confidential,
        }
        for report in file.reports
    ]


def tasks_of(file: CaseFile) -> list[dict[str, Any]]:
    """The open tasks and requests, whom they wait for and how long still."""
    kinds = {
        "verify": _("核实"),
        "handle": _("处置"),
        "check": _("核查"),
        "return": _("回退申请"),
        "void": _("作废申请"),
    }
    rows: Sequence[Task | Request] = [*file.tasks, *file.requests]
    return [
        {
            "what": kinds.get(row.kind, row.kind),
            "who": _holder(row),
            "state": label_of(state_of(row).labels),
            "since": moment(row.opened_at),
            "lamp": lamp_of(_clock(row, file)),
            "words": file.seen.instruction(row) if isinstance(row, Task) else _reason(row),
            "mark": _part(row),
        }
        for row in rows
        if not row.ended
    ]


def _clock(row: Task | Request, file: CaseFile) -> ClockView:
    if isinstance(row, Task):
        return task_view(row, file.case, file.now)
    return request_view(row, file.case, file.now)


def _holder(row: Task | Request) -> str:
    names = dict.fromkeys([row.unit.label if row.unit else "", row.person.name if row.person else ""])
    return " ".join(name for name in names if name)


def _part(row: Task | Request) -> str:
    parts = {Task.ASSIST: _("协办"), Task.BELOW: _("转派")}
    return parts.get(row.part, "") if isinstance(row, Task) else ""


def _reason(row: Request) -> str:
    entry = codes.find_entry(f"{row.kind}_reasons", row.reason)
    return entry.label if entry else row.reason


def links_of(case: Case) -> list[tuple[str, list[str]]]:
    """The numbers of linked cases, by how they stand to this one."""
    words = {
        "merged": _("已并入"),
        "merged_here": _("并入本案"),
        "rebound": _("反弹自"),
        "rebound_here": _("反弹后新立"),
    }
    found: dict[str, list[str]] = {}
    for row in selectors.links_of(case):
        found.setdefault(words.get(row["kind"], row["kind"]), []).append(row["number"])
    return list(found.items())


def place_of(case: Case) -> dict[str, str] | None:
    """The place as the map's attributes want it."""
    place = as_lonlat(case.point)
    return {"lon": f"{place.lon:.6f}", "lat": f"{place.lat:.6f}"} if place else None


def late_replies_of(file: CaseFile) -> list[dict[str, Any]]:
    """Answers of offline phones that came too late."""
    return [
        {
            "id": reply.pk,
            "who": reply.person.name,
            "at": moment(reply.at),
            "do": reply.do,
            "note": file.seen.text(str(reply.data.get("note", ""))),
            "seen": reply.seen,
        }
        for reply in file.late_replies
    ]


def handling_of(file: CaseFile) -> dict[str, str] | None:
    """The handling clock, where the case's own lamp shows another one."""
    if file.case.phase == "handling" or file.case.due_at is None:
        return None
    return lamp_of(handling_view(file.case, file.now))
