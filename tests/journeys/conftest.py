"""One server for all journeys; each journey has its own cases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.people import Person
from tests.journeys.server import Server, serving
from tests.world import find


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="session")
def seat(server: Server) -> Callable[[str], Person]:
    """Signs a person in, once for all journeys."""
    known: dict[str, Person] = {}

    def sit_down(username: str) -> Person:
        if username not in known:
            known[username] = Person(server.port, username).sign_in()
        return known[username]

    return sit_down


@pytest.fixture(scope="session")
def ids(server: Server, django_db_blocker: Any) -> dict[str, int]:
    """The ids of units by code, of people by user name, and of two filing standards: the copy has the same."""
    with django_db_blocker.unblock():
        world = find()
        rows = {"standard": world.standard().pk, "other_standard": world.standard("event", "0111").pk}
    rows |= {code: unit.pk for code, unit in world.units.items()}
    return rows | {username: person.pk for username, person in world.people.items() if username not in rows}
