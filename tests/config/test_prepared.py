"""Whether statements are prepared, as DATABASE_URL says."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from cityloop.config import environment as env


@pytest.mark.parametrize(
    ("query", "threshold"), [("", 5), ("?prepare_threshold=none", None), ("?prepare_threshold=0", 0)]
)
def test_the_address_says_when_statements_are_prepared(query: str, threshold: int | None) -> None:
    options = env.database(f"postgres://city@db/cityloop{query}")["OPTIONS"]
    assert options["prepare_threshold"] == threshold


def test_a_bad_threshold_is_quoted() -> None:
    with pytest.raises(ImproperlyConfigured, match="'soon'"):
        env.database("postgres://city@db/cityloop?prepare_threshold=soon")
