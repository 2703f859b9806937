"""`cityloop import-duties FILE`: which unit answers for which category, from Excel or CSV."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.dispatch.actions import load_duties
from cityloop.dispatch.sheets import export_duties, import_duties
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Checks every row and takes the file over whole or not at all."""

    help = "Import category → unit duties from .xlsx (sheet 职责) or .csv, or write them out with --export."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and which way."""
        parser.add_argument("file", type=Path, help="the .xlsx or .csv to import, or the .xlsx to write with --export")
        parser.add_argument("--export", action="store_true", help="write the duties in force to FILE instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        path, now = options["file"], timezone.now()
        try:
            if options["export"]:
                path.write_bytes(export_duties(by=SYSTEM, now=now))
                self.stdout.write(f"{path}: duties written")
                return
            if path.suffix.lower() == ".csv":
                done = load_duties(path, by=SYSTEM, now=now)
            else:
                done = import_duties(path.read_bytes(), by=SYSTEM, now=now)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal.message}") from None
        self.stdout.write(f"{done.new} new, {done.ended} ended, {done.same} as before")
