"""`cityloop expire-notices`: delete notices older than 90 days."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cityloop.notify.actions import expire


class Command(BaseCommand):
    """The worker does it once a day; it may run beside everything else."""

    help = "Delete notices older than 90 days, with their marks."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        self.stdout.write(f"{expire(timezone.now())} rows deleted.")
