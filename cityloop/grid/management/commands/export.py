"""`cityloop export --layer components --format gpkg --crs cgcs2000-gk-cm120`: base data as a file."""

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cityloop.base.coordinates import list_crs
from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.exchange.exporting import FORMATS, export_layer
from cityloop.grid.exchange.layers import list_specs
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Export a layer. Exit code 0: written; 2: refused."""

    help = "Write what is in force of a layer of base data into a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how and where."""
        parser.add_argument("--layer", default="components", help="components, cells, areas, streets, cameras, …")
        parser.add_argument("--format", default="geojson", choices=list(FORMATS))
        parser.add_argument("--crs", default="wgs84", help="such as wgs84, gcj02, cgcs2000-gk-cm120")
        parser.add_argument("--output", type=Path, help="file to write; otherwise named after layer and system, here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it beside where it belongs and move it there when it is whole."""
        if options["layer"] not in list_specs():
            raise CommandError(f"--layer is one of {', '.join(list_specs())}")
        if options["crs"].lower() not in list_crs():
            raise CommandError(f"--crs is one of {', '.join(list_crs())}")
        output: Path | None = options["output"]
        folder = (output.parent if output else Path()).resolve()
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            try:
                made = export_layer(
                    options["layer"],
                    options["format"],
                    Path(scratch),
                    crs=options["crs"],
                    by=SYSTEM,
                    today=city_date(timezone.now()),
                )
            except Refused as no:
                self.stderr.write(no.message)
                sys.exit(2)
            target = made.replace(folder / (output.name if output else made.name))
        self.stdout.write(str(target))
