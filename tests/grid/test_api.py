"""The API of places and of the base map."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cityloop.grid import api
from cityloop.grid.actions import set_duty_grid
from cityloop.grid.models import Cell
from cityloop.org.actor import SYSTEM
from tests.grid.make import NOW, at, cell_code, make_inspector

pytestmark = pytest.mark.usefixtures("city")
WHOLE = "120.99,30.99,121.01,31.01"


@pytest.fixture
def inspector(client: Client) -> Client:
    """A browser in which an inspector is signed in."""
    person = make_inspector("one")
    person.must_change_password = False
    person.save()
    client.force_login(person, backend="cityloop.org.access.PersonBackend")
    return client


def get(client: Client, path: str, **query: Any) -> Any:
    """The answer's JSON."""
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refusal(client: Client, path: str, **query: Any) -> str:
    """The code of a refusal."""
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code >= 400
    return str(answer.json()["code"])


def test_a_place_is_told(inspector: Client) -> None:
    place = at(0.5, 0.5)
    found = get(inspector, "locate", lon=place.lon, lat=place.lat)
    assert found["inside"] is True
    assert found["district"] == {"code": "310101", "name": "东区"}
    assert found["cell_code"] == cell_code(0, 0)
    assert found["duty_grid"] == {"code": "G1", "name": "第1责任网格"}
    assert found["address_hint"].startswith("中山路")


def test_a_place_outside_is_told_too(inspector: Client) -> None:
    found = get(inspector, "locate", lon=0, lat=0)
    assert (found["inside"], found["district"], found["inspectors"]) == (False, None, [])


@pytest.mark.parametrize("query", [{}, {"lon": 200, "lat": 0}, {"lon": "nan", "lat": 0}, {"lon": "x", "lat": 1}])
def test_no_place(inspector: Client, query: dict[str, Any]) -> None:
    assert refusal(inspector, "locate", **query) == "invalid"


def test_components_near(inspector: Client) -> None:
    place = at(0.5, 0.5)
    found = get(inspector, "components/near", lon=place.lon, lat=place.lat, limit=2)
    assert [one["code"][-1] for one in found] == ["1", "2"]
    assert refusal(inspector, "components/near", lon=0, lat=0, limit=51) == "invalid"


def test_base_map_with_attribution(inspector: Client) -> None:
    found = get(inspector, "base-map", bbox=WHOLE, layers="components,streets,cells,duty_grids,areas")
    assert found["attribution"] == "© testers"
    layers = [one["properties"]["layer"] for one in found["features"]]
    assert {layer: layers.count(layer) for layer in layers} == {
        "streets": 3,
        "cells": 16,
        "duty_grids": 2,
        "areas": 9,
        "components": 8,
    }
    corner = get(inspector, "base-map", bbox="120.9995,30.9995,121.0005,31.0005", layers="cells")
    assert [one["properties"]["code"] for one in corner["features"]] == [cell_code(0, 0)]


def test_base_map_is_not_sent_twice_until_it_changes(inspector: Client) -> None:
    first = inspector.get("/api/v1/base-map", {"bbox": WHOLE})
    tag = first["ETag"]
    with CaptureQueriesContext(connection) as seen:
        again = inspector.get("/api/v1/base-map", {"bbox": WHOLE}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert not any("ST_AsGeoJSON" in query["sql"] for query in seen)
    set_duty_grid("G1", by=SYSTEM, now=NOW, name="改名", cells=list(Cell.objects.filter(code__startswith="310101")))
    changed = inspector.get("/api/v1/base-map", {"bbox": WHOLE}, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "改名" in [one["properties"].get("name") for one in json.loads(changed.content)["features"]]


def test_base_map_is_limited(inspector: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_FEATURES", 5)
    found = get(inspector, "base-map", bbox=WHOLE, layers="cells,streets")
    assert found["truncated"] == ["cells"]
    assert len(found["features"]) == 8


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"bbox": "1,2,3"}, "invalid"),
        ({"bbox": "2,1,1,2"}, "invalid"),
        ({"bbox": "nan,1,1,2"}, "invalid"),
        ({"bbox": "120,30,122,32"}, "too_large"),
        ({"bbox": WHOLE, "layers": "cells,secrets"}, "invalid"),
        ({"bbox": WHOLE, "layers": ""}, "invalid"),
    ],
)
def test_base_map_refuses(inspector: Client, query: dict[str, str], code: str) -> None:
    assert refusal(inspector, "base-map", **query) == code


@pytest.mark.parametrize("path", ["locate?lon=0&lat=0", f"base-map?bbox={WHOLE}", "components/near?lon=0&lat=0"])
def test_strangers_see_nothing(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").json()["code"] == "not_signed_in"
