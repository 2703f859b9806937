"""Propose an update, be asked for one, take one back."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_point
from cityloop.base.time import city_date, city_time
from cityloop.codes.models import Kind as CodeKind
from cityloop.codes.models import Minor
from cityloop.grid.models import Component, ComponentState, Proposal, UpdateKind, UpdateState
from cityloop.grid.photos import link_photos
from cityloop.grid.placing import place_row
from cityloop.grid.recording import differences, flat_values
from cityloop.grid.selectors import inspectors_over, revision_of
from cityloop.grid.updates.policy import access_component, access_proposal
from cityloop.grid.updates.selectors import FIELDS, find_pending
from cityloop.grid.updates.telling import tell_of
from cityloop.grid.values import MOST_PHOTOS, read_values
from cityloop.grid.version import record_act
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

PROPOSED: Final = tuple(name for name in FIELDS if name != "photos")
GONE_STATES: Final = (ComponentState.REMOVED.value, ComponentState.DISCARDED.value)
# What each kind may say beside photos and a reason.
WITH_VALUES: Final = (UpdateKind.NEW, UpdateKind.CHANGED, UpdateKind.MOVED)
WITH_PLACE: Final = (UpdateKind.NEW, UpdateKind.MOVED)
WITH_PHOTO: Final = (UpdateKind.NEW, UpdateKind.GONE)  # nothing is there to look at later


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody says of a component (`code`), or of a new one of a category (`minor_id`).

    `values` as the actions take them; for a component that is gone `{"state": "removed"}` or `discarded`.
    """

    kind: str
    code: str = ""
    minor_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    geometry: Any = None
    stood: LonLat | None = None
    photos: Sequence[UUID] = ()
    reason: str = ""


@transaction.atomic
def propose(what: Proposed, *, by: Actor, now: datetime, client_id: UUID) -> Proposal:
    """Propose an update; the same again under one `client_id` is the same proposal.

    Refused as `not_here` where another proposal waits for the component or it is retired, as `invalid` with fields.
    """
    demand(by, "grid.propose")
    known = Proposal.objects.filter(client_id=client_id).first()
    if known:
        return _same(known, what, by)
    _check(what)
    row = access_component(what.code, lock=True) if what.kind != UpdateKind.NEW else _new(what, now)
    proposal = _answered(row) if row.pk else Proposal()
    _fill(proposal, row, what, now)
    if what.photos:
        link_photos("update", client_id.hex, before=(), after=what.photos, by=by)
    proposal.client_id, proposal.state, proposal.at = client_id, UpdateState.OPEN, now
    proposal.by_id, proposal.by_name = by.person_id, by.name
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError:  # the same request came twice at once
        raise Refused("stale", _("这份申请正在提交，请稍候刷新"), {"rule": "client_id"}) from None
    record_act("update_proposed", row.code or what.kind, by=by, now=now, update=proposal.pk, kind=what.kind)
    return proposal


def _same(known: Proposal, what: Proposed, by: Actor) -> Proposal:
    code = known.component.code if known.component and known.kind != UpdateKind.NEW else ""
    if known.by_id != by.person_id or (known.kind, code) != (what.kind, what.code):
        raise Refused("invalid", _("此编号已用于另一份申请"), {"rule": "client_id"})
    return known


def _check(what: Proposed) -> None:
    """Refuse what no component need be known for."""
    gone, reason = what.kind == UpdateKind.GONE, what.reason.strip()
    rules = (
        ("kind", what.kind not in UpdateKind.values, _("不在可选范围内")),
        ("lon", what.kind in WITH_PLACE and what.geometry is None, _("请定位，或在地图上选点")),
        ("state", gone and what.values.get("state") not in GONE_STATES, _("请选择废弃或移除")),
        ("photos", what.kind in WITH_PHOTO and not what.photos, _("请至少拍一张现场照片")),
        ("photos", len(what.photos) > MOST_PHOTOS, _("最多 %(count)s 张照片") % {"count": MOST_PHOTOS}),
        ("reason", gone and not reason, _("请写明原因")),
        ("reason", len(reason) > 200, _("不超过 %(limit)s 字") % {"limit": 200}),
    )
    wrong = {name: message for name, is_wrong, message in rules if is_wrong}
    if wrong:
        raise Refused("invalid", "；".join(wrong.values()), {"fields": wrong})


def _new(what: Proposed, now: datetime) -> Component:
    minor = Minor.objects.filter(pk=what.minor_id or 0, kind=CodeKind.COMPONENT).first()
    if minor is None or not minor.is_in_force(city_date(now)):
        raise _invalid("minor", _("没有此部件小类"))
    return Component(minor=minor, name=minor.name, valid_from=city_date(now))


def _answered(row: Component) -> Proposal:
    """A new proposal, or the one that asked somebody to look; refused while another one waits."""
    if row.valid_to is not None:
        raise Refused("not_here", _("已于 %(day)s 停用，不能再修改") % {"day": row.valid_to}, {"rule": "in_force"})
    pending = find_pending(row)
    if pending and pending.is_open:
        values = {"name": pending.by_name, "at": f"{city_time(pending.at):%Y-%m-%d %H:%M}"}
        message = _("%(name)s 已于 %(at)s 对此部件提出更新申请，等待审批；处理之后才能再提") % values
        raise Refused("not_here", message, {"rule": "one_open", "update": pending.pk})
    return pending or Proposal()


def _fill(proposal: Proposal, row: Component, what: Proposed, now: datetime) -> None:
    """Put down what would change, read and judged as the actions will do."""
    given = what.values if what.kind in WITH_VALUES else {}
    if what.kind == UpdateKind.GONE:
        given = {"state": what.values["state"]}
    before, changed = flat_values(row, PROPOSED), copy(row)
    for name, value in read_values(changed, given, PROPOSED, on=city_date(now)).items():
        setattr(changed, name, value)
    old, new = differences(before, flat_values(changed, PROPOSED))
    if what.kind == UpdateKind.CHANGED and not new:
        raise _invalid("values", _("没有任何改动；如与登记一致，请选“核对无误”"))
    proposal.kind, proposal.minor, proposal.component = what.kind, row.minor, row if row.pk else None
    proposal.before, proposal.values = old, new
    proposal.geom = None
    if what.kind in WITH_PLACE:
        place_row(changed, what.geometry, on=city_date(now))
        if row.pk and changed.geom.geom_type != row.geom.geom_type:
            raise _invalid("geometry", _("线状、面状部件的图形请由管理员修改"))
        proposal.geom = changed.geom
        proposal.before |= flat_values(row, ("geom",)) if row.pk else {}
    proposal.stood = as_point(what.stood) if what.stood else None
    proposal.photos, proposal.reason = list(what.photos), what.reason.strip()
    proposal.revision = revision_of("component", row.code) if row.pk else 0


@transaction.atomic
def recall(pk: int, *, by: Actor, now: datetime) -> Proposal:
    """Take one's own proposal back while it waits. What a case asked for is asked for again."""
    proposal = access_proposal(pk, by=by, lock=True)
    if proposal.by_id != by.person_id:
        raise Refused("not_yours", _("只有申请人可以撤回"), {"rule": "own_proposal"})
    demand_open(proposal)
    proposal.state, proposal.decided_at = UpdateState.RECALLED, now
    proposal.decided_by_id, proposal.decided_by_name = by.person_id, by.name
    proposal.save()
    record_act("update_recalled", code_of(proposal), by=by, now=now, update=proposal.pk)
    if proposal.case_number and proposal.component:
        ask(proposal.component, case_number=proposal.case_number, by=by, now=now)
    return proposal


@transaction.atomic
def ask(component: Component, *, case_number: str, by: Actor, now: datetime) -> Proposal | None:
    """Ask whoever patrols there to look at a component after a case about it; None where one waits already."""
    row = access_component(component.code, lock=True)
    if row.valid_to is not None or find_pending(row):
        return None
    people = inspectors_over(row.cell_id, now=now) if row.cell_id else ()
    proposal = Proposal.objects.create(
        state=UpdateState.ASKED,
        component=row,
        minor=row.minor,
        case_number=case_number,
        asked_of=people[0].person_id if people else None,
        at=now,
    )
    tell_of(proposal, "grid.update_asked", proposal.asked_of, now=now)
    record_act("update_asked", row.code, by=by, now=now, update=proposal.pk, case=case_number)
    return proposal


def demand_open(proposal: Proposal) -> None:
    """Refuse as `not_here` what is decided, recalled or not yet answered."""
    if not proposal.is_open:
        message = _("此申请%(state)s，不能再办理") % {"state": proposal.get_state_display()}
        raise Refused("not_here", message, {"rule": "open"})


def code_of(proposal: Proposal) -> str:
    """The component's code, or the kind where there is none yet."""
    return proposal.component.code if proposal.component else proposal.kind


def _invalid(name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {name: message}})
