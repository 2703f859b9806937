"""`make run`: prepare everything, serve, and stop everything again in order."""

import fcntl
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from cityloop.config import machine
from deploy import assets
from deploy.cluster import Cluster
from deploy.console import Command, Trouble, say, tail_of
from deploy.environment import child_env
from deploy.options import Options, make_var
from deploy.prepare import get_cluster, has_command, prepare_database, prepared
from deploy.processes import Ledger, is_alive, record, send, stop, wait_for_end

START_SECONDS = 60.0
GRACE_SECONDS = 15.0
LOG_LIMIT_BYTES = 20 * 1024**2
# A worker that fails at once again and again is given up.
RESTARTS = 5


class Child:
    """One process of the product: started, noted, watched, stopped."""

    def __init__(self, options: Options, name: str, command: Command) -> None:
        self.name = name
        self.log = options.log(name)
        self._options = options
        self._command = [str(word) for word in command]
        self.restarts = 0
        self._start()

    def _start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches only us, and we stop things in order.
            self.process = subprocess.Popen(
                self._command,
                cwd=self._options.root,
                env=child_env(self._options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.record = record(self.name, self.process.pid)
        except ProcessLookupError:
            raise Trouble(f"The {self.name} ended at once.", f"read {self.log}.", detail=tail_of(self.log)) from None
        ledger(self._options).add(self.record)

    @property
    def is_alive(self) -> bool:
        """It has not ended."""
        return self.process.poll() is None

    def restart(self) -> None:
        """Start it once more after it ended."""
        self.restarts += 1
        self._start()

    def stop(self) -> None:
        """Ask it to end, wait, and end it."""
        if not self.is_alive:
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            stop(self.record, grace_seconds=1)
        self.process.wait()


def ledger(options: Options) -> Ledger:
    """The note of our processes."""
    return Ledger(options.var / "processes.json")


@contextmanager
def only_run(options: Options) -> Iterator[None]:
    """One server in a checkout.

    Raises:
        Trouble: another one is alive.
    """
    with (options.var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found = " ".join(f"{one.name} (pid {one.pid})" for one in runner(options).read())
            raise Trouble(
                f"CityLoop runs here already: {found or 'it is just starting'}",
                "use it, or stop it: Ctrl-C where it runs, or make stop.",
            ) from None
        runner(options).write([record(address(options), os.getpid())])
        yield


def runner(options: Options) -> Ledger:
    """The note of the process that watches over the others."""
    return Ledger(options.var / "runner.json")


def address(options: Options) -> str:
    """What to type into the browser."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(options.address, options.address)
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{options.port}/"


def check_port(options: Options) -> None:
    """Refuse before any work when somebody else listens there.

    Raises:
        Trouble: the port is taken.
    """
    for _ in range(20):
        if machine.is_port_free(options.address, options.port):
            return
        # Processes of ours that were just stopped may take a moment.
        time.sleep(0.1)
    holder = machine.find_port_holder(options.port)
    other = options.port + 1 if options.port < 65535 else 8080
    raise Trouble(
        f"Port {options.port} on {options.address} is taken" + (f" by {holder}." if holder else "."),
        f"stop that, or choose another port: CITYLOOP_PORT={other} make run",
    )


def wait_for_server(options: Options, server: Child) -> None:
    """Return when the first page answers, whatever it says.

    Raises:
        Trouble: the server ended or does not answer.
    """
    end = time.monotonic() + START_SECONDS
    while server.is_alive and time.monotonic() < end:
        try:
            urllib.request.urlopen(address(options), timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise Trouble(
        "The server ended at once." if not server.is_alive else "The server does not answer.",
        f"read the lines above; all of it is in {server.log}.",
        detail=tail_of(server.log),
    )


def start_children(options: Options) -> Iterator[Child]:
    """Start the server, then the worker that fires due timers."""
    config = options.root / "deploy" / "gunicorn.conf.py"
    server: Command = [options.tool("gunicorn"), "--config", config, "cityloop.config.wsgi:application"]
    yield Child(options, "server", server)
    if has_command(options, "work"):
        yield Child(options, "worker", [options.tool("cityloop"), "work"])


def show_accounts(options: Options) -> None:
    """Print who can sign in."""
    if has_command(options, "accounts"):
        command: Command = [options.tool("cityloop"), "accounts"]
        subprocess.run(command, cwd=options.root, env=child_env(options), stdin=subprocess.DEVNULL, check=False)


def watch(options: Options, children: list[Child], cluster: Cluster | None) -> None:
    """Stay until Ctrl-C; put right what can be put right.

    Raises:
        Trouble: the server ended, or the worker does not stay up.
    """
    while True:
        time.sleep(1)
        if cluster and not cluster.is_running():
            say("  ·  The database server has ended; starting it again")
            cluster.ensure_running()
        for child in children:
            if child.is_alive:
                continue
            if child.name == "server" or child.restarts >= RESTARTS:
                raise Trouble(f"The {child.name} has ended.", f"read {child.log}.", detail=tail_of(child.log))
            say(f"  ·  The {child.name} has ended; starting it again")
            child.restart()


def serve(options: Options, cluster: Cluster | None) -> None:
    """Start, tell, and stay; whatever happens, stop what was started, the last first."""
    children: list[Child] = []
    try:
        for child in start_children(options):
            children.append(child)
        wait_for_server(options, children[0])
        say(f"\nCityLoop 已启动 is ready:  {address(options)}\n")
        show_accounts(options)
        say("\n按 Ctrl-C 停止。Ctrl-C stops everything.")
        watch(options, children, cluster)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if children:
            say("\nStopping …")
        # The server first, so that nobody begins anything new.
        for child in children:
            child.stop()
        ledger(options).write([])


def clear_left_over(options: Options) -> None:
    """Stop what an earlier run left behind when it was killed."""
    for one in ledger(options).stop_left_over():
        say(f"  ·  Stopped a left-over {one.name} of an earlier run (pid {one.pid})")


def run(options: Options) -> int:
    """Prepare and serve until Ctrl-C."""
    began = time.monotonic()
    make_var(options)
    with only_run(options):
        clear_left_over(options)
        check_port(options)
        with prepared(options) as cluster:
            prepare_database(options)
            assets.collect_static(options)
            say(f"  ·  Prepared in {time.monotonic() - began:.0f} s; starting the server")
            # Ctrl-C is how a server is meant to end; before that point it is an interruption.
            with suppress(KeyboardInterrupt):
                serve(options, cluster)
    say("Stopped.")
    return 0


def stop_all(options: Options) -> int:
    """`make stop`: end a run, and what a killed one left, the database server included."""
    make_var(options)
    for one in runner(options).read():
        if is_alive(one):
            # It stops its own in order; that may take as long as two of them are given.
            send(one, signal.SIGTERM)
            wait_for_end(one, 2 * GRACE_SECONDS + 60)
    with only_run(options):
        clear_left_over(options)
        if (options.var / "cluster-id").exists() and not options.database_url:
            cluster = get_cluster(options)
            if cluster.is_running():
                cluster.join()
                cluster.down()
    say("Nothing of CityLoop runs here now.")
    return 0
