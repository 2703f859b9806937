"""`cityloop publish-calendar [FILE]`: put office hours, holidays and make-up days into force."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cityloop.limits.actions import publish_calendar
from cityloop.limits.files import DEFAULT_CALENDAR, read_calendar_file
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    """Publish a calendar from a TOML or JSON file; provisional deadlines are recomputed in the same transaction."""

    help = "发布工作日历：办公时间、节假日、调休。不给文件时发布自带的日历（含已公布的法定节假日）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT_CALENDAR, help="TOML 或 JSON 文件")
        parser.add_argument("--check", action="store_true", help="只检查文件，不发布")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        try:
            found = read_calendar_file(file, zone=settings.TIME_ZONE)
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error
        calendar = found.calendar
        counts = f"{len(calendar.patterns)} 段办公时间，{len(calendar.days)} 个特殊日"
        said = f"{found.name}：{counts}，节假日已公布至 {calendar.known_until}"
        if check:
            self.stdout.write(said)
            return
        row = publish_calendar(calendar, name=found.name, by=SYSTEM, now=timezone.now())
        self.stdout.write(f"现行日历为第 {row.number} 版 {said}")
