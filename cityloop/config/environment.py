"""Read settings from the environment; a bad value stops the start and is quoted."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    """The variable as text."""
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """The variable as yes or no."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """The variable as a whole number not below `least`."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    try:
        found = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if found < least:
        raise ImproperlyConfigured(f"{name}={value!r} is below {least}.")
    return found


def items(name: str, default: str) -> list[str]:
    """The variable as a list, separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """The variable as one of a few words, in capitals."""
    value = text(name, "") or default
    if value.upper() not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(allowed)}.")
    return value.upper()


def zone(name: str, default: str) -> str:
    """The variable as the name of a time zone."""
    value = text(name, "") or default
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name}={value!r} is not a time zone such as {default}.") from None
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database that `postgres://user:password@host:port/name?host=/socket/folder` names."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"DATABASE_URL={url!r} is not of the form postgres://user:password@host:port/name. "
            "CityLoop runs on PostgreSQL with PostGIS only."
        )
    query = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"DATABASE_URL={url!r} has a port that is not a number.") from None
    return {
        "ENGINE": "cityloop.config.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or query.pop("port", "")),
        # The same statements come again and again: the server plans each once a connection. Behind a pooler that
        # changes connections between transactions, set prepare_threshold to none in DATABASE_URL.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": _threshold(query), **query},
        # One connection a thread, kept: a new one costs more than a page.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _threshold(query: dict[str, str]) -> int | None:
    """After how many uses a statement is prepared, None for never: `?prepare_threshold=none` in the address."""
    value = query.pop("prepare_threshold", "5")
    if value != "none" and not value.isdigit():
        raise ImproperlyConfigured(f"DATABASE_URL: prepare_threshold={value!r} is neither a number nor none.")
    return None if value == "none" else int(value)


def base_map(value: str) -> tuple[str, str] | None:
    """An outside base map, `kind:address`: its kind and the address as the browser asks for it; None for none."""
    if not value:
        return None
    kind, _, address = value.partition(":")
    parts = ("{z}", "{x}", "{y}") if kind in {"xyz", "wmts"} else ()
    if kind not in {"xyz", "wmts", "pmtiles"} or any(part not in address for part in parts):
        raise ImproperlyConfigured(
            f"CITYLOOP_BASE_MAP={value!r} is none of xyz:https://…/{{z}}/{{x}}/{{y}}.png, "
            "wmts:https://…TILEMATRIX={z}&TILEROW={y}&TILECOL={x}, pmtiles:https://….pmtiles."
        )
    if not address.startswith(("https://", "http://", "/")):
        raise ImproperlyConfigured(f"CITYLOOP_BASE_MAP={value!r} has no address that begins with https:// or /.")
    return kind, address


def embedded_database(var: Path) -> str:
    """The address that `make run` has written for the cluster it started, or an unreachable local one."""
    note = var / "database-url"
    return note.read_text(encoding="utf-8").strip() if note.exists() else "postgres:///cityloop"


def unreachable_advice() -> str:
    """What to do when the database does not answer: it depends on whose it is."""
    if text("DATABASE_URL", ""):
        return "see that the server runs, and that host, port, name and password in DATABASE_URL are right."
    return "start the embedded one with `make run`, or set DATABASE_URL to a server that runs."


def secret(var: Path, name: str) -> str:
    """A random secret kept in a file that only its owner reads, made on first use."""
    path = var / "keys" / name
    if not path.exists():
        for folder in (var, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two processes may start at once: whoever loses the race reads the winner's key.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def contact_keys(var: Path) -> dict[str, str]:
    """Keys of citizens' contacts by key id, the last one in force: `CITYLOOP_CONTACT_KEYS=id:secret,id:secret`."""
    value = text("CITYLOOP_CONTACT_KEYS", "")
    if not value:
        return {"local": secret(var, "contact-key")}
    pairs = [part.partition(":") for part in value.split(",")]
    if any(not key or not found for key, _, found in pairs):
        raise ImproperlyConfigured("CITYLOOP_CONTACT_KEYS is not of the form id:secret,id:secret.")
    return {key: found for key, _, found in pairs}
