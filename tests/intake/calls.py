"""A call as the page sends it."""

from typing import Any
from uuid import uuid4

from django.test import Client

from tests.world import World

HX = {"HX-Request": "true"}
MOBILE = "154 1234 5678"


def at_desk(world: World, username: str = "operator") -> Client:
    """A signed-in browser that asks for fragments."""
    client = Client(headers=HX)
    client.force_login(world.people[username])
    return client


def call(world: World, **fields: Any) -> dict[str, Any]:
    """What the form sends for a call about rubbish in the first cell."""
    lon, lat = world.place(0)
    standard = world.standard()
    return {
        "client_id": str(uuid4()),
        "source": "hotline",
        "phone": MOBILE,
        "reporter_name": "李四",
        "gender": "male",
        "reply_by": "sms",
        "minor": str(standard.minor_id),
        "standard": str(standard.pk),
        "lon": f"{lon:.6f}",
        "lat": f"{lat:.6f}",
        "address": "东街1号",
        "description": "东街1号暴露垃圾，一处",
        **fields,
    }
