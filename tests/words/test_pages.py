"""A walk through the main pages in English: what is left in Chinese is the city's own data."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse

from cityloop.org.access import HANDLER_KEY
from cityloop.org.models import Handler
from tests.cases.walk import Walk
from tests.words.catalogue import HAN
from tests.world import CAST, World

# Names that the product ships with English ones: Chinese on an English page is a fault.
NAMED_IN_ENGLISH = {"codes.Major.name", "codes.Minor.name", "codes.Source.name", "codes.DictionaryEntry.label"}
SHIPPED = {"workflow"}  # texts of flows, which have English labels
# The language's own name, the city's, and what is typed in Chinese whatever the reader's language.
AS_IT_IS = re.compile(
    r"简体中文|示范市|4工作时|是 or 否|南京东路河南中路|data-phrase=\"[^\"]*\"|[^<>]*(?=</button></li>)"
)


@pytest.fixture
def at(world: World) -> Callable[[str], Client]:
    """`at("operator")`: the browser of that person, who reads English."""

    def sign_in(username: str) -> Client:
        browser = Client(headers={"accept-language": "en"})
        if username:
            browser.force_login(world.people[username])
        if handler := Handler.objects.filter(unit_account__username=username).first():
            session = browser.session
            session[HANDLER_KEY] = handler.pk
            session.save()
        return browser

    return sign_in


def _columns() -> Iterator[tuple[str, Any]]:
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if (
                isinstance(column, CharField | TextField)
                and not column.choices
                and model._meta.app_label not in SHIPPED
            ):
                yield f"{model._meta.label}.{column.name}", column


def own_words() -> re.Pattern[str]:
    """What the city itself wrote in Chinese: names, addresses, conditions, descriptions, notes."""
    words: set[str] = set()
    for name, column in _columns():
        if name not in NAMED_IN_ENGLISH:
            values = column.model._default_manager.values_list(column.name, flat=True).distinct()
            words |= {value for value in values if value and HAN.search(value)}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def chinese_of(text: str, own: re.Pattern[str]) -> list[str]:
    """What is Chinese on a page beside the city's own words, with what stands around it."""
    plain = AS_IT_IS.sub("", own.sub("", unescape(text)))
    return [plain[max(0, found.start() - 40) : found.end() + 40] for found in re.finditer(HAN.pattern + "+", plain)]


PAGES = [
    ("", "org:sign_in"),
    ("stranger", "org:change_password"),
    ("operator", "cases:search"),
    ("operator", "intake:register"),
    ("operator", "intake:contacts"),
    ("shift_leader", "intake:seats"),
    ("system_admin", "dispatch:duties"),
    ("water", "dispatch:unit"),
    ("inspector", "patrol:home"),
    ("inspector", "patrol:report"),
    ("inspector", "patrol:categories"),
    ("inspector", "patrol:tasks"),
    ("inspector", "patrol:reports"),
    ("inspector", "patrol:notices"),
    ("evaluator", "evaluation:monthly"),
    ("evaluator", "evaluation:cases"),
    ("system_admin", "org:units"),
    ("system_admin", "org:unit_new"),
    ("system_admin", "org:people"),
    ("system_admin", "org:person_new"),
    ("system_admin", "org:import"),
    ("system_admin", "limits:handbook"),
    ("audit_admin", "org:journal"),
    ("operator", "notify:list"),
]


@pytest.mark.parametrize(("username", "address"), PAGES, ids=lambda word: word or "nobody")
def test_pages(username: str, address: str, at: Callable[[str], Client]) -> None:
    answer = at(username).get(reverse(address))
    assert answer.status_code in (200, 422)
    assert not chinese_of(answer.content.decode(), own_words())


@pytest.mark.parametrize("username", sorted(set(CAST) - {"water"}))
def test_first_pages(username: str, at: Callable[[str], Client]) -> None:
    answer = at(username).get("/", follow=True)
    assert answer.status_code == 200
    assert not chinese_of(answer.content.decode(), own_words())


@pytest.mark.parametrize("walked", ["reported", "dispatched", "fed_back", "checking", "closed"])
def test_cases(walked: str, world: World, at: Callable[[str], Client]) -> None:
    number = getattr(Walk(world), walked)().number
    own = own_words()
    for username in ("operator", "shift_leader", "dispatcher", "water", "inspector"):
        names = ("patrol:case", "patrol:tasks") if username == "inspector" else ("cases:case", "cases:print")
        for address in ("/", *(reverse(name, args=[number] if name != "patrol:tasks" else []) for name in names)):
            answer = at(username).get(address, follow=True)
            if answer.status_code == 200:
                assert not chinese_of(answer.content.decode(), own), (username, address)
