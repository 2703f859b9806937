"""A kept connection is checked without a message, and found dead when the server has closed it."""

from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def _another() -> Any:
    """A connection of its own, which this test may lose."""
    other = connections["default"].copy()
    other.ensure_connection()
    return other


def test_a_living_connection_costs_no_statement() -> None:
    other = _another()
    try:
        with CaptureQueriesContext(other) as captured:
            assert other.is_usable()
        assert len(captured) == 0
    finally:
        other.close()


def test_a_connection_that_the_server_closed_is_not_usable() -> None:
    other = _another()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert not other.is_usable()
    other.close()
