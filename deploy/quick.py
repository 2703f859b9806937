"""A pytest plugin that leaves out every test that needs a database or a browser."""

import pytest

NEEDS = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what runs on Python alone."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marked = item.get_closest_marker("django_db") or item.get_closest_marker("browser")
        (left_out if marked or fixtures & NEEDS else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
