"""`cityloop write-reference`: the generated pages of docs/reference."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cityloop.config.reference import stale, write


class Command(BaseCommand):
    """Needs a checkout, and no database."""

    help = "Write docs/reference/{states,flows,vocabulary,permissions}.md from the program."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument("--check", action="store_true", help="only say whether the pages are up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or complain."""
        if not options["check"]:
            self.stdout.write("\n".join(f"Written: {name}" for name in write()) or "Everything was up to date.")
        elif found := stale():
            raise CommandError(f"Not up to date: {', '.join(found)}\n  Next: cityloop write-reference")
