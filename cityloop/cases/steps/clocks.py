"""The handling clock of a case, and the stage clocks of its posts. Every deadline comes from `limits.clock`."""

from datetime import datetime
from decimal import Decimal

from cityloop.base.time import city_date
from cityloop.cases.models import Case
from cityloop.limits.clock import Calendar, Deadline, Limit, add, add_span, spent
from cityloop.limits.selectors import current_calendar, limit_for, stage_limit


def used(case: Case, calendar: Calendar, now: datetime) -> int:
    """Microseconds of the limit's own clock that handling has used until `now`."""
    return sum(spent(calendar, case.limit_unit, began, ended or now) for began, ended in _spans(case))


def case_limit(case: Case) -> Limit | None:
    """The limit frozen on the case."""
    return None if case.limit_amount is None else Limit(Decimal(case.limit_amount), case.limit_unit)


def freeze_limit(case: Case, now: datetime) -> None:
    """Put the limit of the case's standard and area class on the case."""
    found = limit_for(case.standard_id, case.area_class, city_date(now)) if case.standard_id else None
    case.limit_amount = found.amount if found else None
    case.limit_unit = str(found.unit) if found else ""


def start(case: Case, now: datetime, due: datetime | None = None) -> None:
    """Begin afresh at `now`; `due` is a deadline set by hand."""
    limit = case_limit(case)
    case.calendar_id, calendar = current_calendar()
    case.runs, case.running_since, case.handled_at = [], now, None
    if due is not None:
        case.due_at, case.provisional = due, False
    elif limit is not None:
        _set_due(case, add(calendar, now, limit))
    case.original_due_at = case.due_at


def go_on(case: Case, now: datetime) -> None:
    """Begin at `now` with what the same first-level unit has left of the limit; nothing left is late at once."""
    case.running_since, case.handled_at = now, None
    recompute(case)
    case.original_due_at = case.due_at


def _set_due(case: Case, deadline: Deadline) -> None:
    case.due_at, case.provisional = deadline.at, deadline.provisional


def stop(case: Case, now: datetime) -> None:
    """Stop at feedback or pause; the deadline in force stays for judging."""
    if case.running_since is not None:
        case.runs = [*case.runs, [case.running_since.isoformat(), now.isoformat()]]
        case.running_since = None


def resume(case: Case, now: datetime) -> None:
    """Go on at `now` with what remained: past or future, the new deadline is that much working time away."""
    limit = case_limit(case)
    if limit is None or case.due_at is None:
        case.running_since, case.handled_at = now, None
        return
    version, calendar = current_calendar()
    overrun = case.handled_at is not None and case.handled_at > case.due_at
    left = _left(case, calendar, limit)
    case.running_since, case.handled_at, case.calendar_id = now, None, version
    # Whoever had nothing left is late from the first moment: the old deadline stays in force.
    if not overrun and left > 0:
        _set_due(case, add_span(calendar, limit.unit, now, left))


def recompute(case: Case) -> None:
    """The deadline under another limit or calendar, from dispatch, with the pauses that there were."""
    limit = case_limit(case)
    if limit is None or case.dispatched_at is None:
        return
    case.calendar_id, calendar = current_calendar()
    left = limit.total_us
    last: datetime | None = None
    for began, ended in _spans(case):
        used_here = left if ended is None else spent(calendar, limit.unit, began, ended)
        if used_here >= left:
            _set_due(case, add_span(calendar, limit.unit, began, left))
            return
        left -= used_here
        last = ended
    if last is not None:
        _set_due(case, add_span(calendar, limit.unit, last, left))


def _spans(case: Case) -> list[tuple[datetime, datetime | None]]:
    """When the clock ran; the open span, if there is one, comes last and has no end."""
    closed = [(datetime.fromisoformat(began), datetime.fromisoformat(ended)) for began, ended in case.runs]
    return [*closed, *([(case.running_since, None)] if case.running_since else [])]


def clear(case: Case) -> None:
    """No unit has the case any more: nothing runs, nothing is due."""
    case.runs, case.running_since, case.due_at, case.original_due_at = [], None, None, None
    case.provisional, case.handled_at = False, None


def _left(case: Case, calendar: Calendar, limit: Limit) -> int:
    """Working time between the last stop and the deadline in force."""
    assert case.due_at is not None
    stopped = datetime.fromisoformat(case.runs[-1][1]) if case.runs else case.due_at
    return spent(calendar, limit.unit, stopped, case.due_at) if stopped < case.due_at else 0


def stage_due(name: str, case: Case, now: datetime) -> tuple[datetime | None, str]:
    """When the post's stage is due, and its limit in words; None for a stage without a limit."""
    limit = stage_limit(name, source_kind=case.source.kind, urgent=case.urgent) if name else None
    if limit is None:
        return None, ""
    _, calendar = current_calendar()
    return add(calendar, now, limit).at, f"{limit.amount} {limit.unit}"


def stage_unit(name: str, case: Case) -> str:
    """The unit in which the post's stage is limited, "" for a stage without a limit."""
    limit = stage_limit(name, source_kind=case.source.kind, urgent=case.urgent) if name else None
    return str(limit.unit) if limit else ""
