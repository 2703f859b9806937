"""Fixtures of the whole suite: the world, built once into the test database."""

from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from cityloop.cases.shipped import publish_all
from cityloop.codes import version as codes_version
from cityloop.limits import version as limits_version
from cityloop.org.actor import SYSTEM
from cityloop.workflow import selectors as flows
from tests import world as worlds
from tests.world import NOW, World


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with the world in it; a reused database keeps the world it has."""
    with django_db_blocker.unblock():
        if worlds.is_built():
            publish_all(by=SYSTEM, now=NOW)  # the flows may have changed since that database was made
        else:
            worlds.build()


@pytest.fixture(autouse=True)
def the_citys_language() -> None:
    """Every test begins in Chinese, whatever language the requests of the one before it spoke."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def a_young_memory() -> None:
    """What processes remember for seconds begins its age with the test, so that it does not grow old in a count."""
    codes_version.forget()
    limits_version.forget()
    flows.forget()


@pytest.fixture
def world(db: None) -> World:
    """The world; whatever a test does to it is rolled back."""
    return worlds.find()
