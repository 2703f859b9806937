"""`cityloop replay yangzhou`: a published month through the same actions as the pages', and out as its report."""

import sys
from argparse import SUPPRESS, ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from cityloop.evaluation.replay import conduct, database
from cityloop.evaluation.replay.check import Compared, columns_of, compare, current_report, expected_of
from cityloop.evaluation.replay.conduct import Order
from cityloop.evaluation.replay.month import read_month, specs_of
from cityloop.evaluation.report import ALL


class Command(BaseCommand):
    help = (
        "Send a published month through the actions of the pages, in a database of its own, and compare the report "
        "with what was published. Cut off, it goes on where it was."
    )
    requires_system_checks = []  # its own database is checked by its own processes

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=["yangzhou"])
        parser.add_argument("--share", type=float, default=1.0, help="part of the month, 0.01 to 1 (1)")
        parser.add_argument("--processes", type=int, default=2, help="processes that share the work (2)")
        parser.add_argument("--seed", type=int, default=200810, help="seed of what is constructed (200810)")
        parser.add_argument("--database-url", help="the database to use (that of the settings, named …_yangzhou)")
        parser.add_argument("--password", help="lets yz-evaluator-1 and yz-leader-1 sign in to read the report")
        parser.add_argument("--check", action="store_true", help="only compare the report of a finished replay")
        parser.add_argument("--here", help=SUPPRESS)  # a process of the replay, in the replay's database

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order(options["name"], options["share"], options["seed"], options["processes"])
        if not 0 < order.share <= 1 or order.processes < 1:
            raise CommandError("--share is above 0 and at most 1, --processes at least 1")
        try:
            if options["here"]:
                self._work_here(order, options)
            else:
                self._conduct(order, options)
        except (database.Occupied, conduct.Failed, psycopg.OperationalError) as error:
            raise CommandError(str(error)) from None

    def _conduct(self, order: Order, options: dict[str, Any]) -> None:
        url = options["database_url"] or database.address_of(database.settings_url(), order.name)
        if not options["check"]:
            database.create_if_missing(url)
            words = ["--password", options["password"]] if options["password"] else []
            conduct.call(url, order, "--here", "prepare", *words)
            done = conduct.run_all(url, order, self._say)
            self._say(f"{done.words}, {order.processes} processes")
            conduct.call(url, order, "--here", f"finish:{done.seconds:.0f}:{done.actions}")
        self._say(conduct.call(url, order, "--here", "check").rstrip())
        self._say(f"DATABASE_URL={url}")

    def _work_here(self, order: Order, options: dict[str, Any]) -> None:
        word, *rest = options["here"].split(":")
        if word == "prepare":
            conduct.prepare(order, password=options["password"])
        elif word == "run":
            conduct.run_share(order, int(rest[0]), self._say)
        elif word == "finish":
            conduct.finish(order, float(rest[0]), int(rest[1]))
        elif word == "check":
            self._compare(order)

    def _compare(self, order: Order) -> None:
        conduct.demand_begun(order)
        report, month = current_report(), read_month(order.name)
        if order.share < 1:
            specs = specs_of(month, share=order.share, seed=order.seed)
            rows = [Compared("合计", str(expected_of(specs, None)), str(columns_of(report, ALL)))]
        else:
            rows = compare(month, report)
        for row in rows:
            if not row.is_same:
                self._say(f"  {row.what}: published {row.published}, ours {row.ours}")
        wrong = sum(not row.is_same for row in rows)
        self._say(f"{len(rows)} numbers compared, {len(rows) - wrong} agree, {wrong} differ")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()
