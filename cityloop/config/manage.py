"""The `cityloop` command."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from cityloop.config import environment as env


def main() -> None:
    """Run one management command with CityLoop's settings; what a person can mend is said in one message.

    Commands are spoken with hyphens (`cityloop expire-evidence`); their modules have underscores, as Python wants.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    try:
        # Reads the settings now: Django would hide an error in them for some commands.
        settings.INSTALLED_APPS  # noqa: B018
        execute_from_command_line(_spoken(sys.argv))
    except ImproperlyConfigured as error:
        _end(f"Settings: {error}", "correct it; docs/reference/settings.md explains every variable.")
    except OperationalError as error:
        if not is_unreachable(error):
            raise
        reason = " ".join(str(error).split())
        _end(f"The database cannot be reached: {reason}", env.unreachable_advice())


def is_unreachable(error: OperationalError) -> bool:
    """No server answered: errors that a server sent carry an SQLSTATE."""
    return getattr(error.__cause__, "sqlstate", None) is None


def _spoken(words: list[str]) -> list[str]:
    argv = words[:]
    if len(argv) > 1 and not argv[1].startswith("-"):
        argv[1] = argv[1].replace("-", "_")
    return argv


def _end(message: str, next_step: str) -> None:
    sys.exit(f"{message}\n  Next: {next_step}")
