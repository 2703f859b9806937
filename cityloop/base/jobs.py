"""Slow and outward work as jobs in PostgreSQL: committed with what caused them, done by `cityloop work`.

A job carries ids and no personal data, and may run twice. Jobs of a worker that died are taken up again, those that
are done are deleted: what came of a job stands in the row that it worked on.
"""

import asyncio
import threading
from typing import Any, Final

from django.db import connection
from procrastinate.contrib.django import app

HEARTBEAT_SECONDS: Final = 10
DEAD_SECONDS: Final = 45
_options: Final[dict[str, Any]] = {
    "concurrency": 1,
    "delete_jobs": "always",
    "install_signal_handlers": False,
    "update_heartbeat_interval": HEARTBEAT_SECONDS,
    "stalled_worker_timeout": DEAD_SECONDS,
}


def has_worker() -> bool:
    """Whether some worker has shown that it lives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [DEAD_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def run_waiting() -> None:
    """Do the jobs that wait, and come back."""
    asyncio.run(_run(wait=False))


class Worker(threading.Thread):
    """Does jobs until it is told to stop; a running job ends first."""

    def __init__(self) -> None:
        super().__init__(name="jobs", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """The thread's life."""
        try:
            asyncio.run(self._work())
        except asyncio.CancelledError:
            pass

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(_run(wait=True))
        await self._task

    def stop(self) -> None:
        """Take no further job."""
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)


async def _run(*, wait: bool) -> None:
    connector: Any = app.connector
    own = app.with_connector(connector.get_worker_connector())
    async with own.open_async():
        rescuing = asyncio.create_task(_rescue(own, once=not wait))
        if not wait:
            await rescuing
        try:
            await own.run_worker_async(wait=wait, **_options)
        finally:
            rescuing.cancel()


async def _rescue(own: Any, *, once: bool) -> None:
    """Put the jobs of dead workers back in the queue."""
    while True:
        for job in await own.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_SECONDS):
            await own.job_manager.retry_job(job)
        if once:
            return
        await asyncio.sleep(DEAD_SECONDS)
