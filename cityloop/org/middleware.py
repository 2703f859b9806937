"""Puts the actor on the request; nothing is read before somebody asks."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from cityloop.org.access import ActorRequest, actor_of
from cityloop.org.actor import Actor


class ActorMiddleware:
    """Sets `request.actor` (lazy) and `request.now`, the one moment at which the request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with its actor."""
        asked = cast(ActorRequest, request)
        asked.now = timezone.now()
        asked.actor = cast(Actor, SimpleLazyObject(lambda: actor_of(request)))
        return self.get_response(request)
