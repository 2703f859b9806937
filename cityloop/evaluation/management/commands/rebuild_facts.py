"""`cityloop rebuild-facts`: make the facts that reports count again from the histories of the cases."""

from typing import Any

from django.core.management.base import BaseCommand

from cityloop.evaluation.following import follow, rebuild


class Command(BaseCommand):
    help = "Forget the facts that reports count and make them again from the cases' events. Reports stay the same."

    def handle(self, *args: Any, **options: Any) -> None:
        cases = rebuild()
        self.stdout.write(f"{cases} cases counted anew, {follow()} events followed since")
