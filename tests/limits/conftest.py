"""What the tests of published limits share."""

from collections.abc import Iterator

import pytest

from cityloop.limits import selectors


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    selectors.forget()
    yield
    selectors.forget()
