"""The demonstration city loads into an empty database, through the posts' own actions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

ROOT = Path(settings.BASE_DIR)


# Run in the loaded city, where its keys are: every caller's number.
NUMBERS = """
from cityloop.cases.models import Contact
from cityloop.cases.shown.present import opened
print(*(opened(contact)[1] for contact in Contact.objects.all()))
"""


@pytest.fixture
def empty_database(django_db_blocker: object) -> Iterator[str]:
    """The address of a database of its own, dropped afterwards."""
    own = {**connection.settings_dict}
    name = f"{settings.DATABASES['default']['NAME']}_demo_{os.getpid()}"
    place = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    given = {key: value for key, value in place.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            words = "&".join(f"{key}={value}" for key, value in given.items())
            yield f"postgres:///{name}?{words}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def cityloop(address: str, var: Path, *words: str) -> str:
    environment = {**os.environ, "DATABASE_URL": address, "CITYLOOP_VAR": str(var)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_city_loads_once_and_its_histories_are_whole(empty_database: str, tmp_path: Path) -> None:
    cityloop(empty_database, tmp_path, "migrate", "-v0")
    cityloop(empty_database, tmp_path, "load-demo", "--share", "0.02")
    assert "0 faults" in cityloop(empty_database, tmp_path, "verify-history")
    accounts = cityloop(empty_database, tmp_path, "accounts")
    for word in ("受理员", "值班长", "派遣员", "指挥长", "监督员", "责任单位", "考评员", "系统管理员", "领导"):
        assert word in accounts
    numbers = cityloop(empty_database, tmp_path, "shell", "--no-imports", "-c", NUMBERS).split()
    assert numbers
    assert {number[:3] for number in numbers} == {"154"}  # nobody's: demo/README.md
    again = cityloop(empty_database, tmp_path, "load-demo", "--if-empty")
    assert again == ""
