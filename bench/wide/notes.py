"""Figures that belong to a moment of loading, kept in the bench's database: a second run prints them again."""

import json
from typing import Any

from django.db import connection

_TABLE = "CREATE TABLE IF NOT EXISTS bench_note (name text PRIMARY KEY, value jsonb)"


def keep(name: str, value: Any) -> None:
    """Remember it."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute(
            "INSERT INTO bench_note VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
            [name, json.dumps(value)],
        )


def find(name: str) -> Any:
    """What was kept, None if nothing was."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("SELECT value::text FROM bench_note WHERE name = %s", [name])
        row = cursor.fetchone()
        return json.loads(row[0]) if row else None
