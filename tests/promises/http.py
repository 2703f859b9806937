"""The API as a signed-in client speaks it, for one request after another in the test's own transaction."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from cityloop.org.access import HANDLER_KEY
from cityloop.org.models import Handler
from tests.world import World

JSON = "application/json"


def signed_in(world: World, username: str) -> Client:
    """A browser of that person; a unit account has chosen its first handler. Errors are answers, not exceptions."""
    client, person = Client(raise_request_exception=False), world.people[username]
    client.force_login(person)
    if person.unit_account:
        session = client.session
        session[HANDLER_KEY] = Handler.objects.filter(unit_account=person).earliest("pk").pk
        session.save()
    return client


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    """POST plain JSON, half a surrogate pair included."""
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type=JSON)


def act(client: Client, address: str, data: dict[str, Any] | None = None, **body: Any) -> Any:
    """One action."""
    return post(client, address, {"client_id": str(uuid4()), "data": data or {}, **body})
