"""The `cityloop` command."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command with CityLoop's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
    execute_from_command_line(sys.argv)
