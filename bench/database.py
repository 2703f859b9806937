"""The bench's own database, in the cluster that the product uses."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

NAME, WIDE = "cityloop_bench", "cityloop_bench_map"
ROOT = Path(__file__).resolve().parent.parent


def product_url() -> str:
    """Where the product's own database is.

    Raises:
        SystemExit: nothing says where.
    """
    url = os.environ.get("DATABASE_URL", "")
    note = Path(os.environ.get("CITYLOOP_VAR") or ROOT / "var") / "database-url"
    if not url and note.exists():
        url = note.read_text(encoding="utf-8").strip()
    if not url:
        raise SystemExit("No database. Use `make bench`, or set DATABASE_URL.")
    return url


def bench_url(url: str, name: str) -> str:
    """The same server, our own database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def psql_words(url: str) -> list[str]:
    """How command line programs of PostgreSQL are told the address."""
    # libpq reads an address whose user part is followed by an empty host only with this scheme's long name.
    return ["-d", urlunsplit(urlsplit(url)._replace(scheme="postgresql"))]


def psql(url: str, sql: str) -> str:
    """The bare answer to one statement."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, *psql_words(url)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def make(name: str = NAME, *, anew: bool) -> str:
    """Have the bench's database, empty if asked or if it was not there; returns its address."""
    url = product_url()
    there = psql(url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == "1"
    if there and anew:
        psql(url, f"DROP DATABASE {name} WITH (FORCE)")
    if anew or not there:
        psql(url, f"CREATE DATABASE {name}")
    return bench_url(url, name)
