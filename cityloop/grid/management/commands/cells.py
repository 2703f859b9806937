"""`cityloop cells generate|check|publish|export|duty`: cells and duty grids without a browser.

Exits with 0 when all is sound, 1 when the checks found faults, 2 when the command could not be carried out.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.cells.drafting import check_in_force, draft_cells, propose_cells, publish_cells
from cityloop.grid.cells.duty import LEVELS, Wish, draft_duty, publish_duty
from cityloop.grid.cells.engine.balance import Weights
from cityloop.grid.cells.engine.generator import Settings
from cityloop.grid.cells.engine.report import Report, as_lines
from cityloop.grid.cells.exporting import as_geojson, write_report
from cityloop.grid.cells.inputs import list_cells, shapes_of
from cityloop.grid.models import Draft, DraftCell, DraftKind
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Generate, check, publish and export cells; propose duty grids."""

    help = "Generate, check, publish and export unit grids, and propose duty grids of equal load."

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each thing to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        generate = acts.add_parser("generate", help="propose cells from streets and outlines, as a draft")
        _area(generate)
        generate.add_argument("--aim", type=float, default=10_000.0, help="square metres of a cell")
        generate.add_argument("--dry-run", action="store_true", help="report, and keep no draft")
        _report(generate)
        check = acts.add_parser("check", help="check the cells in force")
        _area(check)
        _report(check)
        publish = acts.add_parser("publish", help="put a draft of cells or duty grids in force")
        publish.add_argument("draft", type=int)
        publish.add_argument("--on", type=date.fromisoformat, help="first day, today if not given")
        publish.add_argument("--reason", default="", help="goes into the history of every cell")
        export = acts.add_parser("export", help="write cells as GeoJSON")
        _area(export)
        export.add_argument("--draft", type=int, help="the cells of this draft instead of those in force")
        export.add_argument("--out", type=Path, required=True)
        duty = acts.add_parser("duty", help="propose duty grids of equal load, as a draft")
        _area(duty)
        duty.add_argument("--groups", type=int, default=0, help="how many")
        duty.add_argument("--target", type=float, default=0.0, help="or the load of each")
        duty.add_argument("--within", type=int, choices=LEVELS, default=9, help="digits of the area that none leaves")
        for name, value in (("street-km", 1.0), ("components", 1.0), ("cases", 1.0), ("cell", 0.1)):
            duty.add_argument(f"--{name}", type=float, default=value, help="weight")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; a refusal is an error."""
        acts = {
            "generate": self.generate,
            "check": self.check_cells,
            "publish": self.publish,
            "export": self.export,
            "duty": self.duty,
        }
        try:
            acts[options["act"]](options)
        except Refused as no:
            raise CommandError(no.message, returncode=2) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}", returncode=2) from None

    def generate(self, options: dict[str, Any]) -> None:
        """Propose cells, say what they are like, keep them as a draft."""
        settings, now = Settings(aim_m2=options["aim"]), timezone.now()
        proposal = propose_cells(options["area"], settings, on=city_date(now))
        shapes = [(cell.code, cell.shape) for cell in proposal.cells]
        self.tell(options, proposal.report, shapes)
        self.stdout.write(_("沿用 %(kept)d 个") % {"kept": len(proposal.kept)})
        if not options["dry_run"]:
            draft = draft_cells(options["area"], settings, by=SYSTEM, now=now, most=0, proposal=proposal)
            self.stdout.write(_("草案 %(number)d") % {"number": draft.pk})
        _leave(proposal.report)

    def check_cells(self, options: dict[str, Any]) -> None:
        """Say what the cells in force are like."""
        today = city_date(timezone.now())
        report = check_in_force(options["area"], on=today)
        cells = shapes_of(list_cells(options["area"], on=today)) if options["report"] else []
        self.tell(options, report, [(cell.code, cell.shape) for cell in cells])
        _leave(report)

    def tell(self, options: dict[str, Any], report: Report, cells: Sequence[tuple[str, Any]]) -> None:
        """Print the report, and write it to a file if one is named."""
        for line in as_lines(report):
            self.stdout.write(line)
        if options["report"]:
            title = _("单元网格检查报告 %(area)s") % {"area": options["area"] or _("全市")}
            write_report(options["report"], title, report, cells)

    def publish(self, options: dict[str, Any]) -> None:
        """Put a draft in force."""
        now = timezone.now()
        on = options["on"] or city_date(now)
        draft = Draft.objects.filter(pk=options["draft"]).first()
        if draft is None:
            raise Refused("not_found", _("没有此草案"))
        publish = publish_cells if draft.kind == DraftKind.CELLS else publish_duty
        done = publish(draft.pk, by=SYSTEM, now=now, on=on, reason=options["reason"])
        self.stdout.write(_("终止 %(ended)d 个，新建 %(made)d 个") % {"ended": done.ended, "made": done.made})

    def export(self, options: dict[str, Any]) -> None:
        """Write GeoJSON."""
        if options["draft"]:
            drafted = DraftCell.objects.filter(draft_id=options["draft"], code__startswith=options["area"])
            options["out"].write_text(as_geojson(drafted.order_by("code").iterator()), encoding="utf-8")
        else:
            cells = list_cells(options["area"], on=city_date(timezone.now()))
            options["out"].write_text(as_geojson(cells.iterator()), encoding="utf-8")

    def duty(self, options: dict[str, Any]) -> None:
        """Propose duty grids and say how equal they are."""
        weights = Weights(*(options[name] for name in ("street_km", "components", "cases", "cell")))
        wish = Wish(options["groups"], options["target"], options["within"], weights=weights)
        draft = draft_duty(options["area"], wish, by=SYSTEM, now=timezone.now(), most=0)
        told = _("草案 %(number)d：责任网格 %(groups)d 个，最大负荷为平均的 %(ratio).2f 倍，%(whole)d 个相连")
        report = draft.report
        values = {"groups": report["groups"], "ratio": report["ratio"], "whole": report["contiguous"]}
        self.stdout.write(told % {"number": draft.pk, **values})


def _area(parser: ArgumentParser) -> None:
    parser.add_argument("--area", default="", help="code of a city, district, street or community; empty is everything")


def _report(parser: ArgumentParser) -> None:
    parser.add_argument("--report", type=Path, help="write the report here: .html with a map, .json or .txt")


def _leave(report: Report) -> None:
    if report.faults:
        sys.exit(1)
