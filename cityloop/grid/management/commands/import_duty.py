"""`cityloop import-duty FILE.xlsx [--dry-run]`: duty grids and who holds them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.grid.duty_import import import_duty
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Import duty grids and their holders, all or nothing; ends with an error when a row is wrong."""

    help = "Import duty grids and their holders from an Excel workbook, all rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether only to check it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check and report, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the report row by row."""
        try:
            content = options["file"].read_bytes()
            report = import_duty(content, by=SYSTEM, now=timezone.now(), dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except Refused as no:
            raise CommandError(no.message) from None
        for line in report.spoken():
            self.stdout.write(line)
        if not report.is_sound:
            raise CommandError("Nothing was imported: mend the rows marked wrong and run it again.")
