"""`cityloop geocode TEXT|FILE`: addresses to places, or with --reverse places to addresses."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.grid.geocoding.batch import SURE, answer, count, read_asked, read_place, write_answers
from cityloop.grid.geocoding.finding import find_places
from cityloop.grid.geocoding.reverse import describe, read_near
from cityloop.grid.selectors import nearest_components

ALL_FOUND, SOME_NOT = 0, 1
SAID: Final = 500  # rows between two words of progress


class Command(BaseCommand):
    """Find places for addresses, or say places in words."""

    help = (
        "Find the place of an address, or of every address of a workbook or CSV file (column 地址, else the first). "
        "Exit code: 0 all found and sure, 1 some were not, 2 the file or the words are wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What is asked, and where the answer goes."""
        parser.add_argument("what", help="an address, `lon,lat` with --reverse, or a .xlsx or .csv file")
        parser.add_argument("--reverse", action="store_true", help="the other way round: places (经度, 纬度) to words")
        parser.add_argument("--out", type=Path, help="the workbook to write; FILE-geocoded.xlsx if not said")
        parser.add_argument("--least", type=float, default=SURE, help=f"the score from which a place is sure ({SURE})")
        parser.add_argument("--limit", type=int, default=5, help="how many places for one address (5)")
        parser.add_argument("--near", default="", help="lon,lat: where two fit alike, the nearer first")
        parser.add_argument("--json", action="store_true", help="one JSON line for each place of one address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer, and end with the code that tells a script what came of it."""
        path = Path(options["what"])
        is_file = path.suffix.lower() in (".xlsx", ".csv")
        try:
            if is_file and not path.is_file():
                raise CommandError(f"{path}: no such file", returncode=2)
            code = self._table(path, options) if is_file else self._one(options)
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        if code:
            sys.exit(code)

    def _table(self, path: Path, options: dict[str, Any]) -> int:
        now, answers = timezone.now(), []
        for asked in read_asked(path.read_bytes(), reverse=options["reverse"]):
            answers.append(answer(asked, now=now))
            if len(answers) % SAID == 0:
                self.stderr.write(f"{len(answers)} rows")
        out = options["out"] or path.with_name(f"{path.stem}-geocoded.xlsx")
        out.write_bytes(write_answers(answers))
        counts = count(answers)
        self.stdout.write(f"{len(answers)} rows: " + ", ".join(f"{name} {n}" for name, n in counts.items()))
        self.stdout.write(str(out))
        return ALL_FOUND if all(one.score >= options["least"] for one in answers) else SOME_NOT

    def _one(self, options: dict[str, Any]) -> int:
        if options["reverse"]:
            return self._describe(options)
        found = find_places(options["what"], limit=options["limit"], around=read_near(options["near"]))
        for one in found:
            if options["json"]:
                self.stdout.write(json.dumps({**asdict(one), "place": list(one.place)}, ensure_ascii=False))
            else:
                self.stdout.write(
                    f"{one.score:.2f}  {one.place.lon:.6f},{one.place.lat:.6f}  {one.label}  {one.reason}"
                )
        return ALL_FOUND if found and found[0].score >= options["least"] else SOME_NOT

    def _describe(self, options: dict[str, Any]) -> int:
        place = read_place(options["what"])
        found = describe(place, now=timezone.now())
        at = found.location
        if not at.is_inside:
            self.stderr.write("outside the city")
            return SOME_NOT
        people = ", ".join(one.name for one in at.inspectors)
        near = "; ".join(f"{one.name} {one.code} {one.metres:.0f} m" for one in nearest_components(place))
        lines = (
            ("address", found.address),
            ("nearest", "; ".join(found.nearest)),
            ("area", " ".join(filter(None, (at.district_name, at.street_name, at.community_name)))),
            ("cell", at.cell_code or ""),
            ("duty grid", f"{at.duty_grid_code or ''} {at.duty_grid_name or ''}"),
            ("inspectors", people),
            ("components", near),
        )
        for name, words in lines:
            self.stdout.write(f"{name:<12}{words}")
        return ALL_FOUND
