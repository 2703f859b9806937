"""The desk and the case page over HTTP."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cityloop.org.access import HANDLER_KEY
from cityloop.org.models import Handler
from tests.cases.walk import Walk
from tests.world import World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def at(world: World, client: Client) -> Any:
    """`at("operator")`: a signed-in browser of that person."""

    def sign_in(username: str) -> Client:
        browser = Client()
        browser.force_login(world.people[username])
        if handler := Handler.objects.filter(unit_account=world.people[username]).first():
            session = browser.session
            session[HANDLER_KEY] = handler.pk
            session.save()
        return browser

    return sign_in


def page_of(number: str) -> str:
    return reverse("cases:case", args=[number])


def test_the_desk_shows_the_waiting_box(world: World, at: Any) -> None:
    walk = Walk(world).reported()
    answer = at("operator").get("/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert walk.number[-6:] in text


def test_the_case_page(world: World, at: Any) -> None:
    walk = Walk(world).checked()
    for username in ("operator", "dispatcher", "water", "inspector", "leader"):
        answer = at(username).get(page_of(walk.number))
        assert answer.status_code == 200, username
    assert at("other_operator").get(page_of(walk.number)).status_code == 404
    for name in ("cases:print",):
        assert at("operator").get(reverse(name, args=[walk.number])).status_code == 200
    assert at("water").get(reverse("cases:print_task", args=[walk.task("handle").pk])).status_code == 200
    assert at("operator").get(reverse("cases:search")).status_code == 200
