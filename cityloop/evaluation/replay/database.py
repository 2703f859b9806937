"""The database of a replay: one of its own, that nothing else lives in."""

from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from cityloop.evaluation.replay.city import find_mark

# Tables that are empty only where nothing has begun.
TELLING: Final = ("cases_case", "org_person", "org_unit", "evaluation_publication")


class Occupied(Exception):
    """The database holds something else."""


def address_of(url: str, suffix: str) -> str:
    """The address of the database beside this one: the same server, the name with a suffix."""
    parts = urlsplit(url)
    name = PurePosixPath(parts.path).name
    return urlunsplit(parts._replace(path=f"/{name}_{suffix}"))


def settings_url() -> str:
    """The address of the database of the settings."""
    known = settings.DATABASES["default"]
    user = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    host, port = known["HOST"], known["PORT"]
    inside = "" if host.startswith("/") else host + (f":{port}" if port else "")
    query = f"?host={host}" + (f"&port={port}" if port else "") if host.startswith("/") else ""
    return f"postgres://{user}@{inside}/{known['NAME']}{query}"


def create_if_missing(url: str) -> bool:
    """Make the database on its server; whether it was missing. Raises `psycopg.OperationalError`."""
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


def demand_own(mark: dict[str, Any]) -> bool:
    """Refuse (`Occupied`) a database that holds anything but this replay; whether the replay has begun there."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return False
    found = find_mark() if "journal_entry" in tables else None
    if found == mark:
        return True
    if found is not None:
        raise Occupied(f"it holds another replay ({found}); drop it, or name another database")
    if "journal_entry" not in tables or any(_has_rows(table) for table in TELLING if table in tables):
        raise Occupied("it holds something else; a replay needs a database of its own")
    return False


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
        return bool(cursor.fetchone()[0])
