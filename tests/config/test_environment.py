"""A bad value in the environment is quoted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cityloop.config import environment as env


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.flag("CITYLOOP_DEBUG", False), "perhaps"),
        (lambda: env.number("CITYLOOP_SESSION_HOURS", 12, least=1), "twelve"),
        (lambda: env.number("CITYLOOP_SESSION_HOURS", 12, least=1), "0"),
        (lambda: env.zone("CITYLOOP_TIME_ZONE", "Asia/Shanghai"), "Asia/Yangzhou"),
        (lambda: env.zone("CITYLOOP_TIME_ZONE", "Asia/Shanghai"), "../etc/passwd"),
        (lambda: env.choice("CITYLOOP_LOG_LEVEL", "WARNING", ("WARNING", "ERROR")), "loud"),
    ],
)
def test_a_bad_value_is_quoted(monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], value: str) -> None:
    for name in ("CITYLOOP_DEBUG", "CITYLOOP_SESSION_HOURS", "CITYLOOP_TIME_ZONE", "CITYLOOP_LOG_LEVEL"):
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgres://host", "postgres://host:port/name", "cityloop"])
def test_a_bad_database_address_is_quoted(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        env.database(url)
    assert repr(url) in str(caught.value)
