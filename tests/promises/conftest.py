"""Requests of these tests arrive at the world's moment."""

import pytest

from tests.world import NOW


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)
