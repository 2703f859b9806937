"""Underground pipes: a layer for those who hold its permission, and for nobody else by any door."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.test import Client

from cityloop.base import tiles as base
from cityloop.base.tiles import tile_at
from cityloop.grid.models import MapObject, ObjectLayer
from tests import tiles
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipe(world: World) -> MapObject:
    base.KEPT.forget()
    lon, lat = world.place(0)
    return MapObject.objects.create(
        layer=ObjectLayer.objects.get(code="pipes"),
        code="GX-1",
        name="配水管",
        extension={"pipe_kind": "给水", "diameter": 300},
        geom=LineString((lon - 0.0005, lat), (lon + 0.0005, lat), srid=4326),
        valid_from="2024-01-01",
    )


def doors(world: World, username: str) -> dict[str, Any]:
    """What each door shows of the pipe to this person."""
    client = Client()
    client.force_login(world.people[username])
    lon, lat = world.place(0)
    tile = tile_at(lon, lat, 16)
    layers = client.get("/api/v1/map/layers").json()
    drawn = client.get(f"/tiles/pipes/{tile.z}/{tile.x}/{tile.y}.mvt")
    return {
        "layer": "pipes" in json.dumps(layers),
        "tile": len(tiles.read(drawn.content).get("pipes", [])) if drawn.status_code == 200 else 0,
        "page": client.get("/base/rows/object/GX-1").status_code,
        "list": "GX-1" in client.get("/base/rows/object").content.decode(),
        "beside": "GX-1" in client.get(f"/tiles/objects/{tile.z}/{tile.x}/{tile.y}.mvt").content.decode("latin-1"),
    }


@pytest.mark.parametrize(
    ("username", "sees"), [("commander", True), ("system_admin", True), ("operator", False), ("dispatcher", False)]
)
def test_only_the_permission_opens_it(world: World, pipe: MapObject, username: str, sees: bool) -> None:
    found = doors(world, username)
    assert found["layer"] is sees
    assert found["tile"] == int(sees)
    assert found["page"] == (200 if sees else 404)
    assert found["list"] is sees
    assert not found["beside"]  # the layer of cameras and facilities never holds it


def test_a_browser_does_not_keep_it_for_long(world: World, pipe: MapObject) -> None:
    client = Client()
    client.force_login(world.people["commander"])
    layers = {layer["name"]: layer for layer in client.get("/api/v1/map/layers").json()["layers"]}
    tile = tile_at(*world.place(0), 16)
    kept = {
        name: client.get(layers[name]["tiles"].format(z=tile.z, x=tile.x, y=tile.y))["Cache-Control"]
        for name in ("pipes", "cells")
    }
    assert kept == {"pipes": "private, max-age=60", "cells": "private, max-age=86400"}
