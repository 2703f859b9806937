"""What browsers may keep for good: only files whose name has a hash of what is in them."""

import re

import pytest
from django.conf import settings


@pytest.mark.parametrize(
    ("address", "forever"),
    [
        ("/static/web/desk.07adaccd8348.js", True),
        ("/static/web/app.5d6ed10dce4c.css", True),
        ("/static/web/chunks/office-JSpVFyCf.js", True),
        ("/static/web/chunks/map-BK4_3F-s.css", True),
        ("/static/web/chunks/worker-Bqcw7cC-.js", True),
        ("/static/web/chunks/worker.js", False),
        ("/static/web/desk.js", False),
        ("/static/web/icons.svg", False),
    ],
)
def test_only_hashed_names_are_kept_for_good(address: str, forever: bool) -> None:
    assert bool(re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, address)) is forever
