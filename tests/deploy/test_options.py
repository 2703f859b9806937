"""Choices by environment variables; a bad one is quoted."""

import os
import stat
from pathlib import Path

import pytest

from deploy.console import Trouble
from deploy.options import make_var, read_options


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
