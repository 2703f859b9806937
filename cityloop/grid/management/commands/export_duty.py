"""`cityloop export-duty FILE.xlsx`: duty grids and holders in the format of `import-duty`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cityloop.grid.duty_book import export_duty
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Write all duty grids and their holders to a workbook."""

    help = "Write duty grids and their holders to an Excel workbook that import-duty reads."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            options["file"].write_bytes(export_duty(by=SYSTEM))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
