"""The history of a case as people read it: each step with who, when, how long, what was said and shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import cos, hypot, radians
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cityloop.base.geometry import as_lonlat
from cityloop.base.time import city_time
from cityloop.cases.models import Case, CaseEvent
from cityloop.cases.policy import Sight
from cityloop.cases.shown import naming
from cityloop.cases.shown.present import do_label, label_of, who_did
from cityloop.cases.steps import clocks
from cityloop.cases.steps.forms_of import get_form
from cityloop.codes import selectors as codes
from cityloop.formdefs.schema import Field
from cityloop.limits.clock import UNIT_US, Limit, Unit
from cityloop.limits.lamp import TimeLeft
from cityloop.limits.words import limit_words, span_words
from cityloop.org.posts import POST_KINDS
from cityloop.workflow.selectors import get_flow

MINUTE_US: Final = 60_000_000
METRES_A_DEGREE: Final = 111_320
# The clock that counts what is not a whole day.
REST: Final = {
    Unit.URGENT_HOUR: Unit.URGENT_HOUR,
    Unit.URGENT_DAY: Unit.URGENT_HOUR,
    Unit.WORK_HOUR: Unit.WORK_HOUR,
    Unit.WORK_DAY: Unit.WORK_HOUR,
    Unit.CALENDAR_DAY: Unit.URGENT_HOUR,
}
# Old values that a reader of an amended case wants to see.
OLD: Final = ("minor_id", "description", "address")


@dataclass(slots=True)
class Photo:
    """One photo, sound or film of a case, with the addresses of its guarded downloads."""

    id: str
    kind: str
    purpose: str
    url: str
    thumbnail: str
    caption: str
    taken: str
    seq: int


@dataclass(slots=True)
class StepView:
    """One step."""

    seq: int
    what: str
    who: str
    post: str
    unit: str
    at: datetime
    stage: str
    to: str
    spent: str
    limit: str
    due_at: datetime | None
    late: bool
    note: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    both_axes: bool = False
    follows: bool = False  # the consequence of the step before


def parse_limit(text: str) -> Limit | None:
    """The limit that an event keeps as `4 work_hour`; None for a bare stage name."""
    amount, _gap, unit = text.partition(" ")
    return Limit(Decimal(amount), Unit(unit)) if unit in set(Unit) else None


def duration_words(microseconds: int, unit: str) -> str:
    """How long something took, in the limit's own unit: 1小时12分 工作时, 2工作日3小时 (of eight)."""
    kind = Unit(unit)
    day = UNIT_US[kind] if kind not in (Unit.URGENT_HOUR, Unit.WORK_HOUR) else 0
    days, rest = divmod(microseconds, day) if day else (0, microseconds)
    minutes = rest // MINUTE_US
    left = TimeLeft(False, days, minutes // 60, minutes % 60, kind, REST[kind])
    return _("不足1分钟") if left.is_nothing else span_words(left)


def steps_of(
    case: Case, events: Sequence[CaseEvent], seen: Sight, photos: Mapping[int, Sequence[Photo]]
) -> list[StepView]:
    """The steps of a case, oldest first. Costs at most two statements, for the names in the events' data."""
    fields = {event.seq: list(_fields(event)) for event in events}
    names = naming.fetch(*naming.ids_in(pair for pairs in fields.values() for pair in pairs))
    return [_step(case, event, seen, _facts(case, event, fields[event.seq], names, seen), photos) for event in events]


def _fields(event: CaseEvent) -> Iterator[tuple[Field, Any]]:
    """The values of the step's form with the fields that asked for them."""
    flow = get_flow(event.flow_version)
    form = next((line.form for line in flow.lines if line.do == event.do and event.from_state in line.at), "")
    text = getattr(event, "text", None)
    values = {**event.data, **(text.private.get("data", {}) if text else {})}
    for item in get_form(event.flow_version, form):
        if item.name in values and item.name != "note":
            yield item, values[item.name]


def _facts(
    case: Case, event: CaseEvent, fields: list[tuple[Field, Any]], names: naming.Names, seen: Sight
) -> list[tuple[str, str]]:
    if not seen.tells(event):
        return []
    facts = [
        (
            label_of(item.labels),
            _distance(case, value) if item.kind == "point" else seen.text(names.words(item, value)),
        )
        for item, value in fields
    ]
    if event.do == "amend":
        facts += _old_values(event, seen)
    return [(label, words) for label, words in facts if words]


def _distance(case: Case, place: list[float]) -> str:
    """How far from the case somebody stood: whether it is the same spot."""
    there = as_lonlat(case.point)
    if there is None:
        return ""
    north = (place[1] - there.lat) * METRES_A_DEGREE
    east = (place[0] - there.lon) * METRES_A_DEGREE * cos(radians(there.lat))
    return _("距案件位置约 %(metres)s 米") % {"metres": round(hypot(north, east))}


def _old_values(event: CaseEvent, seen: Sight) -> Iterator[tuple[str, str]]:
    text = getattr(event, "text", None)
    old = {**event.before, **(text.private.get("before", {}) if text else {})}
    labels = {"minor_id": _("原小类"), "description": _("原描述"), "address": _("原地址")}
    for name in OLD:
        if old.get(name):
            minor = codes.snapshot().minors.get(old[name]) if name == "minor_id" else None
            yield labels[name], minor.label if minor else seen.text(str(old[name]))


def _step(
    case: Case,
    event: CaseEvent,
    seen: Sight,
    facts: list[tuple[str, str]],
    photos: Mapping[int, Sequence[Photo]],
) -> StepView:
    text = getattr(event, "text", None)
    states = get_flow(event.flow_version).states
    limit = parse_limit(event.limit) if event.limit else None
    came, went = states.get(event.from_state), states.get(event.to_state)
    return StepView(
        seq=event.seq,
        what=do_label(event, case),
        who=who_did(event),
        post=str(POST_KINDS.get(event.post, pgettext("post", "系统"))),
        unit=event.unit_name,
        at=city_time(event.at),
        stage=label_of(came.labels) if came else "",
        to=label_of(went.labels) if went and event.to_state != event.from_state else "",
        spent=_spent_words(case, event, limit),
        limit=limit_words(limit) if limit else "",
        due_at=city_time(event.due_at) if event.due_at else None,
        late=bool(event.late),
        note=seen.text(text.note) if text and seen.tells(event) else "",
        facts=facts,
        photos=list(photos.get(event.seq, ())),
        both_axes=event.both_axes,
        follows=event.group != event.seq,
    )


def _spent_words(case: Case, event: CaseEvent, limit: Limit | None) -> str:
    """How long the stage took by its limit's clock; nothing of it may fall into office hours."""
    if event.spent is None or event.began_at is None:
        return ""
    if event.spent == 0 and event.at - event.began_at > timedelta(minutes=1):
        return _("0（非工作时间）")
    unit = limit.unit if limit else clocks.stage_unit(event.limit, case)
    return duration_words(event.spent, unit) if unit else ""
