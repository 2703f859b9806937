"""Signing in and out: failures are counted before they can be raced, and nobody learns which names exist."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_time
from cityloop.journal.actions import record
from cityloop.org.access import HANDLER_KEY, digest_of
from cityloop.org.actions import as_username
from cityloop.org.actor import Actor, get_actor
from cityloop.org.models import Handler, Person, SignInCount, Token
from cityloop.org.selectors import people_with_version

TOKEN_LIFE = timedelta(days=365)
BACKEND = "cityloop.org.access.PersonBackend"

# One statement counts an attempt and keeps the row locked until it is judged: parallel guesses at one name queue up.
# A count older than the lock begins anew; while locked, the moment of the lock stays.
COUNT = """
INSERT INTO org_signincount AS c (username, failures, last_at) VALUES (%(name)s, 1, %(now)s)
ON CONFLICT (username) DO UPDATE SET
    failures = CASE WHEN c.last_at <= %(expired)s THEN 1 ELSE least(c.failures + 1, %(most)s + 1) END,
    last_at = CASE WHEN c.last_at > %(expired)s AND c.failures >= %(most)s THEN c.last_at ELSE %(now)s END
RETURNING failures, last_at
"""
# Counts of names that nobody has tried for a day; rows that somebody holds are left to the next one.
FORGET = """
DELETE FROM org_signincount WHERE id IN (
    SELECT id FROM org_signincount WHERE last_at < %s ORDER BY last_at LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def authenticate(username: str, password: str, *, now: datetime, address: str = "") -> Person:
    """The account of that name and password.

    Refused as `not_signed_in`, in the same words and the same time for a wrong password, a closed account and a name
    that does not exist, and as `too_many` while the name is locked. Call it outside a transaction: the count of a
    refused attempt must stay.
    """
    name = as_username(username)[:60]
    with transaction.atomic():
        failures, last_at = _count(name, now)
        if failures > settings.SIGN_IN_FAILURES:
            refusal = _locked(last_at, now)
        else:
            person = _verified(name, password)
            if person is not None:
                SignInCount.objects.filter(username=name).delete()
                return person
            refusal = _failed(name, failures, now=now, address=address)
    raise refusal


def _count(name: str, now: datetime) -> tuple[int, datetime]:
    """Count this attempt as a failure for now; returns the failures in a row and when the last counted one was."""
    span = timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    values: dict[str, str | int | datetime] = {
        "name": name,
        "now": now,
        "expired": now - span,
        "most": settings.SIGN_IN_FAILURES,
    }
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now - timedelta(days=1) - span])
        cursor.execute(COUNT, values)
        failures, last_at = cursor.fetchone()
    return failures, last_at


def _verified(name: str, password: str) -> Person | None:
    """The active account whose password this is. An unknown name costs one hash too."""
    person = people_with_version().filter(username=name).first()
    if person is None:
        Person().set_password(password)
        return None
    return person if person.check_password(password) and person.is_active else None


def _failed(name: str, failures: int, *, now: datetime, address: str) -> Refused:
    person = Person.objects.filter(username=name).first()
    locked = failures == settings.SIGN_IN_FAILURES
    if person is not None:
        # What was typed for an unknown name may be a password; it stays out of the journal.
        what = "org.locked_out" if locked else "org.sign_in_failed"
        record(what, by_id=None, by_name="", now=now, subject=name, data={"failures": failures, "address": address})
    return _locked(now, now) if locked else Refused("not_signed_in", _("用户名或密码不正确"), {"rule": "password"})


def _locked(since: datetime, now: datetime) -> Refused:
    until = since + timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    message = _("连续登录失败次数过多，请在 %(time)s 之后再试，或请管理员重置密码")
    details = {"rule": "locked", "seconds": max(1, int((until - now).total_seconds()))}
    return Refused("too_many", message % {"time": f"{city_time(until):%H:%M}"}, details)


def sign_in(request: HttpRequest, person: Person, *, now: datetime) -> None:
    """Begin a session of this person: a new session key, a new CSRF token, an entry in the journal."""
    login(request, person, backend=BACKEND)
    request.session.pop(HANDLER_KEY, None)
    record(
        "org.sign_in",
        by_id=person.pk,
        by_name=person.name,
        now=now,
        subject=person.username,
        data={"address": request.META.get("REMOTE_ADDR", "")},
    )


def choose_handler(request: HttpRequest, person: Person, handler_id: int, *, now: datetime) -> Actor:
    """Let the named handler act through this unit account's session; refused as `invalid` if he is not one of it."""
    actor = get_actor(person, now=now)
    if handler_id not in dict(actor.handlers):
        raise Refused("invalid", _("没有此经办人"), {"fields": {"handler": _("没有此经办人")}})
    request.session[HANDLER_KEY] = handler_id
    request.session.cycle_key()
    actor = get_actor(person, handler_id=handler_id, now=now)
    record("org.handler_chosen", by_id=person.pk, by_name=actor.name, now=now, subject=person.username)
    return actor


def renew_session(request: HttpRequest, person: Person) -> None:
    """After a change of password: this session goes on under a new key, all others have ended."""
    update_session_auth_hash(request, person)


def sign_out(request: HttpRequest, *, by: Actor, now: datetime) -> None:
    """End the session."""
    logout(request)
    if by.is_signed_in:
        record("org.sign_out", by_id=by.person_id, by_name=by.name, now=now)


def issue_token(person: Person, label: str, *, by: Actor, now: datetime) -> str:
    """A key for a machine of this person, shown this once; it lives a year or until revoked."""
    text = f"cityloop_{secrets.token_urlsafe(32)}"
    handler = Handler.objects.get(pk=by.handler_id) if by.handler_id else None
    Token.objects.create(
        person=person,
        handler=handler,
        label=label[:60],
        digest=digest_of(text),
        created_at=now,
        expires_at=now + TOKEN_LIFE,
    )
    record(
        "org.token_issued",
        by_id=by.person_id,
        by_name=by.name,
        now=now,
        subject=person.username,
        data={"label": label[:60]},
    )
    return text
