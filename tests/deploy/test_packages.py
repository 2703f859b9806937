"""What is installed, and what is said when it may not be."""

import shutil
import subprocess

import pytest

from deploy import packages
from deploy.console import Trouble


def test_the_script_keeps_the_system_cluster_from_being_made() -> None:
    script = packages.install_script(["postgresql-postgis"])
    before, _, after = script.partition("apt-get install")
    assert "create_main_cluster = false" in before
    assert "--no-install-recommends" in after
    assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0


def test_without_the_right_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Trouble) as caught:
        packages.find_root_shell(["chromium", "gettext"])
    assert "apt-get install -y --no-install-recommends chromium gettext" in caught.value.next_step


@pytest.mark.parametrize(("server", "browser"), [(True, True), (False, False), (True, False)])
def test_only_what_a_task_needs_is_asked_for(server: bool, browser: bool) -> None:
    names = {need.package for need in packages.list_needs(server=server, browser=browser)}
    assert ("postgresql-postgis" in names) is server
    assert ("chromium" in names) is browser


def test_a_python_that_is_not_there_cannot_make_an_environment() -> None:
    assert not packages.can_make_venv("/nowhere/python3")
