"""The first thing that every step does: lock its case, and learn at once all that must be known of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from cityloop.base.reading import Reader
from cityloop.cases.models import Case, Claim
from cityloop.cases.steps.facts import source_of
from cityloop.cases.visibility import may_see, own_units
from cityloop.org.actor import Actor

SQL: Final = """
SELECT {columns}, {claim},
    ARRAY(SELECT coalesce(p.unit_id, 0) FROM cases_participant p WHERE p.case_id = cases_case.id
        AND (p.person_id = %(person)s OR p.unit_id = ANY(%(units)s::bigint[]))),
    EXISTS(SELECT FROM cases_timer t WHERE t.case_id = cases_case.id AND t.fires_at <= %(now)s),
    EXISTS(SELECT FROM cases_caseevent e WHERE e.client_id = %(client_id)s)
FROM cases_case LEFT JOIN cases_claim ON cases_claim.case_id = cases_case.id
WHERE {which} FOR NO KEY UPDATE OF cases_case
"""
WHICH: Final = {
    "number": "cases_case.number = %(value)s",
    "task": "cases_case.id = (SELECT case_id FROM cases_task WHERE id = %(value)s)",
    "request": "cases_case.id = (SELECT case_id FROM cases_request WHERE id = %(value)s)",
}
_cases, _claims = Reader(Case), Reader(Claim)


class Locked(NamedTuple):
    """A locked case that the actor may see."""

    case: Case
    claim: Claim | None
    has_due_timer: bool
    done_before: bool  # the client id has its event


def lock(by: str, value: Any, *, actor: Actor, now: datetime, client_id: UUID | None) -> Locked | None:
    """The case of that `number`, `task` or `request`, locked; None unless the actor may see it. One statement."""
    sql = SQL.format(columns=_cases.columns, claim=_claims.columns, which=WHICH[by])
    values = {
        "value": value,
        "person": actor.person_id,
        "units": own_units(actor),
        "now": now,
        "client_id": client_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return None if row is None else _read(row, actor)


def _read(row: Sequence[Any], actor: Actor) -> Locked | None:
    *parts, takers, has_due_timer, done_before = row
    case = _cases.read(parts)
    if not actor.is_system and not may_see(actor, case, takers):
        return None
    case.source = source_of(case.source_id)
    rest = parts[_cases.width :]
    claim = _claims.read(rest) if rest[0] is not None else None
    return Locked(case, claim, has_due_timer, done_before)
