"""`cityloop import-handbook FILE.xlsx`: a city's filing conditions and limits from Excel, and out again."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes.changes import Plan
from cityloop.codes.sheets import write_sheet
from cityloop.limits.handbook import check_handbook, edition_of, export_handbook, import_handbook
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Checks every line, prints what becomes of it, and takes the file over whole or not at all."""

    help = "Import a city's handbook from an Excel workbook (sheet 立案标准)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, the edition, the day, and whether only to check or to write the file instead."""
        parser.add_argument("file", type=Path, help="the .xlsx to import, or to write with --export or --template")
        parser.add_argument("--edition", default="", help="2013 or 2007; the one in force if not given")
        parser.add_argument(
            "--from", dest="on", type=date.fromisoformat, help="day from which it holds; today if not given"
        )
        parser.add_argument("--source", default="", help="what the conditions rest on, such as a document number")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--export", action="store_true", help="write the handbook as it is to FILE")
        parser.add_argument("--template", action="store_true", help="write the empty workbook to FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        path: Path = options["file"]
        try:
            if options["export"] or options["template"]:
                content = write_sheet([]) if options["template"] else export_handbook(edition_of(options["edition"]))
                path.write_bytes(content)
                self.stdout.write(f"{path}: written")
                return
            plan = self._import(path.read_bytes(), options)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal.message}") from None
        self._print(plan, dry=options["dry_run"])

    def _import(self, content: bytes, options: dict[str, Any]) -> Plan:
        now = timezone.now()
        on = options["on"] or city_date(now)
        edition = edition_of(options["edition"])
        if options["dry_run"]:
            return check_handbook(content, edition=edition, on=on)
        return import_handbook(content, edition_code=edition.code, on=on, by=SYSTEM, now=now, source=options["source"])

    def _print(self, plan: Plan, *, dry: bool) -> None:
        for change in plan.changes:
            if change.verdict != "same":
                row = change.row
                subject = f"{row.kind} {row.code}-{change.seq or ''} " if row else ""
                self.stdout.write(f"{change.number}: {change.verdict} {subject}{change.message}".rstrip())
        counts = ", ".join(f"{count} {verdict}" for verdict, count in plan.counts().items() if count)
        done = plan.is_sound and not dry
        self.stdout.write(f"{counts or 'no lines'}; {'imported' if done else 'nothing written'}")
        if not plan.is_sound:
            raise CommandError("Nothing was imported: mend the lines marked wrong and run it again.")
