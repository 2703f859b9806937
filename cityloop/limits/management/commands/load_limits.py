"""`cityloop load-limits`: the shipped calendar and stage limits, where there are none yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cityloop.limits.actions import load_defaults
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Load what the project ships; what a city has changed stays."""

    help = "载入自带的工作日历和环节时限，已有的不变。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"新增 {load_defaults(by=SYSTEM, now=timezone.now())} 项")
