"""What this machine and database have, what they lack, and what to do about it."""

import shutil
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.contrib.gis import gdal, geos
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from cityloop.base.time import city_date
from cityloop.config import environment as env
from cityloop.config import machine
from cityloop.limits.holidays import announced_until
from cityloop.limits.selectors import find_known_until

State = Literal["ok", "note", "bad"]
EXTENSIONS = ("pg_trgm", "btree_gist")
CALENDAR_WARNS: Final = timedelta(days=60)
NOT_MADE = "not made in this database"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `bad` stops work; a `note` matters only for some tasks."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine(now: datetime) -> Iterator[Finding]:
    """Every finding about machine, settings, database, and the calendar in it at `now`."""
    for look in (look_at_machine, look_at_checkout, look_at_settings):
        yield from look()
    found = list(look_at_database())
    yield from found
    if all(one.state != "bad" for one in found):
        yield look_at_calendar(find_known_until(), now)


def look_at_machine() -> Iterator[Finding]:
    """Programs, disk and port."""
    yield Finding("Python", "ok", f"{sys.version.split()[0]}, {ssl.OPENSSL_VERSION}")
    yield Finding("GDAL and GEOS", "ok", f"{gdal.gdal_full_version().decode()}; GEOS {geos.geos_version().decode()}")
    yield _look_at_servers()
    yield _program("Node", "node", "needed to build the front end; `make run` installs it into .venv")
    yield _program("gettext", "msgfmt", "needed to compile translations: Debian's package gettext")
    chromium = machine.find_chromium()
    yield Finding(
        "Chromium",
        "ok" if chromium else "note",
        chromium or "not found",
        "" if chromium else "needed by the browser journeys of `make test`: Debian's package chromium",
    )
    free = machine.free_bytes(settings.VAR_DIR)
    yield Finding(
        "Disk",
        "ok" if free >= machine.DISK_LEAST_BYTES else "bad",
        f"{free / 1024**3:.1f} GB free for {settings.VAR_DIR}",
        "" if free >= machine.DISK_LEAST_BYTES else "make room: CityLoop wants at least 2 GB free.",
    )
    yield _look_at_port()


def _look_at_servers() -> Finding:
    installs = machine.list_postgres()
    usable = [one for one in installs if one.major >= machine.POSTGRES_LEAST and one.has_postgis]
    found = ", ".join(f"{one.major}{' with PostGIS' if one.has_postgis else ''}" for one in installs) or "none"
    advice = "" if usable else "needed unless DATABASE_URL is set: Debian's package postgresql-postgis"
    return Finding("PostgreSQL installed", "ok" if usable else "note", found, advice)


def _program(name: str, command: str, advice: str) -> Finding:
    beside = Path(sys.executable).parent / command
    path = str(beside) if beside.exists() else shutil.which(command)
    return Finding(name, "ok", path) if path else Finding(name, "note", "not found", advice)


def _look_at_port() -> Finding:
    port = env.number("CITYLOOP_PORT", 8000, least=1)
    address = env.text("CITYLOOP_BIND", "127.0.0.1")
    if machine.is_port_free(address, port):
        return Finding("Port", "ok", f"{port} on {address} is free")
    holder = machine.find_port_holder(port) or "another program"
    advice = "well, if that is CityLoop; else choose another one by CITYLOOP_PORT."
    return Finding("Port", "note", f"{port} on {address} is in use by {holder}", advice)


def look_at_checkout() -> Iterator[Finding]:
    """What was built, and the state folder."""
    sources = sorted((settings.BASE_DIR / "cityloop").glob("**/locale/*/LC_MESSAGES/*.po"))
    stale = [path for path in sources if not _is_compiled(path)]
    yield Finding(
        "Translations",
        "note" if stale else "ok",
        f"{len(sources) - len(stale)} of {len(sources)} compiled",
        "run `make prepare` (or `cityloop compilemessages`)." if stale else "",
    )
    has_web = (settings.BASE_DIR / "web" / "package.json").exists()
    is_built = (settings.BASE_DIR / "web" / "dist").exists()
    if has_web:
        advice = "" if is_built else "run `make prepare`."
        yield Finding("Front end", "ok" if is_built else "bad", "built" if is_built else "not built", advice)
    mode = settings.VAR_DIR.stat().st_mode & 0o777
    yield Finding(
        "State folder",
        "bad" if mode & 0o077 else "ok",
        f"{settings.VAR_DIR} (mode {mode:o})",
        f"others may look into it; close it: chmod 700 {settings.VAR_DIR}" if mode & 0o077 else "",
    )
    yield from _look_at_orphans()


def _is_compiled(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime


def _look_at_orphans(state_root: Path = Path("/var/lib/cityloop")) -> Iterator[Finding]:
    for note in sorted(state_root.glob("*/state-folder")):
        try:
            var = Path(note.read_text(encoding="utf-8").strip())
        except OSError:
            continue
        if not (var / "cluster-id").exists():
            advice = f"its checkout {var} is gone; if you want nothing of it: rm -r {note.parent}"
            yield Finding("Old database", "note", str(note.parent), advice)


def look_at_settings() -> Iterator[Finding]:
    """Django's own checks, and settings that are wrong for a server that others reach."""
    found = [one for one in checks.run_checks() if one.is_serious()]
    for one in found:
        yield Finding("Settings", "bad", f"{one.id}: {one.msg}", one.hint or "")
    if not found:
        yield Finding("Settings", "ok", "valid")
    if settings.DEBUG:
        yield Finding("Debug", "note", "CITYLOOP_DEBUG is on", "never so on a server that others reach.")


def look_at_database() -> Iterator[Finding]:
    """The server that the settings name; later lines need the earlier ones."""
    reach = _reach()
    yield reach
    if reach.state == "bad":
        return
    looks: list[Callable[[], Finding]] = [_look_at_version, _look_at_postgis, _look_at_text, _look_at_durability]
    for look in looks:
        yield look()
    for name in EXTENSIONS:
        yield _look_at_extension(name)
    yield _look_at_migrations()


def _ask(sql: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(str(value) for value in (cursor.fetchone() or ()))


def address() -> str:
    """The database's address as people say it, without the password."""
    found = settings.DATABASES["default"]
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"{found['USER'] or '(this account)'} @ {found['HOST'] or '(local socket)'}{port} / {found['NAME']}"


def _reach() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        return Finding("Database", "bad", f"{address()} cannot be reached: {reason}", env.unreachable_advice())
    return Finding("Database", "ok", address())


def _look_at_version() -> Finding:
    (number, version) = _ask("SELECT current_setting('server_version_num'), current_setting('server_version')")
    if int(number) >= machine.POSTGRES_LEAST * 10000:
        return Finding("PostgreSQL", "ok", version)
    advice = f"CityLoop wants PostgreSQL {machine.POSTGRES_LEAST} or newer: set DATABASE_URL to such a server."
    return Finding("PostgreSQL", "bad", version, advice)


def _look_at_postgis() -> Finding:
    sql = "SELECT default_version, coalesce(installed_version, '') FROM pg_available_extensions WHERE name = 'postgis'"
    available, installed = (_ask(sql) or ("", ""))[:2]
    if not available:
        return Finding(
            "PostGIS",
            "bad",
            "not installed on the server",
            "install it there (Debian: postgresql-postgis), then as its administrator: CREATE EXTENSION postgis;",
        )
    if not installed:
        name = connection.settings_dict["NAME"]
        advice = f"as the server's administrator, in the database {name}: CREATE EXTENSION postgis;"
        return Finding("PostGIS", "bad", NOT_MADE, advice)
    parts = tuple(int(part) for part in installed.split(".")[:2])
    if parts < machine.POSTGIS_LEAST:
        return Finding("PostGIS", "bad", installed, "CityLoop wants PostGIS 3.3 or newer: renew it on the server.")
    return Finding("PostGIS", "ok", installed)


def _look_at_extension(name: str) -> Finding:
    found = _ask(f"SELECT extversion FROM pg_extension WHERE extname = '{name}'")
    if found:
        return Finding(name, "ok", found[0])
    return Finding(name, "note", "not made yet", f"the migrations make it; or by hand: CREATE EXTENSION {name};")


def _look_at_text() -> Finding:
    encoding, ctype = _ask(
        "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()"
    )
    good = encoding == "UTF8" and ctype not in {"C", "POSIX"}
    advice = "make the database with ENCODING 'UTF8' LC_CTYPE 'C.UTF-8': Chinese words cannot be searched otherwise."
    return Finding("Text", "ok" if good else "bad", f"{encoding}, letters by {ctype}", "" if good else advice)


def _look_at_durability() -> Finding:
    names = ("fsync", "full_page_writes", "synchronous_commit")
    values = _ask("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
    off = [name for name, value in zip(names, values, strict=True) if value == "off"]
    if off:
        return Finding("Durability", "note", f"off: {', '.join(off)}", "a power cut may lose what was answered.")
    return Finding("Durability", "ok", "on")


def _look_at_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return Finding("Tables", "ok", "up to date")
    names = ", ".join(f"{one.app_label}.{one.name}" for one, _ in plan[:3])
    more = f" and {len(plan) - 3} more" if len(plan) > 3 else ""
    return Finding("Tables", "bad", f"migrations wait: {names}{more}", "run `cityloop migrate`.")


def look_at_calendar(known_until: date | None, now: datetime) -> Finding:
    """Whether the days ahead are announced; beyond `known_until` deadlines are provisional, by the weekly pattern."""
    if known_until is None:
        return Finding(
            "Calendar", "note", "none published", "run `cityloop publish-calendar`; nothing is filed before."
        )
    today = city_date(now)
    if today + CALENDAR_WARNS < known_until:
        return Finding("Calendar", "ok", f"holidays announced until {known_until}")
    days = (known_until - today).days
    when = f"in {days} days" if days >= 0 else f"{-days} days ago"
    found = f"holidays announced until {known_until}, {when}; later deadlines are provisional"
    return Finding("Calendar", "note", found, _calendar_advice(known_until))


def _calendar_advice(known_until: date) -> str:
    publish = "`cityloop publish-calendar` (with your own file, if you have one: add the year to it)"
    if announced_until() > known_until:
        return f"the year {known_until.year + 1} is known here already: run {publish}."
    return (
        f"the State Council announces {known_until.year + 1} in November: then update the package chinesecalendar "
        f"(or write the days into your own file) and run {publish}."
    )
