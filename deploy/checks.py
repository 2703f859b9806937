"""`make test`, `make quick`, `make lint`, `make docs`, `make bench`."""

import os
import subprocess
from collections.abc import Sequence

from cityloop.config import machine
from deploy import assets
from deploy.console import Command, Trouble, say
from deploy.environment import child_env
from deploy.options import Options, make_var
from deploy.prepare import alone, prepare_database, prepare_tools, prepared

Check = tuple[str, list[str]]

RUFF: list[Check] = [
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
]
TYPES: list[Check] = [
    ("mypy", ["mypy", "-p", "cityloop", "-p", "deploy"]),
    ("import-linter", ["lint-imports", "--no-logo"]),
]
MIGRATIONS: list[Check] = [("migrations", ["cityloop", "makemigrations", "--check", "--dry-run"])]
DOCS: list[Check] = [
    ("docs", ["python", "-m", "deploy.links"]),
    ("reference", ["cityloop", "write_reference", "--check"]),
]
# Two workers: the machine that the suite is timed on has two cores.
SUITE: Check = ("tests", ["python", "-m", "pytest", "--create-db", "-n", "2", "--dist", "loadgroup"])
QUICK: Check = ("tests without a database", ["python", "-m", "pytest", "-p", "deploy.quick"])


def run_checks(options: Options, checks: Sequence[Check], *, env: dict[str, str] | None = None) -> int:
    """Run them all, whatever fails, and end with one line that names the failures."""
    failed = []
    for name, (tool, *words) in checks:
        say(f"\n── {name}")
        full = {**child_env(options), **(env or {})}
        code = subprocess.run([options.tool(tool), *words], cwd=options.root, env=full, check=False).returncode
        if code:
            failed.append(name)
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll is well.")
    return 1 if failed else 0


def list_web_checks(options: Options) -> list[Check]:
    """Types and tests of the front end, by the scripts that it has."""
    names = [name for name in ("check", "test") if assets.has_script(options, name)]
    return [(f"front end: {name}", ["npm", "--prefix", "web", "--silent", "run", name]) for name in names]


def tools_only(options: Options, *, web: bool = False) -> None:
    """What checks need that touch no database."""
    make_var(options)
    with alone(options):
        prepare_tools(options, server=False, browser=False, web=False)
        if web and list_web_checks(options):
            assets.install_web(options)


def lint(options: Options) -> int:
    """Style, types, layers."""
    tools_only(options, web=True)
    return run_checks(options, [*RUFF, *TYPES, *list_web_checks(options)])


def quick(options: Options) -> int:
    """Every test that touches no database, style, types, layers."""
    tools_only(options)
    return run_checks(options, [*RUFF, *TYPES, QUICK])


def docs(options: Options) -> int:
    """Links in the documents."""
    tools_only(options)
    return run_checks(options, DOCS)


def whole_suite(options: Options, words: Sequence[str]) -> int:
    """Everything; words after `make test ARGS=` go to pytest."""
    with prepared(options, browser=True):
        assets.collect_static(options)
        name, command = SUITE
        checks = [*RUFF, *TYPES, *list_web_checks(options), *MIGRATIONS, *DOCS, (name, [*command, *words])]
        return run_checks(options, checks, env=test_env())


def test_env() -> dict[str, str]:
    """The suite's databases are thrown away, so they need not wait for the disk."""
    env = {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off".strip()}
    browser = machine.find_chromium()
    if browser:
        env.setdefault("CITYLOOP_CHROMIUM", browser)
    return env


def bench(options: Options, words: Sequence[str]) -> int:
    """The measurements of `bench/`, on a database of their own."""
    if not (options.root / "bench" / "__main__.py").exists():
        raise Trouble("There is no bench/ yet.")
    with prepared(options):
        prepare_database(options)
        assets.collect_static(options)
        command: Command = [options.tool("python"), "-m", "bench", *words]
        return subprocess.run(command, cwd=options.root, env=child_env(options), check=False).returncode


def do(options: Options, words: Sequence[str]) -> int:
    """One command with the database running, for example `make do C="cityloop replay yangzhou"`."""
    if not words:
        raise Trouble("There is no command.", 'name one: make do C="cityloop doctor"')
    with prepared(options):
        return subprocess.run(list(words), cwd=options.root, env=child_env(options), check=False).returncode


def prepare(options: Options) -> int:
    """All preparation, and nothing started afterwards."""
    with prepared(options, browser=True):
        prepare_database(options)
        assets.collect_static(options)
    say("Everything is prepared.")
    return 0
