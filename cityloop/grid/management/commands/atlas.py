"""`cityloop atlas FILE.pdf [--area CODE] [--grid CODE …]`: the grid atlas, one page a duty grid."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.atlas.making import make_atlas


class Command(BaseCommand):
    """Write the grid atlas."""

    help = "Write the grid atlas as a PDF: an index map and one page for every duty grid."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and what goes into it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--area", default="", help="code of a district, 街道 or community; all without it")
        parser.add_argument("--grid", action="append", default=[], help="code of a duty grid; may be given again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the file; nothing is written when something is refused."""
        try:
            content = make_atlas(area=options["area"], codes=options["grid"], on=city_date(timezone.now()))
            options["file"].write_bytes(content)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
