"""`cityloop work`: the loop that wakes timers, does the daily chores, and beside it the jobs."""

import signal
import time
from argparse import ArgumentParser
from datetime import date
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from cityloop.base import jobs
from cityloop.base.chores import do_daily
from cityloop.base.time import city_date
from cityloop.cases.chores import follow_events, is_on_virtual_clock
from cityloop.cases.timers import fire_due


class Command(BaseCommand):
    help = "Fire due timers; once a day write the root over all histories to the journal and delete what has expired."

    stopping = False
    chores_done_on: date | None = None
    worker: jobs.Worker | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due and end")
        parser.add_argument("--pause", type=float, default=5.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_on_virtual_clock():
            raise CommandError("this database was made by a replay and lives on a virtual clock; no worker touches it")
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.stopping:
            try:
                self._look()
            except OperationalError as error:
                # The database restarts: nothing is lost, the next look finds what is due.
                self.stderr.write(f"database: {error}".strip())
            close_old_connections()
            if options["once"]:
                jobs.run_waiting()
                return
            self._keep_worker()
            self._sleep(options["pause"])
        if self.worker is not None:
            self.worker.stop()
            self.worker.join()

    def _keep_worker(self) -> None:
        """Jobs run in a thread beside the timers; one that lost its database begins anew."""
        if self.worker is None or not self.worker.is_alive():
            self.worker = jobs.Worker()
            self.worker.start()

    def _look(self) -> None:
        now = timezone.now()
        fire_due(now)
        follow_events()
        if self.chores_done_on != city_date(now):
            do_daily(now)
            self.chores_done_on = city_date(now)

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.2)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
