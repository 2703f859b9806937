"""`make quick` leaves out whatever needs a database or a browser."""

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.fixture
def db(): pass
@pytest.fixture
def live_server(): pass

def test_pure(): pass
def test_fixture(db): pass
def test_server(live_server): pass
@pytest.mark.django_db
def test_marked(): pass
@pytest.mark.browser
def test_journey(): pass
"""


def test_only_what_is_pure_is_left(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    found = pytester.runpytest("-p", "no:django", "-p", "deploy.quick")
    found.assert_outcomes(passed=1, deselected=4)
