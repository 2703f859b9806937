"""`cityloop imagery add|list|show|hide|remove`: pictures of the ground as a layer of the map."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from cityloop.base.errors import Refused
from cityloop.grid.imagery.actions import add_imagery, get_imagery, remove_imagery, show_imagery
from cityloop.grid.models import Imagery
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Add, list, show, hide and remove imagery."""

    help = "Cut a GeoTIFF into tiles and show it on the map; list, show, hide, remove imagery."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do with which."""
        tasks = parser.add_subparsers(dest="task", required=True)
        add = tasks.add_parser("add", help="cut a GeoTIFF (8 bits, with its place) into tiles")
        add.add_argument("file", type=Path)
        add.add_argument("--name", required=True, help="what people choose by")
        add.add_argument("--taken", default="", help="the day it was taken, 2026-03-02")
        add.add_argument("--attribution", default="", help="what its origin wants said")
        tasks.add_parser("list", help="every image with its id")
        for task in ("show", "hide", "remove"):
            tasks.add_parser(task).add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; a refusal is one sentence."""
        try:
            getattr(self, f"do_{options['task']}")(options)
        except Refused as refusal:
            raise CommandError(refusal.message) from None

    def do_add(self, options: dict[str, Any]) -> None:
        """Cut and show."""
        if not options["file"].is_file():
            raise CommandError(f"{options['file']}: no such file")
        taken = parse_date(options["taken"]) if options["taken"] else None
        words = {"name": options["name"], "taken_on": taken, "attribution": options["attribution"]}
        row = add_imagery(options["file"], by=SYSTEM, now=timezone.now(), **words)
        self.stdout.write(f"{row.pk}  {row.name}  zoom {row.min_zoom}-{row.max_zoom}  {row.size:,} bytes")

    def do_list(self, options: dict[str, Any]) -> None:
        """One line for each."""
        for row in Imagery.objects.all():
            shown = "shown" if row.is_shown else "hidden"
            self.stdout.write(f"{row.pk}  {row.name}  {row.taken_on or '-'}  {shown}  {row.size:,} bytes")

    def do_show(self, options: dict[str, Any]) -> None:
        """Draw it."""
        show_imagery(get_imagery(options["id"]), is_shown=True, by=SYSTEM, now=timezone.now())

    def do_hide(self, options: dict[str, Any]) -> None:
        """Draw it no more."""
        show_imagery(get_imagery(options["id"]), is_shown=False, by=SYSTEM, now=timezone.now())

    def do_remove(self, options: dict[str, Any]) -> None:
        """Delete it with its tiles."""
        remove_imagery(get_imagery(options["id"]), by=SYSTEM, now=timezone.now())
