"""Whoever gives codes to rows of base data waits for everybody else who does: one page, or a whole import."""

from typing import Final

from django.db import connection

NUMBERING: Final = 0x67726964


def hold_numbering() -> None:
    """Let nobody else give codes until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
