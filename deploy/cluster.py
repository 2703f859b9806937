"""The embedded PostgreSQL: made once, started or adopted, recovered after a crash, stopped by its last user."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote

from cityloop.config import machine
from deploy.console import Command, Trouble, run_logged, say, step, tail_of
from deploy.layout import Layout
from deploy.processes import wait_until

ROLE = "cityloop"
DATABASE = "cityloop"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
MEGABYTE = 1024**2
LOG_LIMIT_BYTES = 20 * MEGABYTE


def choose_install(data: Path, installs: Sequence[machine.PostgresInstall]) -> machine.PostgresInstall:
    """The server for this data: the version that made it, or for new data the newest.

    Raises:
        Trouble: it is not installed.
    """
    usable = [one for one in installs if one.major >= machine.POSTGRES_LEAST and one.has_postgis]
    note = data / "PG_VERSION"
    if not note.exists():
        if usable:
            return usable[0]
        raise Trouble(
            "No PostgreSQL server with PostGIS is installed.",
            "install Debian's package postgresql-postgis, or set DATABASE_URL to a server elsewhere.",
        )
    major = int(note.read_text(encoding="ascii"))
    for one in usable:
        if one.major == major:
            return one
    raise Trouble(
        f"The database in {data} was made by PostgreSQL {major}, which is not installed any more.",
        f"install Debian's packages postgresql-{major} and postgresql-{major}-postgis-3.",
    )


def server_settings(sockets: Path, memory_bytes: int) -> str:
    """Our settings of the server: private, durable, and sized by the machine's memory."""

    def megabytes(share: int, least: int, most: int) -> str:
        return f"{min(max(memory_bytes // share // MEGABYTE, least), most)}MB"

    return f"""# Written anew at each start.
listen_addresses = ''
unix_socket_directories = '{str(sockets).replace("'", "''")}'
unix_socket_permissions = 0700
max_connections = 100
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = {megabytes(8, 128, 1024)}
effective_cache_size = {megabytes(2, 256, 65536)}
maintenance_work_mem = {megabytes(32, 64, 512)}
work_mem = 16MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
# Short statements with costly-looking geometry: compiling them takes longer than running them.
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
"""


def access_files(names: Sequence[str]) -> tuple[str, str]:
    """pg_hba.conf and pg_ident.conf: only these accounts of this machine come in, proven by the kernel."""
    rules = "local all all peer map=cityloop\n"
    quoted = sorted({'"' + name.replace('"', '""') + '"' for name in names})
    return rules, "".join(f"cityloop {name} {ROLE}\n" for name in quoted)


def is_server(process: Path, data: Path) -> bool:
    """Whether a folder of /proc is of a server on this data: they all work in that folder, and nobody else does."""
    try:
        return (process / "cwd").readlink() == data.resolve() and (process / "comm").read_text().startswith("postgres")
    except OSError:
        return False


def find_servers(data: Path, proc: Path = Path("/proc")) -> set[int]:
    """Every process of a server on this data."""
    return {int(process.name) for process in proc.glob("[0-9]*") if is_server(process, data)}


def find_noted_pid(data: Path) -> int | None:
    """The server's pid by its own note, which outlives a crash."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n")[0])
    except (OSError, ValueError):
        return None


class Cluster:
    """One embedded PostgreSQL."""

    def __init__(self, layout: Layout, install: machine.PostgresInstall, *, lock: Path, log: Path) -> None:
        self.layout = layout
        self.install = install
        self._lock_path = lock
        self._prepare_log = log
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """The address of the product's database."""
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.layout.sockets), safe='/')}"

    def up(self) -> None:
        """Make it if need be, have it running, and count ourselves among its users."""
        self.join()
        self.make()
        self.ensure_running()
        self._make_database()

    def join(self) -> None:
        """Count ourselves among its users: they share a lock, and whoever gets it alone when leaving was the last."""
        self._lock = self._lock_path.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def down(self) -> bool:
        """Leave it, and stop it unless somebody else uses it. Says whether it was stopped."""
        if self._lock is None:
            return False
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._stop()
        except BlockingIOError:
            return False
        finally:
            self._lock.close()
            self._lock = None
        return True

    def is_running(self) -> bool:
        """The server on our data is there; it may still be recovering."""
        noted = find_noted_pid(self.layout.data)
        return noted is not None and is_server(Path("/proc") / str(noted), self.layout.data)

    def ensure_running(self) -> None:
        """Adopt a running server, or start one, after whatever happened to the last.

        Raises:
            Trouble: it does not come up.
        """
        if self.is_running():
            if wait_until(self.answers, 5):
                return
            # It runs and does not answer, for example because its socket was swept away.
            say("  ·  The database server does not answer; starting it again")
            self._stop()
        self._clear_remains()
        self._configure()
        self._start()

    def answers(self) -> bool:
        """It accepts connections."""
        command: Command = [self.install.bin / "pg_isready", "-q", "-h", str(self.layout.sockets)]
        return subprocess.run(command, check=False).returncode == 0

    def query(self, sql: str, database: str = "postgres") -> str:
        """The bare answer to one statement.

        Raises:
            subprocess.CalledProcessError: the server refused it.
        """
        command: Command = [self.install.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command = [*command, "-h", self.layout.sockets, "-U", ROLE, "-d", database, "-c", sql]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.strip()

    def _as_owner(self, command: Command) -> Command:
        """The command run by the owner's account; the short program at the front changes to it."""
        owner = self.layout.owner
        if owner.is_me:
            return command
        return ["setpriv", f"--reuid={owner.uid}", f"--regid={owner.gid}", "--clear-groups", *command]

    def _run(self, title: str, command: Command, next_step: str) -> None:
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.layout.home)}
        with step(title) as ticker:
            try:
                command = self._as_owner(command)
                run_logged(ticker, command, log=self._prepare_log, cwd=self.layout.home, env=env)
            except subprocess.CalledProcessError as error:
                detail = error.output + tail_of(self.layout.log, 15)
                raise Trouble(f"{title}: this failed.", next_step, detail=detail) from None

    def make(self) -> None:
        """Make its data once; an interrupted attempt leaves nothing."""
        if (self.layout.data / "PG_VERSION").exists():
            return
        draft = self.layout.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        # Sorted by bytes, so that prefixes of codes use an index; letters by Unicode, so that Chinese words are found.
        command: Command = [self.install.bin / "initdb", "-D", draft, "-U", ROLE, "-E", "UTF8", "--auth=peer"]
        command = [*command, "--locale=C.UTF-8", "--lc-collate=C", "--data-checksums", "--no-instructions"]
        self._run(
            f"Private PostgreSQL {self.install.major} in {self.layout.home}",
            command,
            "read the lines above; a full disk and a folder that is not writable are the usual causes.",
        )
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("include 'cityloop.conf'\n")
        draft.rename(self.layout.data)

    def _configure(self) -> None:
        self.layout.sockets.mkdir(mode=0o700, exist_ok=True)
        owner = self.layout.owner
        if not owner.is_me:
            os.chown(self.layout.sockets, owner.uid, owner.gid)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        names = [owner.name] if owner.is_me else [owner.name, "root"]
        rules, idents = access_files(names)
        settings = server_settings(self.layout.sockets, memory)
        for name, text in (("cityloop.conf", settings), ("pg_hba.conf", rules), ("pg_ident.conf", idents)):
            self._write(self.layout.data / name, text)
        if self.layout.log.exists() and self.layout.log.stat().st_size > LOG_LIMIT_BYTES:
            self.layout.log.replace(self.layout.log.with_suffix(".log.old"))

    def _write(self, path: Path, text: str) -> None:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as draft:
            draft.write(text)
        os.chmod(draft.name, 0o600)
        if not self.layout.owner.is_me:
            os.chown(draft.name, self.layout.owner.uid, self.layout.owner.gid)
        os.replace(draft.name, path)

    def _clear_remains(self) -> None:
        """After a crash: see the last server's processes off, and remove notes that name a pid used again since."""
        data = self.layout.data
        if find_servers(data) and not wait_until(lambda: not find_servers(data), 5):
            say("  ·  Ending processes that a database server left behind")
            for number in (signal.SIGQUIT, signal.SIGKILL):
                for pid in find_servers(data):
                    os.kill(pid, number)
                if wait_until(lambda: not find_servers(data), 10):
                    break
        # No process works on this data any more, so no note of a running server can be true.
        (data / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.layout.sockets / name).unlink(missing_ok=True)

    def _start(self) -> None:
        command: Command = [self.install.bin / "pg_ctl", "start", "-w", "-t", "300", "-s"]
        command = [*command, "-D", self.layout.data, "-l", self.layout.log]
        self._run("Database server", command, f"read the lines above and {self.layout.log}.")

    def _stop(self) -> None:
        if not self.is_running():
            return
        command: Command = [self.install.bin / "pg_ctl", "stop", "-w", "-t", "60", "-s", "-m", "fast"]
        command = [*command, "-D", self.layout.data]
        self._run("Stopping the database server", command, f"read {self.layout.log}.")

    def _make_database(self) -> None:
        if self.query(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") != "1":
            self.query(f"CREATE DATABASE {DATABASE}")
        have = set(self.query("SELECT extname FROM pg_extension", DATABASE).split())
        for name in EXTENSIONS:
            if name not in have:
                self.query(f"CREATE EXTENSION IF NOT EXISTS {name}", DATABASE)
