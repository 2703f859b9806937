"""Who has a case open at a desk. A claim is shown by name and passed over by "next"; it locks nothing."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, Claim
from cityloop.cases.policy import serves
from cityloop.org.actor import Actor

IDLE: Final = timedelta(minutes=5)


def claim(case: Case, *, by: Actor, now: datetime) -> Claim | None:
    """Claim a case opened from a box, and mark it seen by the next post. Returns another person's live claim."""
    if by.person_id is None or case.is_ended:
        return None
    mark_opened(case, by=by)
    held = Claim.objects.filter(case=case).exclude(person_id=by.person_id).filter(seen_at__gt=now - IDLE).first()
    if held is not None:
        return held
    Claim.objects.update_or_create(
        case=case,
        defaults={"seen_at": now, "name": by.name, "person_id": by.person_id},
        create_defaults={"seen_at": now, "since": now, "name": by.name, "person_id": by.person_id},
    )
    return None


def mark_opened(case: Case, *, by: Actor) -> None:
    """The next post has seen the case: no revision and no event, but the sender can no longer recall."""
    if case.opened_seq < case.last_seq and case.last_actor_id != by.person_id:
        Case.objects.filter(pk=case.pk).update(opened_seq=F("last_seq"))


def release(case: Case, *, by: Actor) -> None:
    """Leave the case."""
    if by.person_id is None:
        return
    Claim.objects.filter(case=case, person_id=by.person_id).delete()


def take_over(case: Case, *, by: Actor, now: datetime) -> str:
    """Take a case out of another's hands: for the shift leader of its centre. Returns who had it, "" for nobody.

    A claim is no event, and whatever the other one has written is still his to send: he is told `stale` if it is late.
    Refused as `not_yours`.
    """
    if by.person_id is None or not any(post.kind == "shift_leader" and serves(post, case) for post in by.posts):
        raise Refused("not_yours", _("只有本中心的值班长可以接管"), {"rule": "take_over"})
    held = Claim.objects.filter(case=case, seen_at__gt=now - IDLE).exclude(person_id=by.person_id).first()
    Claim.objects.update_or_create(
        case=case, defaults={"seen_at": now, "since": now, "name": by.name, "person_id": by.person_id}
    )
    return held.name if held else ""


def release_others(case: Case, *, by: Actor) -> None:
    """Leave every other case: a person works on one at a time."""
    if by.person_id is not None:
        Claim.objects.filter(person_id=by.person_id).exclude(case=case).delete()


def release_all(*, by: Actor) -> None:
    """Leave the desk."""
    if by.person_id is None:
        return
    Claim.objects.filter(person_id=by.person_id).delete()
