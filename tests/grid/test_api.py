"""The API of places."""

from typing import Any

import pytest
from django.test import Client

from tests.grid.make import at, cell_code, make_inspector

pytestmark = pytest.mark.usefixtures("city")


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


@pytest.mark.parametrize("path", ["locate?lon=0&lat=0", "components/near?lon=0&lat=0"])
def test_strangers_see_nothing(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").json()["code"] == "not_signed_in"
