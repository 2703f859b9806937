"""`cityloop expire-evidence`: delete uploads that nothing refers to."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cityloop.evidence.actions import expire, sweep


class Command(BaseCommand):
    """The worker expires once a day, and sweeps nothing; this may run beside itself and beside uploads."""

    help = "Delete uploads that nothing refers to and whose time is over, and files that no upload names."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        now = timezone.now()
        self.stdout.write(f"{expire(now)} expired uploads and {sweep(now)} left-over files deleted.")
