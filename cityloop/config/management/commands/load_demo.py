"""`cityloop load-demo`: fill an empty database with the demonstration city."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cityloop.config.demonstration.loading import is_empty, load


class Command(BaseCommand):
    """Never touches a database in which somebody has begun to work."""

    help = "Load the demonstration city into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--if-empty` is for `make run`, `--share` for tests."""
        parser.add_argument("--if-empty", action="store_true", help="say nothing when there is a city already")
        parser.add_argument("--share", type=float, default=1.0, help="which share of its cases to load")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, with progress."""
        if not is_empty():
            if options["if_empty"]:
                return
            raise CommandError("This database holds a city already. Use an empty one.")
        self.stdout.write("Loading the demonstration city:")
        load(timezone.now(), self.stdout.write, share=options["share"])
