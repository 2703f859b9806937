"""`cityloop load-codes`: both national editions, the carried handbook with its limits, dictionaries and sources."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cityloop.limits.handbook import load_handbook
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Adds what is missing and says what is offered; what a city has changed stays as it is."""

    help = "Load categories, filing standards, limits and dictionaries; adds what is missing, changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        loaded = load_handbook(by=SYSTEM, now=timezone.now())
        self.stdout.write(
            f"added: {loaded.standards} conditions, {loaded.limits} limits, {loaded.dictionaries} dictionary rows"
        )
        for title, table in (("categories", loaded.categories), ("conditions", loaded.conditions)):
            for (edition, kind), counts in sorted(table.items()):
                said = ", ".join(f"{count} {fate}" for fate, count in sorted(counts.items(), key=lambda item: -item[1]))
                self.stdout.write(f"{edition} {kind} {title}: {said}")
