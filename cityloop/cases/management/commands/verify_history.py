"""`cityloop verify_history`: prove that no history was changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cityloop.cases.models import Case
from cityloop.cases.steps.history import faults, root


class Command(BaseCommand):
    help = (
        "Check the chain of every case, or of the cases named; print the root over all heads. Exit code 1 on a fault."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="CASE")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.order_by("pk")
        if options["numbers"]:
            cases = cases.filter(number__in=options["numbers"])
            missing = set(options["numbers"]) - set(cases.values_list("number", flat=True))
            if missing:
                raise CommandError(f"no such case: {', '.join(sorted(missing))}")
        found, count = 0, 0
        for case in cases.iterator(chunk_size=500):
            count += 1
            for fault in faults(case):
                found += 1
                self.stderr.write(fault)
        if not options["numbers"]:
            heads = Case.objects.order_by("pk").values_list("number", "last_seq", "last_hash")
            self.stdout.write(f"root {root(heads.iterator())}")
        self.stdout.write(f"{count} cases, {found} faults")
        if found:
            raise CommandError("the history was changed", returncode=1)
