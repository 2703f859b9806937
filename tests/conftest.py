"""Fixtures of the whole suite: the world, built once into the test database."""

from typing import Any

import pytest

from tests import world as worlds
from tests.world import World


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with the world in it; a reused database keeps the world it has."""
    with django_db_blocker.unblock():
        if not worlds.is_built():
            worlds.build()


@pytest.fixture
def world(db: None) -> World:
    """The world; whatever a test does to it is rolled back."""
    return worlds.find()
