"""import-linter's contracts are kept, and cover every app."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture.sources import ROOT
from tests.architecture.test_layers import floors

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
# Apps without rows of their own are packages too.
INSTALLED = [name.removeprefix("cityloop.") for name in settings.INSTALLED_APPS if name.startswith("cityloop.")]


PURE = [ROOT / (module.replace(".", "/") + ".py") for module in CONFIG["contracts"][-1]["source_modules"]]


@pytest.mark.skipif(not all(path.exists() for path in PURE), reason="a contract names an engine that is still to come")
def test_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_has_a_place() -> None:
    packages = {path.parent.name for path in (ROOT / "cityloop").glob("*/__init__.py")}
    assert packages <= set(floors())
    assert set(INSTALLED) <= packages


def test_every_app_is_layered_inside() -> None:
    """Each app is a container of the contract about views over actions over models."""
    containers = {name.removeprefix("cityloop.") for name in CONFIG["contracts"][1]["containers"]}
    assert set(INSTALLED) - {"config"} <= containers
