"""A unit's own page: what it has to do, how long it still has, and who does it."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cityloop.dispatch.selectors import unit_desk
from tests.cases.walk import Walk
from tests.world import NOW, World


def as_unit(world: World, username: str = "water") -> Client:
    client = Client()
    person = world.people[username]
    client.force_login(person)
    handler = person.handlers.first()
    if handler is not None:
        session = client.session
        session["handler_id"] = handler.pk
        session.save()
    return client


def test_counts_by_what_waits(world: World) -> None:
    Walk(world).dispatched()
    walk = Walk(world).dispatched()
    walk.do("acknowledge", "water", subject=walk.task("handle"))
    reworked = Walk(world).checked("fail")
    reworked.do("rework", "operator", {"note": "没有清理干净"})
    desk = unit_desk(world.units["water"].pk, NOW + timedelta(minutes=30))
    assert desk.counts == {"to_acknowledge": 1, "handling": 2, "soon": 0, "late": 0, "rework": 1}
    assert set(desk.handlers) == {"李工", "王工"}
    late = unit_desk(world.units["water"].pk, NOW + timedelta(days=90))
    assert late.counts["late"] == 3


def test_the_page_lists_tasks_and_filters(world: World) -> None:
    walk = Walk(world).dispatched()
    client = as_unit(world)
    page = client.get("/dispatch/unit").content.decode()
    assert walk.number[-6:] in page
    assert "经办人" in page
    filtered = client.get("/dispatch/unit?only=rework").content.decode()
    assert walk.number[-6:] not in filtered
    twin = client.get(f"/api/v1/own-units/{world.units['water'].pk}").json()
    assert [row["case"]["number"] for row in twin["tasks"]] == [walk.number]
    assert client.get("/api/v1/own-units").json() == [{"unit": world.units["water"].pk, "name": "市水务局"}]


def test_another_unit_is_not_there(world: World) -> None:
    client = as_unit(world)
    power = world.units["power"].pk
    assert client.get(f"/dispatch/unit/{power}").status_code == 404
    assert client.get(f"/api/v1/own-units/{power}").status_code == 404


@pytest.mark.parametrize("username", ["operator", "dispatcher", "system_admin"])
def test_only_units_have_such_a_page(world: World, username: str) -> None:
    assert as_unit(world, username).get("/dispatch/unit").status_code == 403


def test_the_page_takes_few_statements(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        Walk(world).dispatched()
    client = as_unit(world)
    client.get("/dispatch/unit")
    with django_assert_max_num_queries(9):
        client.get("/dispatch/unit")
