"""Choices by environment variables; a bad one is quoted."""

import os
import socket
import stat
from pathlib import Path

import pytest

from cityloop.config import machine
from deploy.console import Trouble
from deploy.options import make_var, read_options
from deploy.prepare import check_disk
from deploy.run import check_port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITYLOOP_PORT", "eighty"),
        ("CITYLOOP_PORT", "0"),
        ("CITYLOOP_PORT", "65536"),
        ("CITYLOOP_PORT", "８０００"),
        ("CITYLOOP_PROCESSES", "-1"),
        ("CITYLOOP_THREADS", "1.5"),
        ("CITYLOOP_DEMO", "perhaps"),
    ],
)
def test_a_bad_value_is_quoted_with_a_next_step(name: str, value: str) -> None:
    with pytest.raises(Trouble) as caught:
        read_options({name: value})
    assert f"{name}={value!r}" in caught.value.message
    assert caught.value.next_step


def test_empty_means_usual(tmp_path: Path) -> None:
    options = read_options({"CITYLOOP_PORT": "", "CITYLOOP_VAR": "", "CITYLOOP_DEMO": ""}, root=tmp_path)
    assert (options.port, options.var, options.demo, options.database_url) == (8000, tmp_path / "var", True, "")


def test_the_state_folder_is_closed_to_others(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir(mode=0o755)
    make_var(read_options({"CITYLOOP_VAR": str(var)}))
    assert stat.S_IMODE(var.stat().st_mode) == 0o700


def test_a_state_folder_that_cannot_be_is_a_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Trouble) as caught:
        make_var(read_options({"CITYLOOP_VAR": str(tmp_path / "file" / "var")}))
    assert os.fspath(tmp_path) in caught.value.message
    assert "CITYLOOP_VAR" in caught.value.next_step


def test_a_full_disk_is_told_before_work_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "free_bytes", lambda folder: 500 * 1024**2)
    with pytest.raises(Trouble, match=r"Only 0\.5 GB are free"):
        check_disk(read_options({}, root=tmp_path))


def test_a_taken_port_is_told_with_another_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Trouble) as caught:
            check_port(read_options({"CITYLOOP_PORT": str(port)}, root=tmp_path))
    assert f"Port {port} on 127.0.0.1 is taken by" in caught.value.message
    assert f"CITYLOOP_PORT={port + 1}" in caught.value.next_step
