"""The tiny city, loaded anew for each test that asks for it."""

from pathlib import Path

import pytest

from cityloop.grid.actions import Counts
from tests.grid.make import make_city


@pytest.fixture
def city(db: None, tmp_path: Path) -> Counts:
    """The tiny city in the database; its files are in `tmp_path`."""
    return make_city(tmp_path)
