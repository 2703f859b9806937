"""`cityloop prepare`: from any reachable database to one that the product can work on."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from cityloop.config.doctor import NOT_MADE, Finding, look_at_database

# What `migrate` mends is no reason to refuse.
MENDED = {"Tables", "pg_trgm", "btree_gist"}


class Command(BaseCommand):
    """Used by `make run`; safe to repeat."""

    help = "Check the database, bring its tables up to date, and with --demo fill an empty one."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--demo` is for newcomers."""
        parser.add_argument("--demo", action="store_true", help="load the demonstration city when there is nothing yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse with a next step, or do it."""
        for one in look_at_database():
            if one.state == "bad" and one.name not in MENDED and not _make_postgis(one):
                raise CommandError(f"{one.name}: {one.found}\n  Next: {one.advice}")
        call_command("migrate", verbosity=0, interactive=False, stdout=self.stdout)
        self.stdout.write("Tables are up to date.")
        if not options["demo"]:
            return
        if "load_demo" in get_commands():
            call_command("load_demo", if_empty=True, stdout=self.stdout)
        else:
            self.stdout.write("There is no demonstration city yet.")


def _make_postgis(one: Finding) -> bool:
    """Make the extension where this account may."""
    if one.found != NOT_MADE:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except DatabaseError:
        return False
    return True
