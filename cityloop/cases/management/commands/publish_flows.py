"""`cityloop publish_flows`: put the shipped flows in force."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cityloop.base.errors import Refused
from cityloop.cases.shipped import publish_all
from cityloop.org.actor import SYSTEM


class Command(BaseCommand):
    help = "Publish the shipped flows. Example: cityloop publish_flows --option case.filing=shift_leader"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--option", action="append", default=[], metavar="KIND.OPTION=VALUE")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen: dict[str, dict[str, str]] = {}
        for text in options["option"]:
            name, _, value = text.partition("=")
            kind, _, option = name.partition(".")
            if not (kind and option and value):
                raise CommandError(f"--option {text!r} is not of the form kind.option=value")
            chosen.setdefault(kind, {})[option] = value
        try:
            versions = publish_all(by=SYSTEM, now=timezone.now(), options=chosen)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        for version in versions:
            self.stdout.write(f"{version}")
