"""Who has a case open at a desk. A claim is shown by name and passed over by "next"; it locks nothing."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, Claim
from cityloop.cases.policy import serves, works_on
from cityloop.org.actor import Actor

IDLE: Final = timedelta(minutes=5)
# One statement, so that of two who open a case at the same moment one is told of the other.
CLAIM: Final = """
INSERT INTO cases_claim AS held (case_id, person_id, name, since, seen_at)
VALUES (%(case)s, %(person)s, %(name)s, %(now)s, %(now)s)
ON CONFLICT (case_id) DO UPDATE SET
    person_id = excluded.person_id, name = excluded.name, seen_at = excluded.seen_at,
    since = CASE WHEN held.person_id = excluded.person_id AND held.seen_at > %(idle_since)s
            THEN held.since ELSE excluded.since END
WHERE held.person_id = excluded.person_id OR held.seen_at <= %(idle_since)s
RETURNING case_id
"""


def claim(case: Case, *, by: Actor, now: datetime) -> Claim | None:
    """Claim a case opened from a box, and mark it seen by the next post. Returns another person's live claim."""
    if by.person_id is None or case.is_ended or not works_on(by, case):
        return None
    mark_opened(case, by=by)
    given: dict[str, int | str | datetime] = {
        "case": case.pk,
        "person": by.person_id,
        "name": by.name,
        "now": now,
        "idle_since": now - IDLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, given)
        if cursor.fetchone() is not None:
            return None
    return Claim.objects.filter(case=case).exclude(person_id=by.person_id).first()


def mark_opened(case: Case, *, by: Actor) -> None:
    """The next post has seen the case: no revision and no event, but the sender can no longer recall."""
    if case.opened_seq < case.last_seq and case.last_actor_id != by.person_id:
        Case.objects.filter(pk=case.pk).update(opened_seq=F("last_seq"))


def release(case: Case, *, by: Actor) -> None:
    """Leave the case."""
    if by.person_id is None:
        return
    Claim.objects.filter(case=case, person_id=by.person_id).delete()


def may_take_over(case: Case, *, by: Actor) -> bool:
    """Whether this is a shift leader of the case's centre."""
    return any(post.kind == "shift_leader" and serves(post, case) for post in by.posts)


def take_over(case: Case, *, by: Actor, now: datetime) -> str:
    """Take a case out of another's hands: for the shift leader of its centre. Returns who had it, "" for nobody.

    A claim is no event, and whatever the other one has written is still his to send: he is told `stale` if it is late.
    Refused as `not_yours`.
    """
    if by.person_id is None or not may_take_over(case, by=by):
        raise Refused("not_yours", _("只有本中心的值班长可以接管"), {"rule": "take_over"})
    held = Claim.objects.filter(case=case, seen_at__gt=now - IDLE).exclude(person_id=by.person_id).first()
    Claim.objects.update_or_create(
        case=case, defaults={"seen_at": now, "since": now, "name": by.name, "person_id": by.person_id}
    )
    return held.name if held else ""


def touch(case: Case, *, by: Actor, now: datetime) -> None:
    """Say that one still works on it; whoever has let go of the case, or lost it, does not get it back so."""
    if by.person_id is not None:
        Claim.objects.filter(case=case, person_id=by.person_id).update(seen_at=now)


def release_others(case: Case, *, by: Actor) -> None:
    """Leave every other case: a person works on one at a time."""
    if by.person_id is not None:
        Claim.objects.filter(person_id=by.person_id).exclude(case=case).delete()


def release_all(*, by: Actor) -> None:
    """Leave the desk."""
    if by.person_id is None:
        return
    Claim.objects.filter(person_id=by.person_id).delete()
