"""`cityloop import-org FILE.xlsx [--dry-run]`: units, people and posts from Excel."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.org.actor import SYSTEM
from cityloop.org.importing import import_book, template_book


class Command(BaseCommand):
    """Checks every row, prints what becomes of it, and takes the file over whole or not at all."""

    help = "Import units, people and posts from an Excel workbook (sheets 单位, 人员, 岗位)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether only to check."""
        parser.add_argument("file", type=Path, help="the .xlsx to import, or to write with --template")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--template", action="store_true", help="write the empty workbook to FILE instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        path: Path = options["file"]
        if options["template"]:
            path.write_bytes(template_book())
            self.stdout.write(f"{path}: template written")
            return
        try:
            content = path.read_bytes()
            report = import_book(content, by=SYSTEM, now=timezone.now(), dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from None
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal.message}") from None
        for line in report.spoken():
            self.stdout.write(line)
        if not report.is_sound:
            raise CommandError("Nothing was imported: mend the rows marked wrong and run it again.")
