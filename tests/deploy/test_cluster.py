"""The embedded database: its settings, and one that really runs."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cityloop.config import machine
from cityloop.config.environment import database
from deploy.cluster import (
    Cluster,
    access_files,
    choose_install,
    find_noted_pid,
    find_servers,
    server_settings,
)
from deploy.console import Trouble
from deploy.layout import Owner, choose_layout, get_owner, make_folders
from deploy.processes import wait_until

GIGABYTE = 1024**3


@pytest.mark.parametrize(
    ("memory", "buffers"), [(GIGABYTE // 2, "128MB"), (4 * GIGABYTE, "512MB"), (64 * GIGABYTE, "1024MB")]
)
def test_memory_is_a_share_within_bounds(memory: int, buffers: str) -> None:
    assert f"shared_buffers = {buffers}\n" in server_settings(Path("/run"), memory)


def test_it_is_durable_and_speaks_no_tcp() -> None:
    settings = server_settings(Path("/it's here"), GIGABYTE)
    for line in ("fsync = on", "synchronous_commit = on", "listen_addresses = ''", "'/it''s here'"):
        assert line in settings


def test_only_named_accounts_come_in() -> None:
    rules, idents = access_files(["wang", "root", "wang"])
    assert rules == "local all all peer map=cityloop\n"
    assert idents == 'cityloop "root" cityloop\ncityloop "wang" cityloop\n'


def installs(*majors: int, postgis: bool = True) -> list[machine.PostgresInstall]:
    return [machine.PostgresInstall(major, Path(f"/pg/{major}"), postgis) for major in majors]


def test_new_data_gets_the_newest_server_and_old_data_its_own(tmp_path: Path) -> None:
    assert choose_install(tmp_path, installs(17, 15)).major == 17
    (tmp_path / "PG_VERSION").write_text("15\n")
    assert choose_install(tmp_path, installs(17, 15)).major == 15
    with pytest.raises(Trouble, match="made by PostgreSQL 15"):
        choose_install(tmp_path, installs(17))


@pytest.mark.parametrize("found", [[], installs(14), installs(16, postgis=False)])
def test_a_machine_without_a_fitting_server_is_told(tmp_path: Path, found: list[machine.PostgresInstall]) -> None:
    with pytest.raises(Trouble) as caught:
        choose_install(tmp_path, found)
    assert "postgresql-postgis" in caught.value.next_step


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: its parents are closed to the account that runs the server for root.
    path = Path(tempfile.mkdtemp(prefix="cityloop-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def owner_for_tests() -> Owner:
    return get_owner() if os.geteuid() else get_owner("nobody")


@pytest.mark.skipif(not machine.list_postgres(), reason="no PostgreSQL server is installed")
def test_a_cluster_starts_survives_a_crash_and_stops(folder: Path) -> None:
    owner = owner_for_tests()
    roots = (folder / "state", folder)
    layout = choose_layout(folder / "var", "t", by_root=not owner.is_me, owner=owner, roots=roots)
    make_folders(layout, folder)
    install = choose_install(layout.data, machine.list_postgres())
    cluster = Cluster(layout, install, lock=folder / "lock", log=folder / "log")
    cluster.join()
    try:
        cluster.make()
        cluster.ensure_running()
        assert cluster.query("SHOW listen_addresses") == ""
        assert cluster.query("SHOW fsync") == "on"
        assert database(cluster.url)["HOST"] == str(layout.sockets)
        pid = find_noted_pid(layout.data)
        assert pid is not None

        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not cluster.is_running(), 5)
        cluster.ensure_running()
        assert cluster.query("SELECT 1") == "1"

        second = Cluster(layout, install, lock=folder / "lock", log=folder / "log")
        second.join()
        second.ensure_running()
        assert not second.down(), "somebody else still uses it"
    finally:
        assert cluster.down()
    assert find_servers(layout.data) == set()


def test_a_pid_used_again_is_no_server(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "30"], cwd=tmp_path)
    try:
        (tmp_path / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}\n")
        assert find_noted_pid(tmp_path) == stranger.pid
        assert find_servers(tmp_path) == set()
    finally:
        stranger.kill()
        stranger.wait()
