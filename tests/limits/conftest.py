"""What the tests of published limits share."""

from collections.abc import Iterator

import pytest

from cityloop.limits import selectors
from cityloop.limits.models import CalendarVersion, LimitRow, StageLimit


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture
def nothing_yet(db: None) -> None:
    """No limits, and no calendar in force: what the world published before is history."""
    LimitRow.objects.all().delete()
    StageLimit.objects.all().delete()
    CalendarVersion.objects.update(in_force=False)
    selectors.forget()


@pytest.fixture
def without_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those that the test registers are told of a published calendar."""
    monkeypatch.setattr("cityloop.limits.publishing._listeners", {})
