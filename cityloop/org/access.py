"""The door: who is behind a request, and whether he may open what he asks for."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote

from django.contrib.auth.backends import BaseBackend
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from cityloop.base.errors import Refused
from cityloop.org.actor import ANONYMOUS, Actor, get_actor
from cityloop.org.models import OrgVersion, Person, Token
from cityloop.org.permissions import PERMISSIONS, PUBLIC, SIGNED_IN, demand
from cityloop.org.selectors import find_active_person

HANDLER_KEY = "handler_id"
P = ParamSpec("P")


class ActorRequest(HttpRequest):
    """A request behind the middleware: who asks, and the one moment at which it is answered."""

    actor: Actor
    now: datetime
    person: Person | None


class PersonBackend(BaseBackend):
    """Fetches the person of a session, with the version of the organisation, in one statement.

    It signs nobody in: that is `org.sign_in`, which counts failures.
    """

    def get_user(self, user_id: int) -> Person | None:
        """The active account of that id."""
        return find_active_person(user_id)


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind the session; anonymous for a stranger and for a handler who has been struck off."""
    user = request.user
    if not isinstance(user, Person):
        return ANONYMOUS
    try:
        return get_actor(user, handler_id=request.session.get(HANDLER_KEY), now=timezone.now())
    except Refused:
        return ANONYMOUS


def first_duty(person: Person, actor: Actor) -> str | None:
    """What a signed-in person must do before anything else: `change_password`, `choose_handler`, or nothing."""
    if person.must_change_password:
        return "change_password"
    if actor.unit_account and actor.handlers and actor.handler_id is None:
        return "choose_handler"
    return None


View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def permission_required(
    name: str, *, before_duties: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Let only holders of the named permission open this page; strangers are sent to sign in.

    The name may be `public` or `signed_in`. The wrapped view carries it as `.permission`, for the table of
    every URL and its posts. `before_duties` is for the pages on which the first duties are done.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: ActorRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if name != PUBLIC:
                elsewhere = None if before_duties and request.actor.is_signed_in else _first_page(request)
                if elsewhere is not None:
                    return elsewhere
                demand(request.actor, name)
            return view(request, *args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return decorate


public = permission_required(PUBLIC)
signed_in = permission_required(SIGNED_IN)


def _first_page(request: ActorRequest) -> HttpResponse | None:
    """Where to send the request before its page: to sign in, or to the first duty."""
    if not request.actor.is_signed_in or not isinstance(request.user, Person):
        page = "sign_in"
    else:
        page = first_duty(request.user, request.actor) or ""
    if not page:
        return None
    address = reverse(f"org:{page}")
    if request.headers.get("HX-Request"):
        # A fragment must not swallow the sign-in page: htmx then moves the whole window.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    back = quote(request.get_full_path()) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{address}?next={back}" if back else address)


class ApiAuth(AuthBase):
    """Authentication of API operations: `Router(auth=ApiAuth("org.view"))`.

    A machine sends `Authorization: Bearer …`; a browser its session cookie and, on writes, Django's CSRF token
    (`X-CSRFToken`). Afterwards `request.actor` is the actor in either case. `ApiAuth("public")` lets strangers in
    and still knows who is signed in.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, permission: str = SIGNED_IN, *, before_duties: bool = False) -> None:
        super().__init__()
        self.permission = permission
        self.before_duties = before_duties

    def __call__(self, request: HttpRequest) -> Actor:
        """The actor; refused as `not_signed_in` or `not_yours`."""
        asked = cast(ActorRequest, request)
        bearer = request.headers.get("Authorization", "")
        if bearer.startswith("Bearer "):
            person: Person | None = self._machine(asked, bearer.removeprefix("Bearer ").strip())
        else:
            person = self._browser(asked)
        demand(asked.actor, self.permission)
        duty = first_duty(person, asked.actor) if person and not self.before_duties else None
        if duty:
            raise Refused("not_yours", _("请先修改密码或选择经办人"), {"rule": duty})
        return asked.actor

    def _machine(self, request: ActorRequest, text: str) -> Person:
        request.actor, person = actor_of_token(text, now=request.now)
        return person

    def _browser(self, request: ActorRequest) -> Person | None:
        if not isinstance(request.user, Person):
            return None
        if check_csrf(request) is not None:
            raise Refused("not_yours", _("请求缺少 CSRF 令牌"), {"rule": "csrf"})
        return request.user


def digest_of(token: str) -> str:
    """What is stored of a machine's token. It is 256 random bits, so a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, *, now: datetime) -> tuple[Actor, Person]:
    """The holder of a machine's token, in one statement; refused as `not_signed_in`."""
    tokens = Token.objects.filter(digest=digest_of(token), revoked_at=None, expires_at__gt=now, person__is_active=True)
    version = Subquery(OrgVersion.objects.values("number")[:1])
    found = tokens.select_related("person").annotate(org_version=version).first()
    if found is None:
        raise Refused("not_signed_in", _("令牌无效或已过期"), {"rule": "token"})
    person = found.person
    cast(Any, person).org_version = found.org_version
    return get_actor(person, handler_id=found.handler_id, now=now), person


def permission_of(view: Any) -> str | None:
    """The permission a page says it needs, or None if it says nothing, which a test forbids."""
    found = getattr(view, "permission", None)
    assert found is None or found in {PUBLIC, SIGNED_IN} or found in PERMISSIONS, found
    return cast(str | None, found)
