"""From a bare machine to a database that is ready: the steps that every task needs, each done once."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cityloop.config import machine
from deploy import assets, environment
from deploy.cluster import Cluster, choose_install
from deploy.console import Command, Trouble, run_logged, say, step
from deploy.layout import SHORT_ROOT, STATE_ROOT, choose_layout, cluster_id, get_owner, make_folders
from deploy.options import Options, make_var
from deploy.packages import install_missing


@contextmanager
def alone(options: Options) -> Iterator[None]:
    """One preparation at a time in a checkout; a second one waits."""
    with (options.var / "prepare.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("  ·  Another preparation of this checkout is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_disk(options: Options) -> None:
    """Refuse to begin what a full disk would break off.

    Raises:
        Trouble: too little is free.
    """
    for folder in (options.root, options.var):
        free = machine.free_bytes(folder)
        if free < machine.DISK_LEAST_BYTES:
            raise Trouble(
                f"Only {free / 1024**3:.1f} GB are free on the disk of {folder}; CityLoop wants 2 GB.",
                "make room, or name a folder on another disk: CITYLOOP_VAR=/folder make run",
            )


def prepare_tools(options: Options, *, server: bool, browser: bool, web: bool = True) -> None:
    """Packages, Python, Node, front end and translations.

    Args:
        server: the embedded database is wanted.
        browser: browser journeys will run.
        web: the front end is wanted.
    """
    check_disk(options)
    install_missing(options, server=server and not options.database_url, browser=browser)
    environment.prepare_python(options)
    if web:
        assets.build_web(options)
    assets.compile_translations(options)


def get_cluster(options: Options) -> Cluster:
    """The embedded cluster of this state folder, with its folders made."""
    owner = get_owner()
    name = cluster_id(options.var)
    layout = choose_layout(options.var, name, by_root=not owner.is_me, owner=owner, roots=(STATE_ROOT, SHORT_ROOT))
    make_folders(layout, options.var)
    install = choose_install(layout.data, machine.list_postgres())
    return Cluster(layout, install, lock=options.var / "cluster.lock", log=options.log("prepare"))


@contextmanager
def database(options: Options) -> Iterator[Cluster | None]:
    """Have a database while the task lasts: the embedded one, or None when DATABASE_URL names another."""
    if options.database_url:
        yield None
        return
    with alone(options):
        cluster = get_cluster(options)
        try:
            cluster.up()
        except BaseException:
            cluster.down()
            raise
    try:
        note_url(options.var, cluster.url)
        yield cluster
    finally:
        cluster.down()


def note_url(var: Path, url: str) -> None:
    """Tell the settings where the embedded database is."""
    draft = var / "database-url.new"
    draft.write_text(url + "\n", encoding="utf-8")
    draft.replace(var / "database-url")


def has_command(options: Options, name: str) -> bool:
    """The product has this management command."""
    return any((options.root / "cityloop").glob(f"*/management/commands/{name}.py"))


def prepare_database(options: Options) -> None:
    """Check the database, bring its tables up to date, and fill an empty one with the demonstration city.

    Raises:
        Trouble: one of these failed; the command has said why.
    """
    command: Command = [options.tool("cityloop"), "prepare", *(["--demo"] if options.demo else [])]
    with step("Tables and data") as ticker:
        try:
            env = environment.child_env(options)
            run_logged(ticker, command, log=options.log("prepare"), cwd=options.root, env=env, show=True)
        except subprocess.CalledProcessError:
            # The command has said why, and what to do.
            raise Trouble("Nothing was started, for the reason above.") from None


@contextmanager
def prepared(options: Options, *, browser: bool = False, web: bool = True) -> Iterator[Cluster | None]:
    """Everything that needs no tables: tools and a running database."""
    make_var(options)
    with alone(options):
        prepare_tools(options, server=True, browser=browser, web=web)
    with database(options) as cluster:
        yield cluster
