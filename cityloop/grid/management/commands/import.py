"""`cityloop import FILE --layer components --mapping FILE.toml --crs NAME`: base data from a survey's file."""

import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.coordinates import list_crs
from cityloop.base.errors import Refused
from cityloop.grid.exchange import imports
from cityloop.grid.exchange.layers import list_specs
from cityloop.grid.exchange.report import TOTALS, counts_of, write_report
from cityloop.grid.models import DataImport, ImportState
from cityloop.org.actor import SYSTEM

FINDINGS, REFUSED_CODE = 1, 2


class Command(BaseCommand):
    """Import a file. Exit code 0: done, or sound on a dry run; 1: rows have errors; 2: refused, nothing written."""

    help = (
        "Import base data from GeoJSON, zipped Shapefile, GeoPackage, OSM or CSV. Exit code 0: imported (with "
        "--dry-run: sound); 1: rows have errors, and nothing was written but with --good-rows the others; 2: refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how it is read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", default="components", help="components, cells, areas, streets, cameras, …")
        parser.add_argument("--mapping", type=Path, help="how their fields become ours (docs/admin/import.md); guessed")
        parser.add_argument("--crs", help="coordinates of the file, such as wgs84, gcj02, cgcs2000-gk-cm120")
        parser.add_argument("--source", default="", help="name under which the mapping is remembered")
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument("--good-rows", action="store_true", help="import rows without errors, leave out the others")
        parser.add_argument("--report", type=Path, help="write all findings to this .xlsx or .csv")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report, apply."""
        try:
            job = self._checked(options)
        except Refused as no:
            self.stderr.write(no.message)
            sys.exit(REFUSED_CODE)
        if options["report"]:
            write_report(job, options["report"])
        self._say(job)
        code = FINDINGS if job.counts["bad"] else 0
        if options["dry_run"] or (code and not options["good_rows"]) or not job.counts["good"]:
            imports.discard(job, by=SYSTEM, now=timezone.now())
            sys.exit(code)
        try:
            job = imports.run_apply(job, by=SYSTEM, now=timezone.now())
        except Refused as no:
            self.stderr.write(no.message)
            sys.exit(REFUSED_CODE)
        self.stdout.write(f"{TOTALS['written']}: {job.counts['written']}")
        sys.exit(code)

    def _checked(self, options: dict[str, Any]) -> DataImport:
        path: Path = options["file"].resolve()
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        if options["layer"] not in list_specs():
            raise CommandError(f"--layer is one of {', '.join(list_specs())}")
        given = read_toml(options["mapping"]) if options["mapping"] else {}
        if options["crs"]:
            given["crs"] = options["crs"]
        if given.get("crs", "wgs84").lower() not in list_crs():
            raise CommandError(f"--crs is one of {', '.join(list_crs())}")
        now = timezone.now()
        job = imports.start(str(path), path.name, layer=options["layer"], source=options["source"], by=SYSTEM, now=now)
        job.good_rows = options["good_rows"]
        job.save(update_fields=["good_rows"])
        kept = {name: job.mapping[name] for name in KEPT if name in job.mapping}
        imports.configure(job, kept | given if options["mapping"] else job.mapping | given, by=SYSTEM, now=now)
        imports.run_check(job, now=now, progress=self._progress if options["verbosity"] > 1 else None)
        if job.state == ImportState.REFUSED:
            raise Refused("invalid", job.refusal)
        return job

    def _progress(self, phase: str, done: int) -> None:
        self.stderr.write(f"{phase} {done}")

    def _say(self, job: DataImport) -> None:
        for key in ("rows", "good", "bad"):
            self.stdout.write(f"{TOTALS[key]}: {job.counts[key]}")
        for one in counts_of(job):
            self.stdout.write(f"  {one.label} {one.rows}: {one.sentence}")


# What a mapping file need not say: it stands in the file that is imported.
KEPT: Final = ("member", "layer", "encoding", "places", "crs")


def read_toml(path: Path) -> dict[str, Any]:
    """A mapping file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None
