"""The shipped codes of the tests' world, and an administrator to write as."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cityloop.codes import selectors, version
from cityloop.codes.catalogue import EditionNode
from cityloop.org.actor import Actor

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
ADMIN = Actor(None, "测试管理员")


@pytest.fixture
def codes(db: None) -> Iterator[EditionNode]:
    """The shipped codes in the database; the 2013 edition."""
    version.forget()
    yield selectors.default_edition()
    version.forget()
