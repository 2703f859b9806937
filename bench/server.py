"""The product's own server, with its own settings, on the bench's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(processes: int = 2) -> Iterator[int]:
    """Have the server while the block lasts; its port.

    Raises:
        SystemExit: it does not come up.
    """
    port = free_port()
    env = {**os.environ, "CITYLOOP_PORT": str(port), "CITYLOOP_PROCESSES": str(processes)}
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py")]
    server = subprocess.Popen(
        [*command, "--log-level", "warning", "cityloop.config.wsgi:application"], cwd=ROOT, env=env
    )
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")
