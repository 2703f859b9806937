"""The shift leader's board: who has what open, who has done how much, and taking a case over."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cityloop.cases.claims import claim
from cityloop.cases.models import Claim
from cityloop.intake.seats import list_seats
from tests.cases.walk import Walk
from tests.intake.calls import at_desk
from tests.world import NOW, World


def test_seats_of_ones_own_centre(world: World) -> None:
    walk = Walk(world).filed()
    claim(Walk(world).reported().case, by=world.actor("operator"), now=walk.now)
    seats = {seat.person.username: seat for seat in list_seats(by=world.actor("shift_leader"), now=walk.now)}
    assert set(seats) == {"operator", "operator_two", "shift_leader"}
    assert (len(seats["operator"].claims), seats["operator"].done, seats["operator"].late) == (1, 1, 0)
    assert (len(seats["operator_two"].claims), seats["operator_two"].done) == (0, 0)


def test_an_idle_claim_is_none(world: World) -> None:
    case = Walk(world).reported().case
    claim(case, by=world.actor("operator"), now=NOW.replace(hour=9))
    assert not any(seat.claims for seat in list_seats(by=world.actor("shift_leader"), now=NOW))


def test_the_page_takes_over_and_opens(world: World) -> None:
    case = Walk(world).reported().case
    claim(case, by=world.actor("operator"), now=timezone.now())
    client = at_desk(world, "shift_leader")
    assert case.number[-6:] in client.get("/intake/seats").content.decode()
    answer = client.post(f"/intake/seats/{case.number}/take")
    assert answer.headers["HX-Redirect"] == f"/cases/{case.number}/"
    assert Claim.objects.get(case=case).person == world.people["shift_leader"]


def test_the_twin(world: World) -> None:
    twin = at_desk(world, "shift_leader").get("/api/v1/seats").json()
    assert {seat["name"] for seat in twin} == {"王受理", "李受理", "赵值班"}


@pytest.mark.parametrize("username", ["operator", "dispatcher", "commander", "leader"])
def test_the_board_is_the_shift_leaders(world: World, username: str) -> None:
    client = at_desk(world, username)
    case = Walk(world).reported().case
    assert client.get("/intake/seats").status_code == 403
    assert client.post(f"/intake/seats/{case.number}/take").status_code == 403
    assert client.get("/api/v1/seats").status_code == 403


def test_the_board_takes_few_statements(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    claim(Walk(world).reported().case, by=world.actor("operator"), now=timezone.now())
    client = at_desk(world, "shift_leader")
    client.get("/intake/seats")
    with django_assert_max_num_queries(12):
        client.get("/intake/seats")
