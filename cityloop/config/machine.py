"""Facts about this machine, read without Django and without any right: used by `cityloop doctor` and by `deploy/`."""

import re
import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

POSTGRES_LEAST = 15
POSTGIS_LEAST = (3, 3)
DISK_LEAST_BYTES = 2 * 1024**3
LISTEN = "0A"


@dataclass(frozen=True)
class PostgresInstall:
    """One installed version of the PostgreSQL server."""

    major: int
    bin: Path
    has_postgis: bool


def list_postgres(
    libraries: Path = Path("/usr/lib/postgresql"), shares: Path = Path("/usr/share/postgresql")
) -> list[PostgresInstall]:
    """Servers from the distribution's packages, newest first."""
    found = []
    for server in libraries.glob("*/bin/postgres"):
        name = server.parent.parent.name
        if name.isdigit():
            postgis = shares / name / "extension" / "postgis.control"
            found.append(PostgresInstall(int(name), server.parent, postgis.exists()))
    return sorted(found, key=lambda one: -one.major)


def find_chromium() -> str | None:
    """The system's browser for journeys."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_bytes(folder: Path) -> int:
    """Free space where the folder is or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def is_port_free(address: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError):
            return False
    return True


def listening_inodes(table: Iterable[str], port: int) -> set[str]:
    """Sockets that listen on the port, from the lines of /proc/net/tcp."""
    found = set()
    for line in table:
        fields = line.split()
        if len(fields) > 9 and fields[3] == LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
            found.add(fields[9])
    return found


def find_port_holder(port: int, proc: Path = Path("/proc")) -> str | None:
    """Who listens on the port, as `command (pid N)`; None when nobody does or we may not look."""
    inodes: set[str] = set()
    for name in ("tcp", "tcp6"):
        table = proc / "net" / name
        if table.exists():
            inodes |= listening_inodes(table.read_text(encoding="ascii").splitlines()[1:], port)
    if not inodes:
        return None
    for folder in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        if _holds(folder, inodes):
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"{words[:80] or 'a process'} (pid {folder.name})"
    return None


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(_socket_inode(path) in inodes for path in (process / "fd").iterdir())
    except OSError:
        return False


def _socket_inode(path: Path) -> str | None:
    try:
        match = re.fullmatch(r"socket:\[(\d+)\]", str(path.readlink()))
    except FileNotFoundError:
        # Closed while we looked.
        return None
    return match[1] if match else None
