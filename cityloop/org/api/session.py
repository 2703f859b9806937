"""The API of sign-in and of units."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.org.access import ActorRequest, ApiAuth, first_duty
from cityloop.org.actions import change_password, revoke_token
from cityloop.org.actor import Actor, get_actor
from cityloop.org.models import Person, Token, Unit
from cityloop.org.permissions import names_of
from cityloop.org.selectors import get_person, list_units, search_units
from cityloop.org.sign_in import authenticate, choose_handler, issue_token, sign_in, sign_out

router = Router(auth=ApiAuth())
any_time = ApiAuth(before_duties=True)  # for what a person may do before his first duties are done
MOST_UNITS = 50

Short = Annotated[str, Field(max_length=60)]
Secret = Annotated[str, Field(max_length=200)]


class SignInBody(Schema):
    """User name and password; the handler's name for a unit account; a label if a machine wants a token."""

    username: Short
    password: Secret
    handler: Short | None = None
    token: Short | None = None


class HandlerBody(Schema):
    """Which handler acts through the unit account."""

    handler: int


class PasswordBody(Schema):
    """The old password and the new one."""

    old: Secret
    new: Secret


class NamedOut(Schema):
    """Something with a name."""

    id: int
    name: str


class PostOut(Schema):
    """A post held now."""

    id: int
    kind: str
    unit_id: int
    unit_name: str
    area_code: str


class SessionOut(Schema):
    """Who is signed in. `duty` is what must be done first: `change_password`, `choose_handler`, or null."""

    id: int
    username: str
    name: str
    posts: list[PostOut]
    permissions: list[str]
    handler: int | None
    handlers: list[NamedOut]
    duty: str | None
    token: str | None = None


class TokenOut(Schema):
    """A machine's token, without its secret."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class UnitOut(Schema):
    """A unit in use."""

    id: int
    code: str
    name: str
    short_name: str
    level: str
    parent_id: int | None
    area_code: str


def session_of(person: Person, actor: Actor, token: str | None = None) -> SessionOut:
    """The answer about who is signed in."""
    return SessionOut.model_validate(
        {
            "id": person.pk,
            "username": person.username,
            "name": actor.name,
            "posts": actor.posts,
            "permissions": names_of(actor),
            "handler": actor.handler_id,
            "handlers": [{"id": pk, "name": name} for pk, name in actor.handlers],
            "duty": first_duty(person, actor),
            "token": token,
        },
        from_attributes=True,
    )


@router.post("/session", auth=None, response=SessionOut, summary="Sign in")
def post_session(request: ActorRequest, body: SignInBody) -> SessionOut:
    """Sign in: sets the session cookie; with `token` (what it is for) also returns a machine's token, once."""
    if request.content_type != "application/json":
        # A form on another site can send JSON as text, but not under this type: nobody is signed in unawares.
        raise Refused("invalid", _("请以 application/json 发送"), {"rule": "content_type"})
    address = request.META.get("REMOTE_ADDR", "")
    person = authenticate(body.username, body.password, now=request.now, address=address)
    sign_in(request, person, now=request.now)
    actor = get_actor(person, now=request.now)
    if body.handler is not None:
        chosen = {name: pk for pk, name in actor.handlers}.get(body.handler, 0)
        actor = choose_handler(request, person, chosen, now=request.now)
    token = issue_token(person, body.token, by=actor, now=request.now) if body.token else None
    return session_of(person, actor, token)


@router.get("/session", auth=any_time, response=SessionOut, summary="Who am I")
def get_session(request: ActorRequest) -> SessionOut:
    """The person signed in, with posts and permissions."""
    return session_of(_person(request), request.actor)


@router.delete("/session", auth=any_time, response={204: None}, summary="Sign out")
def delete_session(request: ActorRequest) -> Status[None]:
    """End the session. A machine's token is ended by `DELETE /tokens/{id}`."""
    sign_out(request, by=request.actor, now=request.now)
    return Status(204, None)


@router.post("/session/handler", auth=any_time, response=SessionOut, summary="Choose the handler")
def post_handler(request: ActorRequest, body: HandlerBody) -> SessionOut:
    """Choose who acts through this unit account's session."""
    person = _person(request)
    return session_of(person, choose_handler(request, person, body.handler, now=request.now))


@router.post("/session/password", auth=any_time, response={204: None}, summary="Change the password")
def post_password(request: ActorRequest, body: PasswordBody) -> Status[None]:
    """Change one's own password; every session and token ends, this one too."""
    change_password(_person(request), by=request.actor, now=request.now, old=body.old, new=body.new)
    sign_out(request, by=request.actor, now=request.now)
    return Status(204, None)


@router.get("/tokens", response=list[TokenOut], summary="My machines' tokens")
def get_tokens(request: ActorRequest) -> list[Token]:
    """One's own tokens, newest first."""
    return list(Token.objects.filter(person_id=request.actor.person_id or 0)[:100])


@router.delete("/tokens/{token_id}", response={204: None}, summary="Revoke a token")
def delete_token(request: ActorRequest, token_id: int) -> Status[None]:
    """Revoke one of one's own tokens."""
    token = Token.objects.filter(person_id=request.actor.person_id or 0, pk=token_id).first()
    if token is None:
        raise Refused("not_found", _("没有此令牌"))
    revoke_token(token, by=request.actor, now=request.now)
    return Status(204, None)


@router.get("/units", response=list[UnitOut], summary="Units, for pickers")
def get_units(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=60, description="part of the name, initials or the beginning of the code")] = "",
    level: Annotated[str, Query(max_length=20)] = "",
    below: Annotated[int | None, Query(description="id of the unit at whose branch to look")] = None,
) -> list[Unit]:
    """At most 50 units in use, in the order of lists."""
    today = city_date(request.now)
    units = search_units(q, on=today) if q.strip() else list_units(on=today)
    if level:
        units = units.filter(level=level)
    if below is not None:
        units = units.filter(path__contains=f"/{below}/") | units.filter(path__startswith=f"{below}/")
    return list(units[:MOST_UNITS])


def _person(request: HttpRequest) -> Person:
    """The account behind the request, by session or token."""
    if isinstance(request.user, Person):
        return request.user
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return get_person(actor.person_id or 0)
