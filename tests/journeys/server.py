"""A real server of its own processes, on a copy of the world: what it commits stays, and disturbs no other test."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from tests.world import PASSWORD

ROOT = Path(__file__).parents[2]
START_SECONDS = 40.0


def copy_of_the_world() -> str:
    """A database made from the tests' own one, which holds nothing but the world; returns its name."""
    source = connection.settings_dict["NAME"]
    connection.close()
    name = f"{source}_journeys"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    # The tests' own database keeps passwords under a quick hash, which a real server does not know.
    hasher = Argon2PasswordHasher()
    with psycopg.connect(**{**connection.get_connection_params(), "dbname": name}) as copy:
        copy.execute("UPDATE org_person SET password = %s", [hasher.encode(PASSWORD, hasher.salt())])
    return name


def drop(name: str) -> None:
    """Delete such a copy."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def url_of(name: str) -> str:
    """The address of a database beside the tests' own one."""
    known = connection.settings_dict
    user = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    host = known["HOST"] or "localhost"
    if host.startswith("/"):
        return f"postgres://{user}@/{name}?host={host}" + (f"&port={known['PORT']}" if known["PORT"] else "")
    return f"postgres://{user}@{host}:{known['PORT'] or 5432}/{name}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """gunicorn as `make run` starts it, two processes of four threads."""

    database: str
    var: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the server and the commands beside it are told."""
        return {
            **os.environ,
            "DATABASE_URL": url_of(self.database),
            "CITYLOOP_VAR": str(self.var),
            "CITYLOOP_PORT": str(self.port),
            "CITYLOOP_PROCESSES": "2",
            "CITYLOOP_THREADS": "4",
            "PYTHONPATH": str(ROOT),
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "tests.journeys.dying_wsgi"]
        log = (self.var / "server.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < end, self.log()
            assert self.process.poll() is None, self.log()
            time.sleep(0.05)

    def _answers(self) -> bool:
        plug = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            plug.request("GET", "/api/v1/session")
            return plug.getresponse().status == 401
        except (OSError, http.client.HTTPException):
            return False
        finally:
            plug.close()

    def has_died(self) -> bool:
        """Wait for its end; whether it was killed."""
        assert self.process is not None
        return self.process.wait(timeout=10) == -signal.SIGKILL

    def stop(self) -> None:
        """End it with everything that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=15)

    def command(self, *words: str) -> str:
        """Run a command of the product beside the server."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log(self) -> str:
        """What it wrote."""
        return (self.var / "server.log").read_text(errors="replace")[-3000:]


@contextmanager
def serving(var: Path) -> Iterator[Server]:
    """A server on a fresh copy of the world."""
    server = Server(copy_of_the_world(), var)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        drop(server.database)
