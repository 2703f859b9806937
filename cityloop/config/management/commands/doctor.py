"""`cityloop doctor`."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cityloop.config.doctor import examine

MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


class Command(BaseCommand):
    """Exit code 1 when something stops work."""

    help = "Say what this machine and database have, lack, and what to do."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` is for programs."""
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every finding."""
        findings = list(examine(timezone.now()))
        is_well = all(one.state != "bad" for one in findings)
        if options["json"]:
            rows = [asdict(one) for one in findings]
            self.stdout.write(json.dumps({"well": is_well, "findings": rows}, ensure_ascii=False, indent=1))
        else:
            for one in findings:
                self.stdout.write(f"{MARKS[one.state]}  {one.name:<22}{one.found}")
                if one.advice:
                    self.stdout.write(f"{'':6}{'':<22}→ {one.advice}")
            self.stdout.write("\nAll is well." if is_well else "\nWhat is marked BAD stops work.")
        if not is_well:
            sys.exit(1)
