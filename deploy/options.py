"""What the person chose by environment variables, and where things lie. `docs/reference/settings.md` explains each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.console import Trouble

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Options:
    """The choices of one run."""

    root: Path
    var: Path
    address: str
    port: int
    processes: int
    threads: int
    database_url: str
    demo: bool

    @property
    def venv(self) -> Path:
        """The project's own Python environment."""
        return self.root / ".venv"

    @property
    def stamps(self) -> Path:
        """Where finished steps are noted that have no folder of their own."""
        return self.var / "stamps"

    def log(self, name: str) -> Path:
        """The log of one process or of the preparation."""
        return self.var / "log" / f"{name}.log"

    def tool(self, name: str) -> Path:
        """A command of the project's environment."""
        return self.venv / "bin" / name


def number(env: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    """The variable as a whole number within bounds.

    Raises:
        Trouble: it is something else; the value is quoted.
    """
    value = env.get(name, "")
    if value == "":
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise Trouble(
            f"{name}={value!r} is not a whole number from {least} to {most}.",
            f"correct it, or leave it out: the usual value is {default}.",
        )
    return int(value)


def flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    """The variable as yes or no.

    Raises:
        Trouble: it is neither; the value is quoted.
    """
    value = env.get(name, "").lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise Trouble(f"{name}={env[name]!r} is neither yes nor no.", "use 1 or 0.")


def read_options(env: Mapping[str, str] = os.environ, root: Path = ROOT) -> Options:
    """The choices that the environment makes."""
    return Options(
        root=root,
        var=Path(env.get("CITYLOOP_VAR") or root / "var").absolute(),
        address=env.get("CITYLOOP_BIND") or "127.0.0.1",
        port=number(env, "CITYLOOP_PORT", 8000, least=1, most=65535),
        processes=number(env, "CITYLOOP_PROCESSES", 2, least=1, most=64),
        threads=number(env, "CITYLOOP_THREADS", 8, least=1, most=256),
        database_url=env.get("DATABASE_URL", ""),
        demo=flag(env, "CITYLOOP_DEMO", True),
    )


def make_var(options: Options) -> None:
    """Make the state folder, closed to others: keys and the database lie in it.

    Raises:
        Trouble: it cannot be made or written, for example because another account owns it.
    """
    try:
        options.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        if options.var.stat().st_mode & 0o077:
            options.var.chmod(0o700)
        (options.var / "log").mkdir(exist_ok=True, mode=0o700)
        options.stamps.mkdir(exist_ok=True, mode=0o700)
        (options.var / ".writable").touch()
        (options.var / ".writable").unlink()
    except OSError as error:
        raise Trouble(
            f"The state folder {options.var} cannot be written: {error.strerror}.",
            "work as the account that owns it, or name another folder: CITYLOOP_VAR=/folder make run",
        ) from None
