"""The `cityloop` command."""

import os
import sys

from django.core.management import execute_from_command_line, get_commands


def main() -> None:
    """Run one management command with CityLoop's settings.

    Commands are spoken with hyphens (`cityloop expire-evidence`); their modules have underscores, as Python wants.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    argv = sys.argv[:]
    if len(argv) > 1 and not argv[1].startswith("-") and argv[1] not in get_commands():
        argv[1] = argv[1].replace("-", "_")
    execute_from_command_line(argv)
